// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "config/loading.h"
#include "config/text.h"

namespace paddock::config {
namespace {

/// The hexadecimal number after the last '.' of a dynamic file's name; 0 when there is none.
std::int64_t version_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) return 0;
  const std::string_view digits = path.substr(dot + 1);
  const char* const last = digits.data() + digits.size();
  std::int64_t version = 0;
  const auto [end, status] = std::from_chars(digits.data(), last, version, 16);
  return status == std::errc{} && end == last ? version : 0;
}

void read_dynamic_file(Loading& loading) {
  EnsembleConfig& ensemble = loading.draft.config.ensemble;
  const std::string path = ensemble.dynamic_file;
  if (path.empty()) return;
  const auto content = loading.sources.read_file(path);
  if (!content || !*content) {
    loading.error(fmt::format("{}={}: {}",
                              loading.at("dynamicConfigFile"),
                              path,
                              content ? "there is no such file" : content.error().message));
    return;
  }
  ensemble.version = version_of(path);
  SourceText lines = settings_of_file(path, **content);
  for (std::string& error : lines.errors) loading.error(std::move(error));
  for (Setting& line : lines.settings) {
    FoundKey found = find_key(line.key);
    const Assignment assignment{std::move(line), std::move(found)};
    const auto& [origin, key] = std::tie(assignment.setting.origin, assignment.setting.key);
    if (assignment.is_membership()) {
      apply(loading, assignment);
    } else if (key == "version") {
      loading.error(fmt::format("{}: version belongs into the file's name", origin));
    } else {
      loading.error(
          fmt::format("{}: {}: only server.N, group.N and weight.N may stand here", origin, key));
    }
  }
}

std::optional<std::int32_t> parse_id(std::string_view text) {
  const auto id = parse_integer(trimmed(text.substr(0, text.find('\n'))));
  if (!id || *id < 0 || *id > 255) return std::nullopt;
  return static_cast<std::int32_t>(*id);
}

/// `myid` decides; the environment's id stands in for it while there is no such file.
void read_my_id(Loading& loading) {
  if (loading.draft.config.storage.data_dir.empty()) return;
  const std::string path = loading.draft.config.storage.data_dir + "/myid";
  const auto content = loading.sources.read_file(path);
  if (!content) {
    loading.error(fmt::format("{}: {}", path, content.error().message));
    return;
  }
  const auto& given = loading.environment_id;
  if (!*content && !given) return;
  const std::string_view text = *content ? std::string_view(**content) : std::string_view(*given);
  const auto id = parse_id(text);
  if (!id) {
    loading.error(fmt::format("{}: '{}' is not a server id (1 to 255)",
                              *content ? path : "server id of the environment",
                              trimmed(text.substr(0, text.find('\n')))));
    return;
  }
  loading.draft.config.ensemble.my_id = ServerId{*id};
  if (*content && given && parse_id(*given) != id) {
    loading.warn(fmt::format(
        "{} holds {}, which counts; the environment's {} is ignored", path, *id, *given));
  }
}

std::vector<Endpoint> endpoints_of(const Member& member) {
  std::vector<Endpoint> result;
  for (const PeerAddress& address : member.addresses) {
    result.push_back({address.host, address.quorum_port});
    result.push_back({address.host, address.election_port});
  }
  // A client port on every address says nothing about which host it is on.
  if (member.client && !member.client->host.empty()) result.push_back(*member.client);
  if (member.secure_client && !member.secure_client->host.empty()) {
    result.push_back(*member.secure_client);
  }
  return result;
}

void check_addresses(Loading& loading) {
  const EnsembleConfig& ensemble = loading.draft.config.ensemble;
  std::vector<std::pair<Endpoint, ServerId>> seen;
  for (const auto& [id, member] : ensemble.members) {
    const std::string name = fmt::format("server.{}", raw(id));
    if (member.addresses.size() > 1 && !ensemble.multi_address) {
      loading.error(
          fmt::format("{}: several addresses need multiAddress.enabled=true", loading.at(name)));
    }
    for (const Endpoint& endpoint : endpoints_of(member)) {
      const auto other = std::ranges::find_if(
          seen, [&](const auto& entry) { return entry.first == endpoint && entry.second != id; });
      if (other != seen.end()) {
        loading.error(fmt::format("{}: {} is also an address of server.{}",
                                  loading.at(name),
                                  to_string(endpoint),
                                  raw(other->second)));
      }
      seen.emplace_back(endpoint, id);
    }
  }
}

