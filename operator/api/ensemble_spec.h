// SPDX-License-Identifier: Apache-2.0
//
// `spec` of an Ensemble as typed values with their defaults: what the user wants; validate.h says
// what must hold beyond the types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

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

struct ImageSpec {
  std::string repository = "paddock-server";
  /// Wins over the tag that the version gives.
  std::string digest;
};

/// As Kubernetes writes them; empty is not set.
struct ResourcesSpec {
  std::string cpu_request = "500m";
  std::string memory_request = "1Gi";
  std::string memory_limit = "1Gi";
};

struct VotersSpec {
  std::int32_t replicas = 3;
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

struct TlsSpec {
  TlsMode client = TlsMode::Optional;
  /// Disabled or Required.
  TlsMode quorum = TlsMode::Required;
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
