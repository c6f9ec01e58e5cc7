// SPDX-License-Identifier: Apache-2.0
//
// A server's history for the tests of the machines that look at it, and what they send.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "zab/effects.h"
#include "zab/state.h"

namespace paddock::zab {

inline constexpr std::int64_t kEpoch = 7;

inline Zxid zxid_of(std::uint32_t counter) {
  return Zxid::of(static_cast<std::uint32_t>(kEpoch), counter);
}

/// Entries `first` to `last` of the epoch, ten bytes each.
inline SharedBatch batch_of(std::uint32_t first, std::uint32_t last) {
  auto batch = std::make_shared<EntryBatch>();
  for (std::uint32_t i = first; i <= last; ++i) batch->add(zxid_of(i), std::string(10, 'p'));
  return batch;
}

/// A server whose log ends with entry `last`, of which those up to `committed` are applied and not
/// in memory.
inline State state_of(ServerId self, std::uint32_t committed, std::uint32_t last) {
  PeerOptions options;
  options.self = self;
  options.window_bytes = 100;
  return {options,
          Recovered{.epochs = {.accepted = kEpoch, .current = kEpoch},
                    .quorums = {},
                    .last = zxid_of(last),
                    .committed = zxid_of(committed),
                    .tail = last > committed ? batch_of(committed + 1, last) : nullptr}};
}

/// What has been sent to `to` of one kind since the last look.
template <class Kind>
std::vector<Kind> sent_to(ServerId to, const Effects& effects) {
  std::vector<Kind> found;
  for (const Envelope& envelope : effects.sends) {
    if (envelope.to != to) continue;
    if (const auto* message = std::get_if<Kind>(&envelope.message)) found.push_back(*message);
  }
  return found;
}

}  // namespace paddock::zab
