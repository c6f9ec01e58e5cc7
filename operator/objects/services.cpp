// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "objects/object.h"

namespace paddock::objects {
namespace {

using api::TlsMode;

json::object port(std::string_view name, std::int32_t number) {
  return {{"name", name}, {"port", number}, {"targetPort", name}, {"protocol", "TCP"}};
}

json::array client_ports(const api::EnsembleSpec& spec) {
  json::array ports;
  if (spec.tls.client != TlsMode::Required) ports.push_back(port("tcp-client", kClientPort));
  if (spec.tls.client != TlsMode::Disabled) ports.push_back(port("tcp-secure", kSecureClientPort));
  return ports;
}

void add_annotations(json::object& service, const api::Texts& annotations) {
  for (const auto& [key, value] : annotations) annotate(service, key, value);
}

/// Ready pods; before the ensemble has begun none, as no pod has that label.
json::object client_selector(const Site& site, bool serve_clients) {
  json::object selector = pod_selector(site);
  if (!site.spec.services.client.includes_observers) selector[kRoleLabel] = "voter";
  if (!serve_clients) selector["paddock.io/clients"] = "none";
  return selector;
}

json::object client_service(const Site& site, const plan::ApplyServices& action) {
  const api::ClientServiceSpec& wanted = site.spec.services.client;
  json::object service = new_object(site, "v1", "Service", client_service_name(site.ensemble));
  add_annotations(service, wanted.annotations);
  annotate(service, kServeClientsAnnotation, action.serve_clients ? "true" : "false");
  service["spec"] = {{"type", api::word_of(wanted.type)},
                     {"ports", client_ports(site.spec)},
                     {"selector", client_selector(site, action.serve_clients)}};
  seal(service);
  expect(service, action.expected);
  return service;
}

/// Names for pods, ready or not.
json::object headless_service(const Site& site, std::string_view name, json::array ports) {
  json::object service = new_object(site, "v1", "Service", name);
  service["spec"] = {{"type", "ClusterIP"},
                     {"clusterIP", "None"},
                     {"publishNotReadyAddresses", true},
                     {"ports", std::move(ports)},
                     {"selector", pod_selector(site)}};
  return service;
}

json::object members_service(const Site& site) {
  json::array ports = client_ports(site.spec);
  ports.push_back(port("tcp-quorum", kQuorumPort));
  ports.push_back(port("tcp-election", kElectionPort));
  json::object service =
      headless_service(site, members_service_name(site.ensemble), std::move(ports));
  seal(service);
  return service;
}

json::object admin_service(const Site& site) {
  json::object service =
      headless_service(site, admin_service_name(site.ensemble), {port("http-admin", kAdminPort)});
  label(service, "paddock.io/service", "admin");  // what a ServiceMonitor selects
  seal(service);
  return service;
}

json::object external_service(const Site& site, ServerId id) {
  const api::ExternalServicesSpec& wanted = site.spec.services.external;
  json::object service =
      new_object(site, "v1", "Service", external_service_name(site.ensemble, id));
  add_annotations(service, wanted.annotations);
  label(service, kMemberLabel, fmt::to_string(raw(id)));
  json::object selector = pod_selector(site);
  selector[kMemberLabel] = fmt::to_string(raw(id));
  service["spec"] = {{"type", api::word_of(wanted.type)},
                     {"ports", client_ports(site.spec)},
                     {"selector", std::move(selector)}};
  seal(service);
  return service;
}

}  // namespace

Objects build(const Site& site, const plan::ApplyServices& action) {
  Objects objects{client_service(site, action), members_service(site), admin_service(site)};
  if (!site.spec.services.external.per_member) return objects;
  for (const ServerId id : site.voters) objects.emplace_back(external_service(site, id));
  return objects;
}

}  // namespace paddock::objects
