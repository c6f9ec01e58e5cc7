// SPDX-License-Identifier: Apache-2.0
#include "objects/pod_template.h"

#include <array>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "objects/certificates.h"
#include "objects/merge.h"
#include "objects/object.h"
#include "objects/paths.h"

namespace paddock::objects {
namespace {

using api::MemberTemplate;
using api::TlsMode;
using Voter = std::optional<VoterPod>;

struct Part {
  std::string_view annotation;
  std::string MemberTemplate::* text;
};

constexpr std::array kParts{
    Part{"paddock.io/template-image", &MemberTemplate::image},
    Part{"paddock.io/template-configuration", &MemberTemplate::configuration},
    Part{"paddock.io/template-resources", &MemberTemplate::resources},
    Part{"paddock.io/template-tls", &MemberTemplate::tls},
    Part{"paddock.io/template-volumes", &MemberTemplate::volumes},
    Part{"paddock.io/template-restart", &MemberTemplate::restart},
    Part{"paddock.io/template-pod", &MemberTemplate::pod},
};

json::object variable(std::string_view name, std::string_view value) {
  return {{"name", name}, {"value", value}};
}

/// Whom a server asks that knows nothing yet. Those that know more go by the configuration on disk.
std::string servers(const Site& site, std::optional<ServerId> self) {
  std::set<ServerId> ids = site.voters;
  std::vector<std::string> lines;
  for (const ServerId id : ids) lines.push_back(member_line(site, id));
  // One that joins has no vote by its own account either.
  if (self && !ids.contains(*self)) {
    std::string line = member_line(site, *self);
    const std::size_t role = line.find(":participant");
    lines.push_back(line.replace(role, std::string_view(":participant").size(), ":observer"));
  }
  return fmt::format("{}", fmt::join(lines, " "));
}

json::array environment(const Site& site, const Voter& voter) {
  if (voter) {
    return {variable("ZOO_MY_ID", fmt::to_string(raw(voter->id))),
            variable("ZOO_SERVERS", servers(site, voter->id))};
  }
  return {{{"name", "ZOO_MY_ID"},
           {"valueFrom", {{"fieldRef", {{"apiVersion", "v1"}, {"fieldPath", "metadata.name"}}}}}},
          variable("ZOO_MY_ID_BASE", fmt::to_string(model::kObserverIdMin)),
          variable("ZOO_PEER_TYPE", "observer"),
          variable("ZOO_SERVERS", servers(site, std::nullopt))};
}

json::array ports(const api::EnsembleSpec& spec) {
  const auto port = [](std::string_view name, std::int32_t number) -> json::value {
    return {{"name", name}, {"containerPort", number}, {"protocol", "TCP"}};
  };
  json::array ports;
  if (spec.tls.client != TlsMode::Required) ports.push_back(port("tcp-client", kClientPort));
  if (spec.tls.client != TlsMode::Disabled) ports.push_back(port("tcp-secure", kSecureClientPort));
  ports.push_back(port("tcp-quorum", kQuorumPort));
  ports.push_back(port("tcp-election", kElectionPort));
  ports.push_back(port("http-admin", kAdminPort));
  return ports;
}

json::object probe(const api::EnsembleSpec& spec,
                   std::string_view path,
                   std::int32_t period,
                   std::int32_t failures) {
  const bool is_secure = admin_scheme(spec) == "https";
  return {{"httpGet",
           {{"path", path}, {"port", "http-admin"}, {"scheme", is_secure ? "HTTPS" : "HTTP"}}},
          {"periodSeconds", period},
          {"timeoutSeconds", 3},
          {"successThreshold", 1},
          {"failureThreshold", failures}};
}

json::object resources_of(const api::ResourcesSpec& wanted) {
  json::object requests;
  if (!wanted.cpu_request.empty()) requests["cpu"] = wanted.cpu_request;
  if (!wanted.memory_request.empty()) requests["memory"] = wanted.memory_request;
  json::object resources;
  if (!requests.empty()) resources["requests"] = std::move(requests);
  if (!wanted.memory_limit.empty()) resources["limits"] = {{"memory", wanted.memory_limit}};
  return resources;
}

json::object secret_volume(std::string_view name, std::string_view secret) {
  // Readable for the group of the pod (fsGroup) alone.
  return {{"name", name}, {"secret", {{"secretName", secret}, {"defaultMode", 0440}}}};
}

json::object claim_volume(std::string_view name, std::string_view claim) {
  return {{"name", name}, {"persistentVolumeClaim", {{"claimName", claim}}}};
}

/// What is mounted where, and from what.
struct Mounts {
  json::array volumes;
  json::array mounts;

