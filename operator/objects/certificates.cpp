// SPDX-License-Identifier: Apache-2.0
#include "objects/certificates.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "objects/object.h"
#include "resource/secret.h"

namespace paddock::objects {
namespace {

using api::TlsMode;

/// Of observers: in steps, so that few changes of their number change the certificate.
std::int32_t observers_named(const api::EnsembleSpec& spec) {
  constexpr std::int32_t kStep = 8;
  const std::int32_t wanted = (spec.observers.replicas + kStep - 1) / kStep * kStep;
  return std::min(wanted, model::kObserversMax);
}

std::string admin_host(const Site& site) {
  return fmt::format("{}.{}.svc", admin_service_name(site.ensemble), site.ns);
}

std::string organization_of(const Site& site) {
  return fmt::format("{}/{}", site.ns, site.ensemble);
}

CertificateRequest of_servers(const Site& site, std::string secret, std::string common_name) {
  return {.secret = std::move(secret),
          .authority = Authority::Servers,
          .common_name = std::move(common_name),
          .organization = organization_of(site),
          .names = {}};
}

void add_servers(const Site& site,
                 const std::set<ServerId>& voters,
                 std::vector<CertificateRequest>& requests) {
  for (const ServerId id : voters) {
    CertificateRequest request =
        of_servers(site, server_certificate_secret(site, id), workload_name(site.ensemble, id));
    request.names = {host_of(site, id), admin_host(site)};
    requests.push_back(std::move(request));
  }
  if (site.spec.observers.replicas > 0) {
    CertificateRequest request =
        of_servers(site, observer_certificate_secret(site), observers_name(site.ensemble));
    for (std::int32_t ordinal = 0; ordinal < observers_named(site.spec); ++ordinal) {
      request.names.push_back(observer_host(site, ordinal));
    }
    request.names.push_back(admin_host(site));
    requests.push_back(std::move(request));
  }
  requests.push_back(
      of_servers(site, operator_certificate_secret(site).value_or(""), "paddock-operator"));
}

/// One for all servers: clients know the service, and perhaps pods.
CertificateRequest of_clients(const Site& site) {
  const std::string service = fmt::format("{}.{}", client_service_name(site.ensemble), site.ns);
  CertificateRequest request{
      .secret = client_certificate_secret(site),
      .authority = Authority::Clients,
      .common_name = site.ensemble,
      .organization = organization_of(site),
      .names = {client_service_name(site.ensemble),
                service,
                service + ".svc",
                fmt::format("{}.svc.{}", service, site.cluster.domain),
                fmt::format("*.{}.{}.svc", members_service_name(site.ensemble), site.ns)}};
  for (const std::string& name : site.spec.tls.extra_names) request.names.push_back(name);
  return request;
}

}  // namespace

std::vector<CertificateRequest> certificate_requests(const Site& site, std::set<ServerId> voters) {
  std::vector<CertificateRequest> requests;
  if (site.spec.tls.provider.given) return requests;
  if (site.spec.tls.quorum != TlsMode::Disabled) add_servers(site, voters, requests);
  if (site.spec.tls.client != TlsMode::Disabled) requests.push_back(of_clients(site));
  return requests;
}

std::optional<std::string> operator_certificate_secret(const Site& site) {
  if (site.spec.tls.quorum == TlsMode::Disabled) return std::nullopt;
  const auto& given = site.spec.tls.provider.given;
  return given ? given->operator_secret : fmt::format("{}-operator-tls", site.ensemble);
}

std::string server_certificate_secret(const Site& site, ServerId id) {
  const auto& given = site.spec.tls.provider.given;
  return given ? given->quorum : fmt::format("{}-v{}-tls", site.ensemble, raw(id));
}

std::string observer_certificate_secret(const Site& site) {
  const auto& given = site.spec.tls.provider.given;
  return given ? given->quorum : fmt::format("{}-obs-tls", site.ensemble);
}

std::string client_certificate_secret(const Site& site) {
  const auto& given = site.spec.tls.provider.given;
  return given ? given->client : fmt::format("{}-client-tls", site.ensemble);
}

std::string authority_secret(const Site& site, Authority authority) {
  return fmt::format(
      "{}-{}-ca", site.ensemble, authority == Authority::Servers ? "quorum" : "client");
}

std::string trust_bundle_name(const Site& site) {
  return fmt::format("{}-ca", site.ensemble);
}

json::value authority_object(const Site& site,
                             Authority authority,
                             const std::map<std::string, std::string>& entries,
                             const plan::ApplyCertificates& action) {
  json::object object = new_object(site, "v1", "Secret", authority_secret(site, authority));
  object["type"] = "Opaque";
  json::object data;
  for (const auto& [name, text] : entries) data[name] = resource::secret_entry(text);
  object["data"] = std::move(data);
  annotate(object, kTrustedAnnotation, fmt::format("{}", fmt::join(action.trusted, ",")));
  annotate(object, kSignerAnnotation, fmt::to_string(action.signer));
  if (authority == Authority::Servers) expect(object, action.expected);
  return object;
}

json::value certificate_secret(const Site& site,
                               const CertificateRequest& request,
                               const Certificate& certificate) {
  json::object object = new_object(site, "v1", "Secret", request.secret);
  object["type"] = "kubernetes.io/tls";
  object["data"] = {{"tls.crt", resource::secret_entry(certificate.chain)},
                    {"tls.key", resource::secret_entry(certificate.key)},
                    {"ca.crt", resource::secret_entry(certificate.trusted)}};
  seal(object);
  return object;
}

json::value cert_manager_certificate(const Site& site, const CertificateRequest& request) {
  const api::CertManagerSpec& wanted = *site.spec.tls.provider.cert_manager;
  json::object object = new_object(site, "cert-manager.io/v1", "Certificate", request.secret);
  const auto hours = [](std::int32_t days) {
    return fmt::format("{}h", days * 24);
  };
  json::object spec{
      {"secretName", request.secret},
      {"commonName", request.common_name},
      {"subject", {{"organizations", json::array{request.organization}}}},
      // Servers dial one another: each end shows its certificate.
      {"usages",
       json::array{"digital signature", "key encipherment", "server auth", "client auth"}},
      {"privateKey", {{"algorithm", "ECDSA"}, {"size", 256}, {"rotationPolicy", "Always"}}},
      {"duration", hours(wanted.certificate_days)},
      {"renewBefore", hours(wanted.renew_before_days)},
      {"issuerRef",
       {{"name", wanted.issuer_name},
        {"kind", wanted.issuer_kind},
        {"group", wanted.issuer_group}}}};
  if (!request.names.empty()) {
    spec["dnsNames"] = json::array(request.names.begin(), request.names.end());
  }
  object["spec"] = std::move(spec);
  seal(object);
  return object;
}

json::value trust_bundle(const Site& site, const std::string& trusted) {
  json::object object = new_object(site, "v1", "ConfigMap", trust_bundle_name(site));
  object["data"] = {{"ca.crt", trusted}};
  seal(object);
  return object;
}

}  // namespace paddock::objects
