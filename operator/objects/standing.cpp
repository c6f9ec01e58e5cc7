// SPDX-License-Identifier: Apache-2.0
//
// What follows from the spec alone: who may connect, who scrapes, and the lists of what is there in
// every round.
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "objects/certificates.h"
#include "objects/object.h"

namespace paddock::objects {
namespace {

using api::Scraping;
using api::TlsMode;

json::object tcp(std::int32_t port) {
  return {{"protocol", "TCP"}, {"port", port}};
}

json::array client_ports(const api::EnsembleSpec& spec) {
  json::array ports;
  if (spec.tls.client != TlsMode::Required) ports.push_back(tcp(kClientPort));
  if (spec.tls.client != TlsMode::Disabled) ports.push_back(tcp(kSecureClientPort));
  return ports;
}

/// Without a list anybody, which is said by no `from` at all.
json::object ingress(const api::Raw& from, json::array ports) {
  json::object rule{{"ports", std::move(ports)}};
  if (!from.json.empty()) rule["from"] = json::parse(from.json);
  return rule;
}

/// The operator comes from wherever it was installed.
json::object operator_ingress() {
  return {{"ports", json::array{tcp(kAdminPort)}},
          {"from",
           json::array{{{"namespaceSelector", json::object()},
                        {"podSelector",
                         {{"matchLabels", {{"app.kubernetes.io/name", "paddock-operator"}}}}}}}}};
}

json::object network_policy(const Site& site) {
  const api::NetworkPolicySpec& wanted = site.spec.services.network_policy;
  const json::object servers{{"podSelector", {{"matchLabels", pod_selector(site)}}}};
  json::array rules{{{"ports", json::array{tcp(kQuorumPort), tcp(kElectionPort)}},
                     {"from", json::array{servers}}},
                    ingress(wanted.client_from, client_ports(site.spec)),
                    ingress(wanted.monitoring_from, {tcp(kAdminPort)})};
  if (!wanted.monitoring_from.json.empty()) rules.push_back(operator_ingress());
  json::object object = new_object(site, "networking.k8s.io/v1", "NetworkPolicy", site.ensemble);
  object["spec"] = {{"podSelector", {{"matchLabels", pod_selector(site)}}},
                    {"policyTypes", json::array{"Ingress"}},
                    {"ingress", std::move(rules)}};
  seal(object);
  return object;
}

/// Metrics need no certificate of who asks; whom they come from is checked.
json::object endpoint(const Site& site) {
  json::object endpoint{
      {"port", "http-admin"},
      {"path", "/metrics"},
      {"scheme", admin_scheme(site.spec)},
      {"interval", fmt::format("{}s", site.spec.monitoring.interval_seconds)},
      // The dashboards' and alerts' name for an ensemble.
      {"relabelings",
       json::array{
           {{"action", "replace"}, {"replacement", site.ensemble}, {"targetLabel", "ensemble"}}}}};
  if (const auto secret = operator_certificate_secret(site)) {
    endpoint["tlsConfig"] = {
        {"serverName", fmt::format("{}.{}.svc", admin_service_name(site.ensemble), site.ns)},
        {"ca", {{"secret", {{"name", *secret}, {"key", "ca.crt"}}}}}};
  }
  return endpoint;
}

json::object monitor(const Site& site, std::string_view kind) {
  const bool is_of_pods = kind == "PodMonitor";
  json::object object = new_object(site, "monitoring.coreos.com/v1", kind, site.ensemble);
  for (const auto& [key, value] : site.spec.monitoring.labels) label(object, key, value);
  json::object selector = pod_selector(site);
  if (!is_of_pods) selector["paddock.io/service"] = "admin";
  // The job is the value of this label, "paddock", on which the alerts count.
  object["spec"] = {
      {"jobLabel", "app.kubernetes.io/name"},
      {"selector", {{"matchLabels", std::move(selector)}}},
      {is_of_pods ? "podMetricsEndpoints" : "endpoints", json::array{endpoint(site)}}};
  seal(object);
  return object;
}

Scraping scraping_of(const Site& site) {
  const Scraping wanted = site.spec.monitoring.scraping;
  if (wanted != Scraping::Auto) return wanted;
  return site.cluster.has_pod_monitors ? Scraping::PodMonitor : Scraping::None;
}

void append(Objects& objects, Objects more) {
  for (json::value& object : more) objects.push_back(std::move(object));
}

kube::Resource resource_of(std::string_view group, std::string_view plural, std::string_view kind) {
  return {.group = std::string(group),
          .version = "v1",
          .plural = std::string(plural),
          .kind = std::string(kind)};
}

}  // namespace

Objects build_standing(const Site& site, bool serve_clients) {
  Objects objects = build(site, plan::ApplyConfiguration{api::reload_hash_of(site.spec)});
  append(objects, build(site, plan::ApplyServices{serve_clients}));
  if (site.spec.services.network_policy.is_enabled) objects.emplace_back(network_policy(site));
  const Scraping scraping = scraping_of(site);
  if (scraping == Scraping::PodMonitor) objects.emplace_back(monitor(site, "PodMonitor"));
  if (scraping == Scraping::ServiceMonitor) objects.emplace_back(monitor(site, "ServiceMonitor"));
  if (site.spec.tls.provider.cert_manager) {
    for (const CertificateRequest& request : certificate_requests(site, site.voters)) {
      objects.push_back(cert_manager_certificate(site, request));
    }
  }
  return objects;
}

std::vector<Unwanted> unwanted(const Site& site) {
  std::vector<Unwanted> found;
  const auto add = [&](kube::Resource resource, std::string name) {
    found.push_back({std::move(resource), {.ns = site.ns, .name = std::move(name)}});
  };
  if (!site.spec.services.network_policy.is_enabled) {
    add(resource_of("networking.k8s.io", "networkpolicies", "NetworkPolicy"), site.ensemble);
  }
  const Scraping scraping = scraping_of(site);
  if (scraping != Scraping::PodMonitor && site.cluster.has_pod_monitors) {
    add(resource_of("monitoring.coreos.com", "podmonitors", "PodMonitor"), site.ensemble);
  }
  if (scraping != Scraping::ServiceMonitor && site.cluster.has_service_monitors) {
    add(resource_of("monitoring.coreos.com", "servicemonitors", "ServiceMonitor"), site.ensemble);
  }
  // Also those of voters that have left.
  for (std::int32_t number = 1; number <= model::kVoterIdMax; ++number) {
    const ServerId id{number};
    if (site.spec.services.external.per_member && site.voters.contains(id)) continue;
    add(resource_of("", "services", "Service"), external_service_name(site.ensemble, id));
  }
  return found;
}

}  // namespace paddock::objects
