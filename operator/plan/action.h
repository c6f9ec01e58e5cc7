// SPDX-License-Identifier: Apache-2.0
//
// What a plan may ask for, as values: what is wanted of an object, not how it is spelled in YAML.
// Each write names the version of the object that it was decided on, or that there was none; so
// what was decided on an old sight is refused and decided again.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "api/member_template.h"
#include "base/ids.h"
#include "model/ids.h"
#include "model/quantity.h"

namespace paddock::plan {

/// None: it must not exist yet.
using Expected = std::optional<model::ObjectVersion>;

struct LatchBootstrap {
  std::int32_t voters = 0;
  Expected expected = {};  // the Ensemble, as all of its status
};

struct LatchEnsemble {
  std::string ensemble_id;
  Expected expected = {};
};

struct ApplyServices {
  bool serve_clients = false;
  Expected expected = {};
};

struct ApplyConfiguration {
  std::string reload_hash;
  Expected expected = {};
};

struct ApplyBudget {
  std::int32_t available_min = 0;  // 0: none
  Expected expected = {};
};

struct ApplyObservers {
  std::int32_t replicas = 0;
  api::MemberTemplate makes;
  Expected expected = {};
};

struct ApplyCertificates {
  std::set<std::int32_t> trusted;
  std::int32_t signer = 0;
  Expected expected = {};
};

struct ApplyClaim {
  ServerId member{};
  model::Generation generation{};
  model::ByteQuantity size;
  std::string ensemble_id;
  std::int32_t bootstrap_voters = 0;
  bool is_retired = false;
  Expected expected = {};
};

struct ApplyWorkload {
  ServerId member{};
  api::MemberTemplate makes;
  model::Generation claim{};
  bool runs = true;
  bool labels_voter = false;
  Expected expected = {};
};

struct LabelVoter {
  ServerId member{};
  bool is_voter = false;
  model::ObjectVersion pod;
};

/// POST /admin/initialize: this empty disk may be part of a new ensemble, with those of 1 to
/// voters.
struct GrantInitialize {
  ServerId member{};
  std::int32_t voters = 0;
  /// No other disk than the one that was seen to be empty.
  std::string disk_id;
};

/// POST /admin/reload: the file that is mounted is read again.
struct AskReload {
  ServerId member{};
};

/// Any number of these may be in a plan: none takes anything from anybody.
using Harmless = std::variant<LatchBootstrap,
                              LatchEnsemble,
                              ApplyServices,
                              ApplyConfiguration,
                              ApplyBudget,
                              ApplyObservers,
                              ApplyCertificates,
                              ApplyClaim,
                              ApplyWorkload,
                              LabelVoter,
                              GrantInitialize,
                              AskReload>;

/// A workload that exists is to make other pods, from its next pod on.
struct ChangeWorkload {
  ApplyWorkload to;
  /// Only while this is its pod: what was decided on the disk that is in use must not be done when
  /// another one is.
  Expected pod = {};
};

/// Through the Eviction API, so that the budget is kept.
struct EvictPod {
  ServerId member{};
  model::ObjectVersion pod;
};

/// POST /admin/transfer-leader
struct TransferLeader {
  ServerId from{};
  ServerId to{};
};

/// One voter more or one less; never without the version.
struct Reconfigure {
  ServerId member{};
  enum class Change : std::uint8_t {
    AddVoter,
    Remove
  } change{};
  model::ConfigVersion from_version{};
};

struct DeleteWorkload {
  ServerId member{};
  model::ObjectVersion workload;
};

struct DeleteClaim {
  ServerId member{};
  model::Generation generation{};
  model::ObjectVersion claim;
};

/// At most one of these is in a plan: then everything is looked at again.
using Disruptive = std::
    variant<ChangeWorkload, EvictPod, TransferLeader, Reconfigure, DeleteWorkload, DeleteClaim>;

[[nodiscard]] std::string to_text(const Harmless& action);
[[nodiscard]] std::string to_text(const Disruptive& action);

}  // namespace paddock::plan
