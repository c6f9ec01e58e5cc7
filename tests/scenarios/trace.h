// SPDX-License-Identifier: Apache-2.0
//
// How a trace says what servers tell one another, ask of their disks, and are. A zxid is written as
// epoch.counter.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "simulation/protocol/sim_peer.h"
#include "zab/peer.h"

namespace paddock::scenarios {

[[nodiscard]] std::string text_of(Zxid zxid);
/// In which order they are held; entries that change the members say how.
[[nodiscard]] std::string text_of(const std::vector<simulation::Record>& records);
[[nodiscard]] std::string text_of(const election::ServerSet& servers);
[[nodiscard]] std::string text_of(const election::Quorums& quorums);
[[nodiscard]] std::string text_of(const zab::Epochs& epochs);

/// The kind of a message, and all that it says.
[[nodiscard]] std::string name_of(const zab::Message& message);
[[nodiscard]] std::string text_of(const zab::Message& message);

/// What the disk is asked for, as "writes …" and the like.
[[nodiscard]] std::string text_of(const zab::DiskTask& task);

/// What a server does: "follows 3 in epoch 1: synchronization".
[[nodiscard]] std::string standing_of(const zab::Peer& peer);

}  // namespace paddock::scenarios
