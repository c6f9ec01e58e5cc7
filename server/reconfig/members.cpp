// SPDX-License-Identifier: Apache-2.0
#include "reconfig/members.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"

namespace paddock::reconfig {
namespace {

constexpr std::int32_t kIdMax = 255;

View trimmed(View text) {
  constexpr View kBlanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == View::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

template <class Number>
bool parse_number(View text, Number& into, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into, base);
  return error == std::errc{} && end == text.data() + text.size();
}

Result<ServerId> parse_id(View text) {
  std::int32_t id = 0;
  if (!parse_number(text, id) || id < 1 || id > kIdMax) {
    return fail(fmt::format("'{}' is not a server id (1 to {})", text, kIdMax));
  }
  return ServerId{id};
}

Result<> read_server(View id_text, View value, Members& into) {
  const auto id = parse_id(id_text);
  PADDOCK_TRY(id);
  auto member = config::parse_member(*id, value);
  if (!member) return fail(fmt::format("server.{}: {}", raw(*id), member.error().message));
  if (!into.servers.emplace(*id, std::move(*member)).second) {
    return fail(fmt::format("server.{} is there twice", raw(*id)));
  }
  return {};
}

Result<> read_group(View name, View value, Members& into) {
  std::int64_t group = 0;
  if (!parse_number(name, group) || group < 0) {
    return fail(fmt::format("'{}' is not a group number", name));
  }
  std::vector<ServerId> servers;
  while (!value.empty()) {
    const std::size_t colon = std::min(value.find(':'), value.size());
    const auto id = parse_id(trimmed(value.substr(0, colon)));
    PADDOCK_TRY(id);
    servers.push_back(*id);
    value.remove_prefix(std::min(colon + 1, value.size()));
  }
  if (!into.hierarchy.groups.emplace(group, std::move(servers)).second) {
    return fail(fmt::format("group.{} is there twice", group));
  }
  return {};
}

Result<> read_weight(View id_text, View value, Members& into) {
  const auto id = parse_id(id_text);
  PADDOCK_TRY(id);
  std::int64_t weight = 0;
  if (!parse_number(value, weight) || weight < 0 ||
      weight > std::numeric_limits<std::int32_t>::max()) {
    return fail(fmt::format("weight.{}: '{}' is not a weight (0 or more)", raw(*id), value));
  }
  if (!into.hierarchy.weights.emplace(*id, weight).second) {
    return fail(fmt::format("weight.{} is there twice", raw(*id)));
  }
  return {};
}

Result<> read_line(View line, Members& into) {
  const std::size_t equals = line.find('=');
  const View key = trimmed(line.substr(0, equals));
  const View value = equals == View::npos ? View{} : trimmed(line.substr(equals + 1));
  if (equals != View::npos) {
    if (key.starts_with("server.")) return read_server(key.substr(7), value, into);
    if (key.starts_with("group.")) return read_group(key.substr(6), value, into);
    if (key.starts_with("weight.")) return read_weight(key.substr(7), value, into);
    if (key == "version") {
      if (parse_number(value, into.version, 16) && into.version >= 0) return {};
      return fail(fmt::format("version: '{}' is not a hexadecimal number", value));
    }
  }
  return fail(fmt::format("'{}': expected server.N=, group.N=, weight.N= or version=", line));
}

std::int64_t weight_of(const config::Hierarchy& hierarchy, ServerId id) {
  const auto found = hierarchy.weights.find(id);
  return found == hierarchy.weights.end() ? 1 : found->second;
}

std::vector<config::Endpoint> endpoints_of(const config::Member& member) {
  std::vector<config::Endpoint> endpoints;
  for (const config::PeerAddress& address : member.addresses) {
    endpoints.push_back({address.host, address.quorum_port});
    endpoints.push_back({address.host, address.election_port});
  }
  // A client port on every address says nothing about which host it is on.
  if (member.client && !member.client->host.empty() && member.client->host != "0.0.0.0") {
    endpoints.push_back(*member.client);
  }
  return endpoints;
}

Result<> check_addresses(const Members& members) {
  std::vector<std::pair<config::Endpoint, ServerId>> seen;
  for (const auto& [id, member] : members.servers) {
    for (const config::Endpoint& endpoint : endpoints_of(member)) {
      for (const auto& [other, owner] : seen) {
        if (other != endpoint || owner == id) continue;
        return fail(fmt::format("{} is an address of server.{} and of server.{}",
                                config::to_string(endpoint),
                                raw(owner),
                                raw(id)));
      }
      seen.emplace_back(endpoint, id);
    }
  }
  return {};
}

Result<> check_groups(const Members& members) {
  std::set<ServerId> grouped;
  for (const auto& [group, servers] : members.hierarchy.groups) {
    for (const ServerId id : servers) {
      if (!members.servers.contains(id)) {
        return fail(fmt::format("group.{}: there is no server.{}", group, raw(id)));
      }
      if (!grouped.insert(id).second) {
        return fail(fmt::format("server {} is in two groups", raw(id)));
      }
    }
  }
  for (const auto& [id, weight] : members.hierarchy.weights) {
    if (!grouped.contains(id)) {
      return fail(fmt::format("weight.{}: the server is in no group", raw(id)));
    }
  }
  if (members.hierarchy.groups.empty()) return {};
  for (const auto& [id, member] : members.servers) {
    if (member.type == config::PeerType::Participant && !grouped.contains(id)) {
      return fail(fmt::format("server.{} is in no group", raw(id)));
    }
  }
  return {};
}

}  // namespace

std::string to_text(const Members& members) {
  std::string text;
  for (const auto& [id, member] : members.servers) {
    text += fmt::format("server.{}={}\n", raw(id), config::to_string(member));
  }
  for (const auto& [group, servers] : members.hierarchy.groups) {
    text += fmt::format("group.{}=", group);
    for (std::size_t i = 0; i < servers.size(); ++i) {
      text += fmt::format("{}{}", i == 0 ? "" : ":", raw(servers[i]));
    }
    text += '\n';
  }
  for (const auto& [id, weight] : members.hierarchy.weights) {
    text += fmt::format("weight.{}={}\n", raw(id), weight);
  }
  return text + fmt::format("version={:x}", members.version);
}

Result<Members> parse_members(View text) {
  Members members;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",\n"), text.size());
    const View line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    PADDOCK_TRY(read_line(line, members));
  }
  return members;
}

Result<> check(const Members& members) {
  if (configuration_of(members).voters.empty()) return fail("nobody votes");
  PADDOCK_TRY(check_addresses(members));
  return check_groups(members);
}

election::Configuration configuration_of(const Members& members) {
  election::Configuration configuration;
  configuration.version = members.version;
  configuration.text = to_text(members);
  for (const auto& [id, member] : members.servers) {
    const bool votes = member.type == config::PeerType::Participant &&
                       (members.hierarchy.groups.empty() || weight_of(members.hierarchy, id) > 0);
    (votes ? configuration.voters : configuration.observers).insert(id);
  }
  for (const auto& [group, servers] : members.hierarchy.groups) {
    election::ServerSet voters;
    for (const ServerId id : servers) {
      if (configuration.voters.contains(id)) voters.insert(id);
    }
    configuration.groups.push_back(voters);
  }
  configuration.weights = members.hierarchy.weights;
  return configuration;
}

Members members_of(const election::Configuration& configuration) {
  auto members = parse_members(configuration.text);
  PADDOCK_ASSERT(members.has_value());
  return std::move(*members);
}

}  // namespace paddock::reconfig
