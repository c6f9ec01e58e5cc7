// SPDX-License-Identifier: Apache-2.0
//
// `spec` of an Ensemble as typed values with their defaults: what the user wants; validate.h says
// what must hold beyond the types.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/config_catalog.h"

namespace paddock::api {

enum class DesiredState : std::uint8_t {
  Running,
  Hibernated,  // no pods; claims are kept
};

enum class RetentionPolicy : std::uint8_t {
  Retain,
  Delete,
};

enum class TlsMode : std::uint8_t {
  Disabled,
  Optional,
  Required,
};

enum class RolloutStrategy : std::uint8_t {
  Rolling,
  Supervised,  // waits for a person before the leader
};

enum class LeaderHandling : std::uint8_t {
  TransferFirst,
  RestartLast,
};

enum class PausePoint : std::uint8_t {
  None,
  AfterObservers,
  AfterFirstVoter,
};

/// How much apart voters are kept.
enum class Spread : std::uint8_t {
  Required,   // a pod waits rather than share
  Preferred,  // a pod shares rather than wait
  None,
};

enum class PullPolicy : std::uint8_t {
  IfNotPresent,
  Always,
  Never,
};

/// Whether clients that speak TLS must show a certificate.
enum class ClientAuth : std::uint8_t {
  None,
  Optional,
  Required,
};

enum class ServiceType : std::uint8_t {
  ClusterIP,
  NodePort,
  LoadBalancer,
};

enum class Scraping : std::uint8_t {
  Auto,  // a PodMonitor where the cluster knows that kind
  PodMonitor,
  ServiceMonitor,
  None,
};

/// What is taken over as it is, as JSON whose members are in order; empty: none.
struct Raw {
  std::string json;

  friend bool operator==(const Raw&, const Raw&) = default;
};

using Texts = std::map<std::string, std::string>;

struct ImageSpec {
  std::string repository = "paddock-server";
  /// Wins over the tag that the version gives.
  std::string digest;
  PullPolicy pull_policy = PullPolicy::IfNotPresent;
  std::vector<std::string> pull_secrets;
};

/// As Kubernetes writes them; empty is not set.
struct ResourcesSpec {
  std::string cpu_request = "500m";
  std::string memory_request = "1Gi";
  std::string memory_limit = "1Gi";
};

struct PlacementSpec {
  Spread host = Spread::Required;
  Spread zone = Spread::Preferred;
};

struct VotersSpec {
  std::int32_t replicas = 3;
  PlacementSpec placement;
  ResourcesSpec resources;
};

struct ObserversSpec {
  std::int32_t replicas = 0;
  ResourcesSpec resources;
};

struct VolumeSpec {
  std::string size = "20Gi";
  std::string class_name;
};

struct StorageSpec {
  VolumeSpec data;
  /// Of its own, if there is one; cannot be added to or taken from disks that exist.
  std::optional<VolumeSpec> txn_log;
  RetentionPolicy when_scaled = RetentionPolicy::Retain;
  RetentionPolicy when_deleted = RetentionPolicy::Retain;
  bool is_ephemeral = false;
};

/// Certificates of authorities that the operator makes.
struct SelfSignedSpec {
  std::int32_t authority_days = 3650;
  std::int32_t certificate_days = 90;
  std::int32_t renew_before_days = 30;
};

struct CertManagerSpec {
  std::string issuer_name = {};
  std::string issuer_kind = "Issuer";
  std::string issuer_group = "cert-manager.io";
  std::int32_t certificate_days = 90;
  std::int32_t renew_before_days = 30;
};

/// Secrets with tls.crt, tls.key and ca.crt that somebody else makes.
struct GivenSecretsSpec {
  std::string client = {};
  std::string quorum = {};
  /// What the operator shows the servers, and whom they take it for then: "CN=…,O=…".
  std::string operator_secret = {};
  std::string operator_subject = {};
};

/// Exactly one.
struct TlsProviderSpec {
  std::optional<SelfSignedSpec> self_signed = SelfSignedSpec{};
  std::optional<CertManagerSpec> cert_manager = std::nullopt;
  std::optional<GivenSecretsSpec> given = std::nullopt;
};

struct TlsSpec {
  TlsMode client = TlsMode::Optional;
  /// Disabled or Required.
  TlsMode quorum = TlsMode::Required;
  ClientAuth client_auth = ClientAuth::Optional;
  TlsProviderSpec provider;
  /// Further names in the certificate that clients see.
  std::vector<std::string> extra_names;
};

struct ClientServiceSpec {
  ServiceType type = ServiceType::ClusterIP;
  Texts annotations;
  bool includes_observers = true;
};

/// A service for each voter, for clients outside.
struct ExternalServicesSpec {
  bool per_member = false;
  ServiceType type = ServiceType::LoadBalancer;
  Texts annotations;
};

struct NetworkPolicySpec {
  bool is_enabled = true;
  /// Lists of NetworkPolicyPeer; empty: anybody.
  Raw client_from;
  Raw monitoring_from;
};

struct ServicesSpec {
  ClientServiceSpec client;
  ExternalServicesSpec external;
  NetworkPolicySpec network_policy;
};

struct MonitoringSpec {
  Scraping scraping = Scraping::Auto;
  std::int32_t interval_seconds = 15;
  /// Of the monitor, for the Prometheus that picks it by them.
  Texts labels;
};

/// Merged into the pods' template by the rules of strategic merge; what the operator owns stays.
struct PodTemplateSpec {
  Texts labels;
  Texts annotations;
  /// A PodSpec, or parts of one.
  Raw spec;
};

struct RolloutSpec {
  RolloutStrategy strategy = RolloutStrategy::Rolling;
  LeaderHandling leader = LeaderHandling::TransferFirst;
  PausePoint paused_at = PausePoint::None;
  /// Only makes the condition Stalled; nothing is given up.
  seconds health_timeout{600};
  seconds min_ready{10};
  std::int64_t max_sync_lag_transactions = 1000;
};

struct ReconfigurationSpec {
  bool auto_replace_lost_members = true;
  seconds lost_node_grace{600};
};

struct EnsembleSpec {
  bool suspend = false;
  DesiredState desired_state = DesiredState::Running;
  std::string version;
  ImageSpec image;
  VotersSpec voters;
  ObserversSpec observers;
  StorageSpec storage;
  /// Lines of zoo.cfg beyond what the operator sets.
  model::Properties config;
  TlsSpec tls;
  RolloutSpec rollout;
  ReconfigurationSpec reconfiguration;
  ServicesSpec services;
  MonitoringSpec monitoring;
  PodTemplateSpec pod_template;
};

/// One-shot wishes, from annotations of the resource.
struct Wishes {
  /// paddock.io/restart: any new text restarts each member once.
  std::string restart;
  /// paddock.io/replace-member: "2/1", the member and the number of the disk that it is to give up.
  /// So it is done once, however long the annotation stays.
  std::optional<std::int32_t> replace_member;
  std::int32_t replace_generation = 0;
  /// paddock.io/continue-rollout: a Supervised rollout may go on to the leader of this template.
  std::string continue_rollout;
};

}  // namespace paddock::api
