// SPDX-License-Identifier: Apache-2.0
//
// Which certificates an ensemble needs, whoever makes them, and in which Secrets they are. There
// are two authorities, one for servers and one for clients: who may be a client may not follow the
// ensemble. Pure; nothing is signed here.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "objects/build.h"

namespace paddock::objects {

enum class Authority : std::uint8_t {
  Servers,
  Clients,
};

struct CertificateRequest {
  /// The Secret: tls.crt, tls.key, and ca.crt with what its holder is to trust.
  std::string secret;
  Authority authority{};
  std::string common_name;
  std::string organization;
  std::vector<std::string> names;  // DNS
};

/// None of an authority whose TLS is off.
[[nodiscard]] std::vector<CertificateRequest> certificate_requests(const Site& site,
                                                                   std::set<ServerId> voters);

/// Where the operator's own certificate is, for the admin port; none without TLS between servers.
[[nodiscard]] std::optional<std::string> operator_certificate_secret(const Site& site);
[[nodiscard]] std::string server_certificate_secret(const Site& site, ServerId id);
[[nodiscard]] std::string observer_certificate_secret(const Site& site);
[[nodiscard]] std::string client_certificate_secret(const Site& site);
/// What the operator keeps: authorities by number, with their keys.
[[nodiscard]] std::string authority_secret(const Site& site, Authority authority);
/// The ConfigMap in which clients find whom to trust: key ca.crt.
[[nodiscard]] std::string trust_bundle_name(const Site& site);

/// The Secret with authorities. The first of build() for certificates is that of servers: it
/// carries `expected`.
[[nodiscard]] json::value authority_object(const Site& site,
                                           Authority authority,
                                           const std::map<std::string, std::string>& entries,
                                           const plan::ApplyCertificates& action);

/// PEM.
struct Certificate {
  std::string chain;
  std::string key;
  std::string trusted;
};

/// The Secret that a request asks for.
[[nodiscard]] json::value certificate_secret(const Site& site,
                                             const CertificateRequest& request,
                                             const Certificate& certificate);
/// cert-manager's object that asks for the same.
[[nodiscard]] json::value cert_manager_certificate(const Site& site,
                                                   const CertificateRequest& request);
[[nodiscard]] json::value trust_bundle(const Site& site, const std::string& trusted);

}  // namespace paddock::objects
