// SPDX-License-Identifier: Apache-2.0
#include "net/stream.h"

#include <sys/epoll.h>

namespace paddock::net {

IoResult TcpStream::receive(char* into, std::size_t room) {
  return net::receive(socket_, into, room);
}

IoResult TcpStream::send(std::span<const iovec> parts) {
  return net::send(socket_, parts);
}

void TcpStream::finish() {
  shut_down_sending(socket_);
}

std::uint32_t TcpStream::interest(bool has_output) const {
  return has_output ? EPOLLIN | EPOLLOUT : EPOLLIN;
}

}  // namespace paddock::net
