// SPDX-License-Identifier: Apache-2.0
#include "net/address.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>

#include "base/assert.h"

namespace paddock::net {

namespace {

struct AddressListFree {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, AddressListFree>;

/// Null and the error of getaddrinfo() if there is none.
std::pair<AddressList, int> look_up(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_family = AF_UNSPEC;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  return {AddressList(error == 0 ? found : nullptr), error};
}

SocketAddress copy_of(const addrinfo& info) {
  SocketAddress address;
  PADDOCK_ASSERT(info.ai_addrlen <= sizeof address.storage);
  std::memcpy(&address.storage, info.ai_addr, info.ai_addrlen);
  address.length = info.ai_addrlen;
  return address;
}

template <class Kind>
Kind as(const SocketAddress& address) {
  Kind kind{};
  std::memcpy(&kind, &address.storage, sizeof kind);
  return kind;
}

}  // namespace

std::string ip_of(const SocketAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.storage.ss_family == AF_INET) {
    const auto v4 = as<sockaddr_in>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return text.data();
  }
  const auto v6 = as<sockaddr_in6>(address);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  return text.data();
}

std::uint16_t port_of(const SocketAddress& address) {
  return ntohs(address.storage.ss_family == AF_INET ? as<sockaddr_in>(address).sin_port
                                                    : as<sockaddr_in6>(address).sin6_port);
}

std::string to_string(const SocketAddress& address) {
  const std::string ip = ip_of(address);
  const bool is_v6 = ip.find(':') != std::string::npos;
  return fmt::format("{}:{}", is_v6 ? '[' + ip + ']' : ip, port_of(address));
}

std::optional<SocketAddress> numeric_address(const std::string& host, std::uint16_t port) {
  const auto [found, error] = look_up(host, port, AI_NUMERICHOST);
  if (found == nullptr) return std::nullopt;
  return copy_of(*found);
}

Result<std::vector<SocketAddress>> resolve(const std::string& host, std::uint16_t port) {
  const auto [found, error] = look_up(host, port, 0);
  if (found == nullptr) {
    const std::string why = error == EAI_SYSTEM ? errno_text(errno) : ::gai_strerror(error);
    return fail(fmt::format("cannot resolve the name '{}': {}", host, why));
  }
  std::vector<SocketAddress> addresses;
  for (const addrinfo* at = found.get(); at != nullptr; at = at->ai_next) {
    if (at->ai_family != AF_INET && at->ai_family != AF_INET6) continue;
    addresses.push_back(copy_of(*at));
  }
  if (addresses.empty()) return fail(fmt::format("the name '{}' has no IP address", host));
  return addresses;
}

}  // namespace paddock::net
