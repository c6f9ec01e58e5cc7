// SPDX-License-Identifier: Apache-2.0
#include "net/socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
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

struct AddressListFree {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, AddressListFree>;

Result<AddressList> resolve(const std::string& address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_family = AF_UNSPEC;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) {
    return fail(fmt::format(
        "cannot resolve the address '{}' to listen on: {}", address, ::gai_strerror(error)));
  }
  return AddressList(found);
}

std::pair<std::string, std::uint16_t> text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return {text.data(), ntohs(v4.sin_port)};
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  return {text.data(), ntohs(v6.sin6_port)};
}

/// What a listener has set, the connections that it accepts have from the start: no call for each.
void set_inherited_options(const Fd& listener, const ListenOptions& options) {
  set_option(listener, IPPROTO_TCP, TCP_NODELAY, 1);
  if (options.keep_alive) set_option(listener, SOL_SOCKET, SO_KEEPALIVE, 1);
}

Result<Fd> listen_on(const addrinfo& address, const ListenOptions& options) {
  Fd socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return fail(errno_text(errno));
  set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  if (address.ai_family == AF_INET6) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  set_inherited_options(socket, options);
  if (::bind(socket.get(), address.ai_addr, address.ai_addrlen) != 0)
    return fail(errno_text(errno));
  if (::listen(socket.get(), options.backlog > 0 ? options.backlog : kBacklogDefault) != 0) {
    return fail(errno_text(errno));
  }
  return socket;
}

Result<Fd> listen_at(const std::string& address, std::uint16_t port, const ListenOptions& options) {
  auto found = resolve(address, port);
  PADDOCK_TRY(found);
  auto listener = listen_on(**found, options);
  if (listener) return listener;
  return fail(fmt::format("cannot listen on {} port {}: {}; is another server running there?",
                          address,
                          port,
                          listener.error().message));
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

std::uint16_t local_port(const Fd& listener) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  auto* at = reinterpret_cast<sockaddr*>(&address);
  return ::getsockname(listener.get(), at, &length) == 0 ? text_of(address).second
                                                         : std::uint16_t{0};
}

Result<std::optional<Accepted>> accept_tcp(const Fd& listener) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  Fd socket(::accept4(listener.get(),
                      reinterpret_cast<sockaddr*>(&address),
                      &length,
                      SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket.is_open()) {
    if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR)
      return std::optional<Accepted>{};
    return fail("cannot accept a connection: " + errno_text(errno));
  }
  auto [ip, port] = text_of(address);
  return std::optional<Accepted>(Accepted{std::move(socket), std::move(ip), port});
}

IoResult receive(const Fd& socket, char* into, std::size_t room) {
  const auto count = ::recv(socket.get(), into, room, 0);
  if (count > 0) return {IoState::Ok, static_cast<std::size_t>(count)};
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {IoState::WouldBlock, 0};
  return {IoState::Closed, 0};
}

IoResult send(const Fd& socket, View bytes) {
  const auto count = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0) return {IoState::Ok, static_cast<std::size_t>(count)};
  if (errno == EAGAIN || errno == EINTR) return {IoState::WouldBlock, 0};
  return {IoState::Closed, 0};
}

}  // namespace paddock::net
