// SPDX-License-Identifier: Apache-2.0
//
// `status` of an Ensemble: what is observed, in words for people. All of it can be made anew from
// disks and servers; nothing reads it back but the latch, and that is on the disks as well.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paddock::api {

enum class ConditionType : std::uint8_t {
  Ready,  // a quorum serves writes
  Progressing,
  Degraded,
  QuorumLost,
  DataLoss,
  Stalled,
  SpecValid,
  Suspended,
};

enum class ConditionStatus : std::uint8_t {
  False,
  True,
  Unknown,
};

struct Condition {
  ConditionType type{};
  ConditionStatus status = ConditionStatus::Unknown;
  /// One CamelCase word.
  std::string reason;
  /// Of what is not finished: the next action, and what blocks it.
  std::string message;
};

struct MemberStatus {
  std::int32_t id = 0;
  std::string role = {};
  std::string state = {};
  std::string version = {};
  bool is_up_to_date = false;
  /// Whether the ensemble goes on if this member is stopped now.
  bool is_safe_to_stop = false;
};

struct EnsembleStatus {
  /// The latch: empty until the ensemble has begun, and never changed after.
  std::string ensemble_id;
  std::string phase;
  std::optional<std::int32_t> leader;
  std::int32_t voters = 0;
  std::int32_t healthy = 0;
  std::int32_t observers = 0;
  std::vector<MemberStatus> members;
  std::vector<Condition> conditions;
};

[[nodiscard]] std::string_view name_of(ConditionType type);
[[nodiscard]] std::string_view name_of(ConditionStatus status);
[[nodiscard]] const Condition* find(const EnsembleStatus& status, ConditionType type);

}  // namespace paddock::api
