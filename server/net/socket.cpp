// SPDX-License-Identifier: Apache-2.0
#include "net/socket.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace paddock::net {

namespace {

constexpr int kBacklogDefault = 1024;

void set_option(const Fd& socket, int level, int option, int value) {
  // Best effort: a socket without the option works all the same.
  static_cast<void>(::setsockopt(socket.get(), level, option, &value, sizeof value));
}

/// What a listener has set, the connections that it accepts have from the start: no call for each.
void set_inherited_options(const Fd& listener, const ListenOptions& options) {
  set_option(listener, IPPROTO_TCP, TCP_NODELAY, 1);
  if (options.keep_alive) set_option(listener, SOL_SOCKET, SO_KEEPALIVE, 1);
}

Fd tcp_socket(const SocketAddress& address) {
  return Fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

Result<Fd> listen_on(const SocketAddress& address, const ListenOptions& options) {
  Fd socket = tcp_socket(address);
  if (!socket.is_open()) return fail(errno_text(errno));
  set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  if (address.storage.ss_family == AF_INET6) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  set_inherited_options(socket, options);
  if (::bind(socket.get(), address.get(), address.length) != 0) return fail(errno_text(errno));
  if (::listen(socket.get(), options.backlog > 0 ? options.backlog : kBacklogDefault) != 0) {
    return fail(errno_text(errno));
  }
  return socket;
}

std::string text_of_failure(const std::string& address, std::uint16_t port, const Error& error) {
  return fmt::format("cannot listen on {} port {}: {}; is another server running there?",
                     address,
                     port,
                     error.message);
}

Result<Fd> listen_at(const std::string& address, std::uint16_t port, const ListenOptions& options) {
  auto found = resolve(address, port);
  if (!found) return std::unexpected(std::move(found).error().within("the address to listen on"));
  auto listener = listen_on(found->front(), options);
  if (!listener) return fail(text_of_failure(address, port, listener.error()));
  return listener;
}

}  // namespace

Result<Fd> listen_tcp(const std::string& address,
                      std::uint16_t port,
                      const ListenOptions& options) {
  if (!address.empty()) return listen_at(address, port, options);
  auto dual_stack = listen_at("::", port, options);
  // A kernel without IPv6: every address means every IPv4 address.
  return dual_stack ? std::move(dual_stack) : listen_at("0.0.0.0", port, options);
}

Result<Fd> listen_tcp(const SocketAddress& address, const ListenOptions& options) {
  auto listener = listen_on(address, options);
  if (!listener) {
    return fail(text_of_failure(ip_of(address), port_of(address), listener.error()));
  }
  return listener;
}

std::uint16_t local_port(const Fd& listener) {
  SocketAddress address;
  address.length = sizeof address.storage;
  auto* at = reinterpret_cast<sockaddr*>(&address.storage);
  if (::getsockname(listener.get(), at, &address.length) != 0) return 0;
  return port_of(address);
}

Result<std::optional<Accepted>> accept_tcp(const Fd& listener) {
  SocketAddress address;
  address.length = sizeof address.storage;
  Fd socket(::accept4(listener.get(),
                      reinterpret_cast<sockaddr*>(&address.storage),
                      &address.length,
                      SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket.is_open()) {
    const bool is_none = errno == EAGAIN || errno == ECONNABORTED || errno == EINTR;
    if (is_none) return std::optional<Accepted>{};
    return fail("cannot accept a connection: " + errno_text(errno));
  }
  return std::optional<Accepted>(Accepted{std::move(socket), ip_of(address), port_of(address)});
}

Result<Fd> connect_tcp(const SocketAddress& address) {
  Fd socket = tcp_socket(address);
  if (!socket.is_open()) return fail(errno_text(errno));
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  if (::connect(socket.get(), address.get(), address.length) != 0 && errno != EINPROGRESS) {
    return fail(errno_text(errno));
  }
  return socket;
}

Result<> connect_outcome(const Fd& socket) {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  if (error != 0) return fail(errno_text(error));
  return {};
}

namespace {

IoResult received(ssize_t count) {
  if (count > 0) return {IoState::Ok, static_cast<std::size_t>(count)};
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {IoState::WouldBlock, 0};
  return {IoState::Closed, 0};
}

IoResult sent(ssize_t count) {
  if (count >= 0) return {IoState::Ok, static_cast<std::size_t>(count)};
  if (errno == EAGAIN || errno == EINTR) return {IoState::WouldBlock, 0};
  return {IoState::Closed, 0};
}

}  // namespace

IoResult receive(const Fd& socket, char* into, std::size_t room) {
  return received(::recv(socket.get(), into, room, 0));
}

IoResult peek(const Fd& socket, char* into, std::size_t room) {
  return received(::recv(socket.get(), into, room, MSG_PEEK));
}

IoResult send(const Fd& socket, View bytes) {
  return sent(::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

IoResult send(const Fd& socket, std::span<const iovec> parts) {
  msghdr message{};
  // The system only reads what the parts point to, and says so nowhere in its types.
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = std::min<std::size_t>(parts.size(), IOV_MAX);
  return sent(::sendmsg(socket.get(), &message, MSG_NOSIGNAL));
}

Duration round_trip_of(const Fd& socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket.get(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return Duration{0};
  return microseconds(info.tcpi_rtt);
}

void shut_down_sending(const Fd& socket) {
  // The other side may be gone already.
  static_cast<void>(::shutdown(socket.get(), SHUT_WR));
}

}  // namespace paddock::net
