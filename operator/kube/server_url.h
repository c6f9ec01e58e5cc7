// SPDX-License-Identifier: Apache-2.0
//
// Where an API server is. Pure. Source: RFC 3986, as far as kubeconfig files use it.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace paddock::kube {

struct ServerUrl {
  bool is_secure = true;
  std::string host{};  // without the brackets of an IPv6 address
  std::uint16_t port = 443;
  std::string base_path{};  // in front of every path: "/k8s/clusters/c-1"; no slash at its end

  friend bool operator==(const ServerUrl&, const ServerUrl&) = default;
};

/// *Errors*: it is no such URL.
[[nodiscard]] Result<ServerUrl> parse_server_url(View text);

/// For the header "Host", and for people: "[::1]:6443".
[[nodiscard]] std::string host_and_port(const ServerUrl& url);

}  // namespace paddock::kube
