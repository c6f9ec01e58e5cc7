// SPDX-License-Identifier: Apache-2.0
//
// Why a plan is what it is: one word that becomes the reason of conditions and events, and the
// sentence that people read, the same in condition, event and log. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace paddock::plan {

enum class Reason : std::uint8_t {
  BeingDeleted,
  Suspended,
  Waking,
  Bootstrap,
  Adopting,
  ForeignData,
  DataLoss,
  Hibernating,
  Hibernated,
  QuorumLost,
  QuorumUnknown,
  MemberMissing,
  DiskLost,
  DiskGivenUp,
  DiskNeeded,
  NodeLost,
  MemberBroken,
  ConfigurationPending,
  MemberRemoved,
  MemberJoins,
  ScaleDown,
  Reload,
  CertificateRotation,
  ImageChanged,
  ConfigurationChanged,
  ResourcesChanged,
  TlsChanged,
  VolumesChanged,
  PodTemplateChanged,
  RestartRequested,
  NotReloaded,
  VolumeGrown,
  RolloutPaused,
  ScaleUp,
  NoIdLeft,
  VolumeExpansion,
  RetireData,
  Recovering,
  Steady,
};

[[nodiscard]] std::string_view name_of(Reason reason);
/// "the disk of a member is lost"
[[nodiscard]] std::string_view sentence_of(Reason reason);

struct Next {
  Reason reason = Reason::Steady;
  std::optional<ServerId> member = {};
  /// What is done now; empty while it waits.
  std::string action = {};
  /// Empty if nothing is in the way.
  std::string blocked_by = {};

  [[nodiscard]] std::string text() const;
};

}  // namespace paddock::plan
