// SPDX-License-Identifier: Apache-2.0
//
// What the operator counts and names, as types that do not convert into one another. Values.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.h"
#include "base/time.h"

namespace paddock::model {

/// A voter's id is chosen once and not used again while a claim of that id exists; the top byte of
/// session ids has room for no more than 255.
constexpr std::int32_t kVoterIdMax = 127;
/// Observers take the id 128 + ordinal of their pod.
constexpr std::int32_t kObserverIdMin = 128;
constexpr std::int32_t kObserversMax = 255 - kObserverIdMin + 1;

/// The disk of a member that was replaced is kept under its own number.
enum class Generation : std::int32_t {
};
[[nodiscard]] constexpr std::int32_t raw(Generation generation) {
  return static_cast<std::int32_t>(generation);
}
[[nodiscard]] constexpr Generation next(Generation generation) {
  return Generation{raw(generation) + 1};
}

/// The zxid of the transaction that made a configuration what it is; 0: as in zoo.cfg.
enum class ConfigVersion : std::int64_t {
};
[[nodiscard]] constexpr std::int64_t raw(ConfigVersion version) {
  return static_cast<std::int64_t>(version);
}

/// Which object it is, and which state of it: what a write or a deletion is conditional on.
struct ObjectVersion {
  std::string uid;
  std::string resource_version;

  friend bool operator==(const ObjectVersion&, const ObjectVersion&) = default;
};

}  // namespace paddock::model