  void add(std::string_view name, std::string_view path, json::object volume, bool is_read_only) {
    json::object mount{{"name", name}, {"mountPath", path}};
    if (is_read_only) mount["readOnly"] = true;
    mounts.push_back(std::move(mount));
    volumes.push_back(std::move(volume));
  }
};

void add_data(const Site& site, const Voter& voter, Mounts& mounts) {
  if (!voter) {
    mounts.add("data", kDataFolder, {{"name", "data"}, {"emptyDir", json::object()}}, false);
    if (site.spec.storage.txn_log) {
      mounts.add("datalog", kLogFolder, {{"name", "datalog"}, {"emptyDir", json::object()}}, false);
    }
    return;
  }
  const std::string data = data_claim_name(site.ensemble, voter->id, voter->claim);
  mounts.add("data", kDataFolder, claim_volume("data", data), false);
  if (!site.spec.storage.txn_log) return;
  const std::string log = log_claim_name(site.ensemble, voter->id, voter->claim);
  mounts.add("datalog", kLogFolder, claim_volume("datalog", log), false);
}

Mounts mounts_of(const Site& site, const Voter& voter) {
  Mounts mounts;
  mounts.add("config",
             kConfigurationFolder,
             {{"name", "config"}, {"configMap", {{"name", configuration_name(site.ensemble)}}}},
             true);
  add_data(site, voter, mounts);
  if (site.spec.tls.client != TlsMode::Disabled) {
    mounts.add("client-tls",
               kClientTlsFolder,
               secret_volume("client-tls", client_certificate_secret(site)),
               true);
  }
  if (site.spec.tls.quorum != TlsMode::Disabled) {
    const std::string secret =
        voter ? server_certificate_secret(site, voter->id) : observer_certificate_secret(site);
    mounts.add("quorum-tls", kQuorumTlsFolder, secret_volume("quorum-tls", secret), true);
  }
  return mounts;
}

/// What no override takes away.
json::object server_essentials(const Site& site, const Voter& voter, const json::array& mounts) {
  return {{"name", "server"},
          {"image", api::image_of(site.spec)},
          {"env", environment(site, voter)},
          {"ports", ports(site.spec)},
          // The admin port opens when the data is recovered, which takes its time.
          {"startupProbe", probe(site.spec, "/livez", 2, 1800)},
          {"livenessProbe", probe(site.spec, "/livez", 10, 6)},
          {"readinessProbe", probe(site.spec, "/readyz", 2, 2)},
          {"volumeMounts", mounts}};
}

json::object server_container(const Site& site, const Voter& voter, const json::array& mounts) {
  json::object container = server_essentials(site, voter, mounts);
  container["imagePullPolicy"] = api::word_of(site.spec.image.pull_policy);
  container["resources"] =
      resources_of(voter ? site.spec.voters.resources : site.spec.observers.resources);
  container["securityContext"] = {{"allowPrivilegeEscalation", false},
                                  {"readOnlyRootFilesystem", true},
                                  {"capabilities", {{"drop", json::array{"ALL"}}}}};
  return container;
}

json::object labels_of_role(const Site& site, std::string_view role) {
  json::object labels = pod_selector(site);
  labels[kRoleLabel] = role;
  return labels;
}

void spread_over_hosts(json::object& spec, const json::object& labels, api::Spread spread) {
  const json::object term{{"topologyKey", "kubernetes.io/hostname"},
                          {"labelSelector", {{"matchLabels", labels}}}};
  json::object rule;
  if (spread == api::Spread::None) return;
  if (spread == api::Spread::Required) {
    rule["requiredDuringSchedulingIgnoredDuringExecution"] = json::array{term};
  } else {
    rule["preferredDuringSchedulingIgnoredDuringExecution"] =
        json::array{{{"weight", 100}, {"podAffinityTerm", term}}};
  }
  spec["affinity"] = {{"podAntiAffinity", std::move(rule)}};
}

void spread_over_zones(json::object& spec, const json::object& labels, api::Spread spread) {
  if (spread == api::Spread::None) return;
  const bool is_required = spread == api::Spread::Required;
  spec["topologySpreadConstraints"] =
      json::array{{{"maxSkew", 1},
                   {"topologyKey", "topology.kubernetes.io/zone"},
                   {"whenUnsatisfiable", is_required ? "DoNotSchedule" : "ScheduleAnyway"},
                   {"labelSelector", {{"matchLabels", labels}}}}};
}

void place(const Site& site, const Voter& voter, json::object& spec) {
  const api::PlacementSpec& wanted = site.spec.voters.placement;
  const json::object labels = labels_of_role(site, voter ? "voter" : "observer");
  spread_over_hosts(spec, labels, voter ? wanted.host : api::Spread::Preferred);
  spread_over_zones(spec, labels, voter ? wanted.zone : api::Spread::Preferred);
}

json::object pod_spec(const Site& site, const Voter& voter) {
  const Mounts mounts = mounts_of(site, voter);
  json::object spec{
      // A server needs nothing of the API; and names of services are no settings of its.
      {"automountServiceAccountToken", false},
      {"enableServiceLinks", false},
      {"terminationGracePeriodSeconds", 60},
      {"securityContext",
       {{"runAsNonRoot", true},
        {"runAsUser", 1000},
        {"runAsGroup", 1000},
        {"fsGroup", 1000},
        {"fsGroupChangePolicy", "OnRootMismatch"},
        {"seccompProfile", {{"type", "RuntimeDefault"}}}}}};
  json::array secrets;
  for (const std::string& secret : site.spec.image.pull_secrets) {
    secrets.push_back({{"name", secret}});
  }
  if (!secrets.empty()) spec["imagePullSecrets"] = std::move(secrets);
  place(site, voter, spec);
  spec["containers"] = json::array{server_container(site, voter, mounts.mounts)};
  spec["volumes"] = mounts.volumes;
  if (site.spec.pod_template.spec.json.empty()) return spec;
  const json::value merged = merge(spec, json::parse(site.spec.pod_template.spec.json));
  const json::object essentials{
      {"containers", json::array{server_essentials(site, voter, mounts.mounts)}},
      {"volumes", mounts.volumes}};
  return merge(merged, essentials).as_object();
}

}  // namespace

json::object workload_selector(const Site& site, std::optional<ServerId> voter) {
  json::object labels = labels_of_role(site, voter ? "voter" : "observer");
  if (voter) labels[kMemberLabel] = fmt::to_string(raw(*voter));
  return labels;
}

json::object pod_template(const Site& site,
                          const MemberTemplate& makes,
                          const std::optional<VoterPod>& voter) {
  json::object labels;
  json::object annotations;
  for (const auto& [key, value] : site.spec.pod_template.labels) labels[key] = value;
  for (const auto& [key, value] : site.spec.pod_template.annotations) annotations[key] = value;
  for (const auto& [key, value] : common_labels(site)) labels[key] = value;
  const auto id = voter ? std::optional(voter->id) : std::nullopt;
  for (const auto& [key, value] : workload_selector(site, id)) labels[key] = value;
  if (voter && voter->labels_voter) labels[kVoterLabel] = "true";
  write_template(makes, annotations);
  if (voter) annotations[kClaimAnnotation] = fmt::to_string(raw(voter->claim));
  return {{"metadata", {{"labels", std::move(labels)}, {"annotations", std::move(annotations)}}},
          {"spec", pod_spec(site, voter)}};
}

void write_template(const MemberTemplate& makes, json::object& annotations) {
  for (const Part& part : kParts) annotations[part.annotation] = makes.*part.text;
}

MemberTemplate read_template(const json::value& metadata) {
  MemberTemplate makes;
  for (const Part& part : kParts) {
    makes.*part.text = kube::text_at(metadata, {"annotations", part.annotation});
  }
  return makes;
}

}  // namespace paddock::objects
