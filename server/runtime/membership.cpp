// SPDX-License-Identifier: Apache-2.0
#include "runtime/membership.h"

#include <algorithm>

namespace paddock::runtime {
namespace {

/// A leader that says nothing for so long is gone: well above what a loaded machine does to a
/// process, well below ZooKeeper's usual 10 s. A lost connection tells at once.
constexpr Duration kSilenceMax = milliseconds(2000);

}  // namespace

reconfig::Members members_of(const config::EnsembleConfig& ensemble) {
  return {
      .servers = ensemble.members, .hierarchy = ensemble.hierarchy, .version = ensemble.version};
}

std::map<ServerId, std::vector<config::PeerAddress>> peers_of(const election::Quorums& quorums,
                                                              ServerId self) {
  std::map<ServerId, std::vector<config::PeerAddress>> peers;
  const auto add = [&](const election::Configuration& configuration) {
    for (auto& [id, member] : reconfig::members_of(configuration).servers) {
      if (id != self) peers[id] = std::move(member.addresses);
    }
  };
  add(quorums.committed);
  if (quorums.pending) add(*quorums.pending);
  return peers;
}

zab::PeerOptions peer_options(const config::ServerConfig& config) {
  zab::PeerOptions options;
  options.self = config.ensemble.my_id;
  options.is_alone = config.is_standalone();
  if (options.is_alone) return options;
  const Duration tick = config.sessions.tick_time;
  options.silence_max = std::min<Duration>(tick * config.ensemble.sync_limit, kSilenceMax);
  options.discovery_max = std::min<Duration>(tick * config.ensemble.init_limit, kSilenceMax);
  options.heartbeat = std::min<Duration>(options.heartbeat, options.silence_max / 4);
  options.feed_by_followers = config.ensemble.feed_by_followers;
  return options;
}

}  // namespace paddock::runtime
