// SPDX-License-Identifier: Apache-2.0
//
// The numbers that enumerators have on the wire; both directions read the same tables. A value of
// ours that is not in its table is never sent.
#pragma once

#include <array>
#include <optional>
#include <utility>

#include "election/vote.h"
#include "gate/core_batch.h"
#include "replica/peer_message.h"
#include "wire/peer.pb.h"

namespace paddock::wire {

template <class Ours, class Wire, std::size_t Count>
using EnumTable = std::array<std::pair<Ours, Wire>, Count>;

inline constexpr EnumTable<election::Standing, pb::Standing, 4> kStandings{{
    {election::Standing::Looking, pb::STANDING_LOOKING},
    {election::Standing::Following, pb::STANDING_FOLLOWING},
    {election::Standing::Leading, pb::STANDING_LEADING},
    {election::Standing::Elected, pb::STANDING_ELECTED},
}};

inline constexpr EnumTable<gate::CoreKind, pb::RequestKind, 3> kRequestKinds{{
    {gate::CoreKind::Write, pb::REQUEST_KIND_WRITE},
    {gate::CoreKind::CreateSession, pb::REQUEST_KIND_CREATE_SESSION},
    {gate::CoreKind::AttachSession, pb::REQUEST_KIND_ATTACH_SESSION},
}};

inline constexpr EnumTable<replica::OutcomeKind, pb::OutcomeKind, 4> kOutcomeKinds{{
    {replica::OutcomeKind::Reply, pb::OUTCOME_KIND_REPLY},
    {replica::OutcomeKind::Attached, pb::OUTCOME_KIND_ATTACHED},
    {replica::OutcomeKind::Refused, pb::OUTCOME_KIND_REFUSED},
    {replica::OutcomeKind::Moved, pb::OUTCOME_KIND_MOVED},
}};

template <class Ours, class Wire, std::size_t Count>
[[nodiscard]] Wire to_wire(const EnumTable<Ours, Wire, Count>& table, Ours value) {
  for (const auto& [ours, wire] : table) {
    if (ours == value) return wire;
  }
  PADDOCK_UNREACHABLE();
}

template <class Ours, class Wire, std::size_t Count>
[[nodiscard]] std::optional<Ours> from_wire(const EnumTable<Ours, Wire, Count>& table, Wire value) {
  for (const auto& [ours, wire] : table) {
    if (wire == value) return ours;
  }
  return std::nullopt;
}

}  // namespace paddock::wire
