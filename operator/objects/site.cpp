// SPDX-License-Identifier: Apache-2.0
#include "objects/site.h"

#include <fmt/format.h>

#include "objects/names.h"

namespace paddock::objects {
namespace {

std::string host(const Site& site, std::string_view pod) {
  return fmt::format("{}.{}.{}.svc", pod, members_service_name(site.ensemble), site.ns);
}

std::int32_t port_of_clients(const api::EnsembleSpec& spec, bool prefers_tls) {
  const bool is_secure = spec.tls.client == api::TlsMode::Required ||
                         (prefers_tls && spec.tls.client == api::TlsMode::Optional);
  return is_secure ? kSecureClientPort : kClientPort;
}

}  // namespace

std::string host_of(const Site& site, ServerId id) {
  return host(site, pod_name(site.ensemble, id));
}

std::string observer_host(const Site& site, std::int32_t ordinal) {
  return host(site, fmt::format("{}-{}", observers_name(site.ensemble), ordinal));
}

std::string member_line(const Site& site, ServerId id) {
  return fmt::format("server.{}={}:{}:{}:participant;{}",
                     raw(id),
                     host_of(site, id),
                     kQuorumPort,
                     kElectionPort,
                     port_of_clients(site.spec, false));
}

std::string client_endpoint(const Site& site) {
  return fmt::format("{}.{}.svc:{}",
                     client_service_name(site.ensemble),
                     site.ns,
                     port_of_clients(site.spec, true));
}

std::string_view admin_scheme(const api::EnsembleSpec& spec) {
  return spec.tls.quorum == api::TlsMode::Disabled ? "http" : "https";
}

std::string operator_subject(const Site& site) {
  const auto& given = site.spec.tls.provider.given;
  if (given) return given->operator_subject;
  return fmt::format("CN=paddock-operator,O={}/{}", site.ns, site.ensemble);
}

}  // namespace paddock::objects
