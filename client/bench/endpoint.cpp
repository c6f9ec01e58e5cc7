// SPDX-License-Identifier: Apache-2.0
#include "bench/endpoint.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include <netdb.h>

namespace paddock::bench {

namespace {

struct HostPort {
  std::string host;
  std::string port = "2181";
};

HostPort split(std::string_view server) {
  HostPort result;
  const bool bracketed = server.starts_with('[');
  const std::size_t host_end = bracketed ? server.find(']') : server.rfind(':');
  result.host = server.substr(bracketed ? 1 : 0, bracketed ? host_end - 1 : host_end);
  if (host_end == std::string_view::npos) return result;
  const std::string_view tail = server.substr(host_end + (bracketed ? 1 : 0));
  if (tail.starts_with(':')) result.port = tail.substr(1);
  return result;
}

Result<Endpoint> resolve_one(std::string_view server) {
  const HostPort target = split(server);
  const addrinfo hints{.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV,
                       .ai_family = AF_UNSPEC,
                       .ai_socktype = SOCK_STREAM,
                       .ai_protocol = 0,
                       .ai_addrlen = 0,
                       .ai_addr = nullptr,
                       .ai_canonname = nullptr,
                       .ai_next = nullptr};
  addrinfo* raw_list = nullptr;
  const int error = getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &raw_list);
  if (error != 0) {
    return fail("server '" + std::string(server) + "': " + gai_strerror(error) +
                "; write it as host:port");
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(raw_list, &freeaddrinfo);
  Endpoint endpoint{
      .text = std::string(server), .host = target.host, .address_length = list->ai_addrlen};
  std::memcpy(&endpoint.address, list->ai_addr, list->ai_addrlen);
  return endpoint;
}

}  // namespace

Result<std::vector<Endpoint>> resolve(std::string_view servers) {
  std::vector<Endpoint> endpoints;
  while (!servers.empty()) {
    const std::string_view server = servers.substr(0, servers.find(','));
    servers.remove_prefix(std::min(servers.size(), server.size() + 1));
    if (server.find('/') != std::string_view::npos) {
      return fail("server '" + std::string(server) +
                  "': no chroot here; --path says where to work");
    }
    auto endpoint = resolve_one(server);
    if (!endpoint) return std::unexpected(std::move(endpoint).error());
    endpoints.push_back(std::move(*endpoint));
  }
  if (endpoints.empty()) return fail("no server given; write --server host:port");
  return endpoints;
}

}  // namespace paddock::bench
