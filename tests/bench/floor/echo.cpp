// SPDX-License-Identifier: Apache-2.0
#include "floor/echo.h"

#include <array>
#include <cstddef>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "floor/failed.h"

namespace paddock::bench {

namespace {

constexpr std::size_t kMessage = 100;

bool send_message(int socket) {
  const std::array<char, kMessage> message{};
  return ::send(socket, message.data(), kMessage, MSG_NOSIGNAL) == ssize_t{kMessage};
}

bool receive_message(int socket) {
  std::array<char, kMessage> message{};
  return ::recv(socket, message.data(), kMessage, MSG_WAITALL) == ssize_t{kMessage};
}

}  // namespace

Echo::~Echo() {
  if (near_ >= 0) ::shutdown(near_, SHUT_RDWR);
}

Result<> Echo::connect() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(listener, generic, length) != 0 || ::listen(listener, 1) != 0 ||
      ::getsockname(listener, generic, &length) != 0) {
    return failed("cannot listen on loopback");
  }
  near_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (near_ < 0 || ::connect(near_, generic, length) != 0) {
    return failed("cannot connect over loopback");
  }
  const int far = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (far < 0) return failed("cannot accept over loopback");
  for (const int end : {near_, far}) {
    const int on = 1;
    static_cast<void>(::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  }
  thread_ = std::jthread([far] {
    while (receive_message(far) && send_message(far)) {
    }
  });
  return {};
}

Result<> Echo::round_trip() {
  const bool done = send_message(near_) && receive_message(near_);
  return done ? Result<>{} : failed("no answer over loopback");
}

}  // namespace paddock::bench
