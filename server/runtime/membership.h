// SPDX-License-Identifier: Apache-2.0
//
// From the configuration's members to the protocol's: who votes, what makes a quorum, how the
// others are reached, and the text in which clients see it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/server_config.h"
#include "election/configuration.h"
#include "zab/state.h"

namespace paddock::runtime {

/// The configuration that the server was started with.
[[nodiscard]] election::Configuration configuration_of(const config::EnsembleConfig& ensemble);

/// `server.N=…` lines in order of the ids, `group` and `weight` lines, and `version=<hex>`, without
/// a newline at the end. Source: ZooKeeper QuorumMaj.toString, QuorumHierarchical.toString.
[[nodiscard]] std::string configuration_text(const config::EnsembleConfig& ensemble);

/// Where the other members are.
[[nodiscard]] std::map<ServerId, std::vector<config::PeerAddress>> peers_of(
    const config::EnsembleConfig& ensemble);

/// How patient the protocol is.
[[nodiscard]] zab::PeerOptions peer_options(const config::ServerConfig& config);

}  // namespace paddock::runtime