void check_groups(Loading& loading) {
  const EnsembleConfig& ensemble = loading.draft.config.ensemble;
  const auto& [groups, weights] = ensemble.hierarchy;
  std::set<ServerId> grouped;
  for (const auto& [group, members] : groups) {
    for (const ServerId id : members) {
      const std::string name = loading.at(fmt::format("group.{}", group));
      if (!ensemble.members.contains(id)) {
        loading.error(fmt::format("{}: there is no server.{}", name, raw(id)));
      }
      if (!grouped.insert(id).second) {
        loading.error(fmt::format("{}: server {} is in two groups", name, raw(id)));
      }
    }
  }
  for (const auto& [id, weight] : weights) {
    if (groups.empty() || !grouped.contains(id)) {
      loading.error(fmt::format(
          "{}: server {} is in no group", loading.at(fmt::format("weight.{}", raw(id))), raw(id)));
    }
  }
  if (groups.empty()) return;
  for (const auto& [id, member] : ensemble.members) {
    if (member.type == PeerType::Participant && !grouped.contains(id)) {
      loading.error(fmt::format("{}: the server is in no group",
                                loading.at(fmt::format("server.{}", raw(id)))));
    }
  }
}

void check_size(Loading& loading) {
  const EnsembleConfig& ensemble = loading.draft.config.ensemble;
  const auto voters = std::ranges::count_if(ensemble.members, [](const auto& entry) {
    return entry.second.type == PeerType::Participant;
  });
  const bool has_observers = static_cast<std::size_t>(voters) < ensemble.members.size();
  if (voters == 0 && has_observers) {
    loading.error("server.N: observers alone are no ensemble; at least one must be a participant");
  } else if (voters == 0 && !ensemble.standalone_enabled) {
    loading.error(
        fmt::format("{}=false needs at least one server.N line", loading.at("standaloneEnabled")));
  } else if (voters == 1 && ensemble.standalone_enabled && has_observers) {
    loading.error("server.N: a single participant with observers needs standaloneEnabled=false");
  } else if (voters == 2) {
    loading.warn("server.N: with two participants no failure is survived; run three");
  } else if (voters > 2 && voters % 2 == 0) {
    loading.warn(fmt::format(
        "server.N: {} participants survive no more failures than {}", voters, voters - 1));
  }
}

void check_ensemble(Loading& loading) {
  const EnsembleConfig& ensemble = loading.draft.config.ensemble;
  if (!loading.is_set("initLimit")) loading.error("initLimit is required in an ensemble");
  if (!loading.is_set("syncLimit")) loading.error("syncLimit is required in an ensemble");
  if (ensemble.members.contains(ServerId{})) {
    loading.error(fmt::format("{}: the ids of an ensemble are 1 to 255", loading.at("server.0")));
  }
  if (ensemble.my_id == ServerId{}) {
    loading.error(
        fmt::format("{}/myid must hold this server's id, the N of its server.N (1 to 255)",
                    loading.draft.config.storage.data_dir));
  } else if (!ensemble.members.contains(ensemble.my_id)) {
    loading.warn(fmt::format("there is no server.{}: this server is not a member and must be added",
                             raw(ensemble.my_id)));
  }
}

void take_role(Loading& loading) {
  EnsembleConfig& ensemble = loading.draft.config.ensemble;
  const auto self = ensemble.members.find(ensemble.my_id);
  if (self == ensemble.members.end()) return;
  if (loading.is_set("peerType") && ensemble.peer_type != self->second.type) {
    loading.warn(fmt::format("{} differs from the role in server.{}, which counts",
                             loading.at("peerType"),
                             raw(ensemble.my_id)));
  }
  ensemble.peer_type = self->second.type;
}

}  // namespace

void load_ensemble(Loading& loading) {
  read_dynamic_file(loading);
  read_my_id(loading);
  check_addresses(loading);
  check_groups(loading);
  check_size(loading);
  if (!loading.draft.config.is_standalone()) check_ensemble(loading);
  take_role(loading);
}

}  // namespace paddock::config
