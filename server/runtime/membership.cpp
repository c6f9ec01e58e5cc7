// SPDX-License-Identifier: Apache-2.0
#include "runtime/membership.h"

#include <algorithm>

#include <fmt/format.h>

namespace paddock::runtime {
namespace {

/// A leader that says nothing for so long is gone: well above what a loaded machine does to a
/// process, well below ZooKeeper's usual 10 s. A lost connection tells at once.
constexpr Duration kSilenceMax = milliseconds(2000);

std::int64_t weight_of(const config::Hierarchy& hierarchy, ServerId id) {
  const auto found = hierarchy.weights.find(id);
  return found == hierarchy.weights.end() ? 1 : found->second;
}

}  // namespace

election::Configuration configuration_of(const config::EnsembleConfig& ensemble) {
  election::Configuration configuration;
  configuration.version = ensemble.version;
  configuration.text = configuration_text(ensemble);
  for (const auto& [id, member] : ensemble.members) {
    const bool votes = member.type == config::PeerType::Participant &&
                       (ensemble.hierarchy.groups.empty() || weight_of(ensemble.hierarchy, id) > 0);
    (votes ? configuration.voters : configuration.observers).insert(id);
  }
  for (const auto& [group, members] : ensemble.hierarchy.groups) {
    election::ServerSet voters;
    for (const ServerId id : members) {
      if (configuration.voters.contains(id)) voters.insert(id);
    }
    configuration.groups.push_back(voters);
  }
  configuration.weights = ensemble.hierarchy.weights;
  return configuration;
}

std::string configuration_text(const config::EnsembleConfig& ensemble) {
  std::string text;
  for (const auto& [id, member] : ensemble.members) {
    text += fmt::format("server.{}={}\n", raw(id), config::to_string(member));
  }
  for (const auto& [group, members] : ensemble.hierarchy.groups) {
    text += fmt::format("group.{}=", group);
    for (std::size_t i = 0; i < members.size(); ++i) {
      text += fmt::format("{}{}", i == 0 ? "" : ":", raw(members[i]));
    }
    text += '\n';
  }
  for (const auto& [id, weight] : ensemble.hierarchy.weights) {
    text += fmt::format("weight.{}={}\n", raw(id), weight);
  }
  return text + fmt::format("version={:x}", ensemble.version);
}

std::map<ServerId, std::vector<config::PeerAddress>> peers_of(
    const config::EnsembleConfig& ensemble) {
  std::map<ServerId, std::vector<config::PeerAddress>> peers;
  for (const auto& [id, member] : ensemble.members) {
    if (id != ensemble.my_id) peers[id] = member.addresses;
  }
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
  return options;
}

}  // namespace paddock::runtime
