// SPDX-License-Identifier: Apache-2.0
//
// From the settings and the ensemble's members to what the protocol and the links need.
#pragma once

#include <map>
#include <vector>

#include "config/server_config.h"
#include "election/configuration.h"
#include "reconfig/members.h"
#include "zab/state.h"

namespace paddock::runtime {

/// The members that the server was started with.
[[nodiscard]] reconfig::Members members_of(const config::EnsembleConfig& ensemble);

/// Where the other members are, those of a configuration that is coming included.
[[nodiscard]] std::map<ServerId, std::vector<config::PeerAddress>> peers_of(
    const election::Quorums& quorums, ServerId self);

/// How patient the protocol is.
[[nodiscard]] zab::PeerOptions peer_options(const config::ServerConfig& config);

}  // namespace paddock::runtime
