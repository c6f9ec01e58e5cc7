// SPDX-License-Identifier: Apache-2.0
//
// The one description of an Ensemble's spec: names, bounds and meaning of its fields, told to
// whoever asks: the reader of resources, validation, the CRD and its documentation. A visitor has
//
//   text number flag choice texts list raw      a field: (name, where it is, meaning, bounds)
//   group(name, meaning, members)               an object
//   maybe(name, optional, meaning, members)     an object that may be absent
//   one_of(name, meaning, members)              an object with exactly one of its `maybe`s
//
// Structured bindings name each member, so that a new one does not compile until it is described.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/ensemble_spec.h"
#include "model/ids.h"

namespace paddock::api {

struct Bounds {
  std::optional<std::int64_t> min = {};
  std::optional<std::int64_t> max = {};
  /// Of texts, in the syntax that RE2 and ECMAScript share; the whole text must match.
  std::string_view pattern = {};
  /// A text that matches, for people.
  std::string_view example = {};
  std::int64_t length_max = 253;
  bool is_required = false;
  /// YAML may have a number in its place.
  bool may_be_number = false;
};

constexpr std::string_view kSizePattern = R"(^[0-9]+(\.[0-9]+)?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$)";
constexpr std::string_view kCpuPattern = R"(^([0-9]+m|[0-9]+(\.[0-9]+)?)?$)";
constexpr std::string_view kMemoryPattern = R"(^([0-9]+(\.[0-9]+)?(Ki|Mi|Gi|Ti|k|M|G|T)?)?$)";
constexpr std::string_view kVersionPattern = R"(^[0-9]+\.[0-9]+\.[0-9]+$)";
constexpr std::string_view kDnsPattern = R"(^(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$)";
constexpr std::string_view kDigestPattern = "^(sha256:[0-9a-f]{64})?$";

constexpr Bounds kCpu{
    .pattern = kCpuPattern, .example = "500m", .length_max = 20, .may_be_number = true};
constexpr Bounds kMemory{
    .pattern = kMemoryPattern, .example = "1Gi", .length_max = 20, .may_be_number = true};
constexpr Bounds kDays{.min = 1, .max = 36500};

template <class Visitor>
void describe(Visitor& v, ImageSpec& image) {
  auto& [repository, digest, pull_policy, pull_secrets] = image;
  v.text("repository", repository, "Where the image is, without a tag.", Bounds{.min = 1});
  v.text("digest",
         digest,
         "sha256:…; wins over the tag that version gives.",
         Bounds{.pattern = kDigestPattern, .example = "sha256:<64 digits>"});
  v.choice("pullPolicy", pull_policy, "When nodes pull the image.");
  v.list("pullSecrets", pull_secrets, "Names of Secrets for the registry.", Bounds{.max = 16});
}

template <class Visitor>
void describe(Visitor& v, ResourcesSpec& resources) {
  auto& [cpu_request, memory_request, memory_limit] = resources;
  v.group("requests", "What a pod is sure to get.", [&] {
    v.text("cpu", cpu_request, "Processors, as 500m or 2.", kCpu);
    v.text("memory", memory_request, "As 1Gi.", kMemory);
  });
  v.group("limits", "What a pod gets at most; processors are not limited.", [&] {
    v.text("memory", memory_limit, "As 1Gi; a server that needs more is killed.", kMemory);
  });
}

template <class Visitor>
void describe(Visitor& v, VotersSpec& voters) {
  auto& [replicas, placement, resources] = voters;
  v.number("replicas",
           replicas,
           "How many vote: 1, 3, 5 or 7. More than half must run.",
           Bounds{.min = 1, .max = 7});
  v.group("placement", "How voters are kept apart.", [&] {
    v.choice("host", placement.host, "Required: never two on one node.");
    v.choice("zone", placement.zone, "Preferred: spread over zones as far as there are any.");
  });
  v.group("resources", "Of each voter.", [&] { describe(v, resources); });
}

template <class Visitor>
void describe(Visitor& v, ObserversSpec& observers) {
  auto& [replicas, resources] = observers;
  v.number("replicas",
           replicas,
           "How many servers serve reads and do not vote; kubectl scale and autoscalers set it.",
           Bounds{.min = 0, .max = model::kObserversMax});
  v.group("resources", "Of each observer.", [&] { describe(v, resources); });
}

template <class Visitor>
void describe(Visitor& v, VolumeSpec& volume) {
  auto& [size, class_name] = volume;
  v.text("size",
         size,
         "As 20Gi. It can grow if the class allows that, and never shrink.",
         Bounds{.pattern = kSizePattern, .example = "20Gi", .length_max = 20});
  v.text(
      "className", class_name, "StorageClass; empty: the cluster's default. Does not change.", {});
}

template <class Visitor>
void describe(Visitor& v, StorageSpec& storage) {
  // What is_ephemeral would need is not there yet: it is no part of the resource.
  auto& [data, txn_log, when_scaled, when_deleted, is_ephemeral] = storage;
  v.group("data", "The volume for snapshots, and for the log if it has none of its own.", [&] {
    describe(v, data);
  });
  v.maybe("txnLog",
          txn_log,
          "A volume of its own for the transaction log. Cannot be added or taken away later.",
          [&](VolumeSpec& volume) { describe(v, volume); });
  v.group("retention", "What becomes of volumes that nobody uses.", [&] {
    v.choice("whenScaled", when_scaled, "Of a voter that has left the ensemble.");
    v.choice("whenDeleted", when_deleted, "Of all voters, when the Ensemble is deleted.");
  });
}

template <class Visitor>
void describe(Visitor& v, TlsProviderSpec& provider) {
  auto& [self_signed, cert_manager, given] = provider;
  v.maybe("selfSigned",
          self_signed,
          "The operator has authorities of its own, one for servers and one for clients.",
          [&](SelfSignedSpec& spec) {
            auto& [authority_days, certificate_days, renew_before_days] = spec;
            v.number("authorityDays", authority_days, "How long an authority is good.", kDays);
            v.number("certificateDays", certificate_days, "How long a certificate is good.", kDays);
            v.number("renewBeforeDays",
                     renew_before_days,
                     "How long before its end a new one is made.",
                     kDays);
          });
  v.maybe(
      "certManager",
      cert_manager,
      "cert-manager makes the certificates.",
      [&](CertManagerSpec& spec) {
        auto& [issuer_name, issuer_kind, issuer_group, certificate_days, renew_before_days] = spec;
        v.group("issuerRef", "Who signs.", [&] {
          v.text("name", issuer_name, "Name of the issuer.", Bounds{.min = 1, .is_required = true});
          v.text("kind", issuer_kind, "Issuer or ClusterIssuer.", {});
          v.text("group", issuer_group, "API group of the issuer.", {});
        });
        v.number("certificateDays", certificate_days, "How long a certificate is good.", kDays);
        v.number("renewBeforeDays",
                 renew_before_days,
                 "How long before its end a new one is made.",
                 kDays);
      });
  v.maybe("given",
          given,
          "Secrets that somebody else makes, with tls.crt, tls.key and ca.crt.",
          [&](GivenSecretsSpec& spec) {
            auto& [client, quorum, operator_secret, operator_subject] = spec;
            v.text(
                "client", client, "Secret with what clients see, and whom of them to trust.", {});
            v.text("quorum",
                   quorum,
                   "Secret that servers show one another; names all of their hosts.",
                   {});
            v.text("operator",
                   operator_secret,
                   "Secret with which the operator comes to the servers.",
                   {});
            v.text("operatorSubject",
                   operator_subject,
                   "Subject of that certificate, as CN=operator,O=Example.",
                   {});
          });
}

template <class Visitor>
void describe(Visitor& v, TlsSpec& tls) {
  auto& [client, quorum, client_auth, provider, extra_names] = tls;
  v.group("client", "Between clients and servers.", [&] {
    v.choice(
        "mode", client, "Optional: port 2181 without and 2281 with TLS. Required: 2281 alone.");
    v.choice("auth", client_auth, "Whether clients with TLS must show a certificate.");
  });
  v.group("quorum", "Between servers, and to the admin port.", [&] {
    v.choice("mode", quorum, "Disabled or Required.");
  });
  v.one_of("provider", "Who makes the certificates: exactly one.", [&] { describe(v, provider); });
  v.list("extraNames",
         extra_names,
         "Further DNS names in the certificate that clients see.",
         Bounds{.max = 32, .pattern = kDnsPattern, .example = "zk.example.com"});
}

template <class Visitor>
void describe(Visitor& v, RolloutSpec& rollout) {
  auto& [strategy, leader, paused_at, health_timeout, min_ready, max_sync_lag] = rollout;
  v.choice("strategy", strategy, "Supervised waits for a person before the leader.");
  v.choice("leader", leader, "TransferFirst: the leader hands over before it is restarted.");
  v.choice("pausedAt", paused_at, "Where a rollout stops until this is None again.");
  v.number("healthTimeoutSeconds",
           health_timeout,
           "After how long without progress the condition Stalled says so.",
           Bounds{.min = 1, .max = 86400});
  v.number("minReadySeconds",
           min_ready,
           "How long a member must be well before the next one is touched.",
           Bounds{.min = 0, .max = 3600});
  v.number("maxSyncLagTransactions",
           max_sync_lag,
           "How far behind the leader a member may be and count as well.",
           Bounds{.min = 0});
}

template <class Visitor>
void describe(Visitor& v, ReconfigurationSpec& reconfiguration) {
  auto& [auto_replace, grace] = reconfiguration;
  v.flag("autoReplaceLostMembers",
         auto_replace,
         "A voter whose disk or node is gone for good gets a new disk.");
  v.number("lostNodeGraceSeconds",
           grace,
           "For how long no node must have taken a pod before its node counts as lost.",
           Bounds{.min = 0, .max = 604800});
}

template <class Visitor>
void describe(Visitor& v, ServicesSpec& services) {
  auto& [client, external, network_policy] = services;
  v.group("client", "The service that clients in the cluster use.", [&] {
    auto& [type, annotations, includes_observers] = client;
    v.choice("type", type, "Type of the service.");
    v.texts("annotations", annotations, "Annotations of the service.", Bounds{.max = 64});
    v.flag("includeObservers", includes_observers, "Observers take clients too.");
  });
  v.group("external", "Services for clients outside the cluster.", [&] {
    auto& [per_member, type, annotations] = external;
    v.flag("perMember", per_member, "One service for each voter.");
    v.choice("type", type, "Type of these services.");
    v.texts("annotations", annotations, "Annotations of these services.", Bounds{.max = 64});
  });
  v.group("networkPolicy", "Who may connect to the pods.", [&] {
    auto& [is_enabled, client_from, monitoring_from] = network_policy;
    v.flag("enabled",
           is_enabled,
           "Makes a NetworkPolicy; the ports between servers are theirs alone.");
    v.raw_list("clientFrom", client_from, "NetworkPolicyPeers that may be clients; none: anybody.");
    v.raw_list("monitoringFrom",
               monitoring_from,
               "NetworkPolicyPeers that may read the admin port; none: anybody.");
  });
}

template <class Visitor>
void describe(Visitor& v, MonitoringSpec& monitoring) {
  auto& [scraping, interval_seconds, labels] = monitoring;
  v.choice("scraping", scraping, "Auto: a PodMonitor, if the cluster has that kind.");
  v.number(
      "intervalSeconds", interval_seconds, "Between two scrapes.", Bounds{.min = 1, .max = 3600});
  v.texts("labels",
          labels,
          "Labels of the monitor, by which a Prometheus picks it.",
          Bounds{.max = 64});
}

template <class Visitor>
void describe(Visitor& v, PodTemplateSpec& pod_template) {
  auto& [labels, annotations, spec] = pod_template;
  v.group("metadata", "Of the pods.", [&] {
    v.texts("labels", labels, "Labels that are added.", Bounds{.max = 64});
    v.texts("annotations", annotations, "Annotations that are added.", Bounds{.max = 64});
  });
  v.raw("spec",
        spec,
        "Parts of a PodSpec; what the operator owns (names, ports, volumes, probes of the server) "
        "stays.");
}

template <class Visitor>
void describe(Visitor& v, EnsembleSpec& spec) {
  auto& [suspend,
         desired_state,
         version,
         image,
         voters,
         observers,
         storage,
         config,
         tls,
         rollout,
         reconfiguration,
         services,
         monitoring,
         pod_template] = spec;
  v.flag("suspend", suspend, "The operator looks on and changes nothing.");
  v.choice("desiredState", desired_state, "Hibernated: no pods run; volumes are kept.");
  v.text(
      "version",
      version,
      "Version of the server, as 1.4.0; another one is rolled out, the leader last.",
      Bounds{
          .pattern = kVersionPattern, .example = "1.4.0", .length_max = 32, .is_required = true});
  v.group("image", "The server's image.", [&] { describe(v, image); });
  v.group("voters", "Servers that vote.", [&] { describe(v, voters); });
  v.group("observers", "Servers that do not vote.", [&] { describe(v, observers); });
  v.group("storage", "Volumes of the voters.", [&] { describe(v, storage); });
  v.texts("config",
          config,
          "Lines of zoo.cfg beyond what the operator sets, as tickTime: \"2000\".",
          Bounds{.max = 256, .length_max = 4096, .may_be_number = true});
  v.group("tls", "Transport security.", [&] { describe(v, tls); });
  v.group("rollout", "How members are restarted.", [&] { describe(v, rollout); });
  v.group("reconfiguration", "When members are replaced.", [&] { describe(v, reconfiguration); });
  v.group("services", "How the servers are reached.", [&] { describe(v, services); });
  v.group("monitoring", "How Prometheus finds the servers.", [&] { describe(v, monitoring); });
  v.group("podTemplate", "Merged into the pods' template; a change restarts the members.", [&] {
    describe(v, pod_template);
  });
}

}  // namespace paddock::api
