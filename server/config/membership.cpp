// SPDX-License-Identifier: Apache-2.0
#include "config/membership.h"

#include <fmt/format.h>

#include "base/assert.h"
#include "config/text.h"

namespace paddock::config {
namespace {

constexpr std::string_view kForm =
    "expected host:quorumPort:electionPort[:participant|:observer], alternatives separated by '|', "
    "then "
    "optionally ;[address:]clientPort;[address:]secureClientPort";

/// "host:a:b" or "[v6]:a:b" as host (without brackets) and the rest.
Result<std::vector<std::string_view>> split_address(std::string_view text) {
  if (!text.starts_with('[')) return split(text, ':');
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) return fail(fmt::format("'{}' has '[' without ']'", text));
  const std::string_view rest = text.substr(end + 1);
  std::vector<std::string_view> parts{text.substr(1, end - 1)};
  if (rest.empty()) return parts;
  if (!rest.starts_with(':')) return fail(fmt::format("'{}' has no ':' after ']'", text));
  for (const std::string_view part : split(rest.substr(1), ':')) parts.push_back(part);
  return parts;
}

Result<std::uint16_t> parse_port(std::string_view text) {
  const auto port = parse_integer(text);
  if (!port || *port < 0 || *port > 65535) {
    return fail(fmt::format("'{}' is not a port (0 to 65535)", text));
  }
  return static_cast<std::uint16_t>(*port);
}

Result<Endpoint> parse_client(std::string_view text) {
  const auto parts = split_address(text);
  if (!parts) return std::unexpected(parts.error());
  if (parts->size() > 2) return fail(fmt::format("'{}' is not [address:]port", text));
  const auto port = parse_port(parts->back());
  if (!port) return std::unexpected(port.error());
  Endpoint endpoint;
  if (parts->size() == 2) endpoint.host = parts->front();
  if (endpoint.host == "0.0.0.0" || endpoint.host == "::") endpoint.host.clear();
  endpoint.port = *port;
  return endpoint;
}

Result<PeerType> parse_role(std::string_view text) {
  if (lower(text) == "participant") return PeerType::Participant;
  if (lower(text) == "observer") return PeerType::Observer;
  return fail(fmt::format("'{}' is not a role (participant or observer)", text));
}

struct PeerPart {
  PeerAddress address;
  std::optional<PeerType> role;
};

Result<PeerPart> parse_peer(std::string_view text) {
  const auto parts = split_address(text);
  if (!parts) return std::unexpected(parts.error());
  if (parts->size() < 3 || parts->size() > 4 || parts->front().empty()) {
    return fail(fmt::format("'{}': {}", text, kForm));
  }
  const auto quorum = parse_port((*parts)[1]);
  if (!quorum) return std::unexpected(quorum.error());
  const auto election = parse_port((*parts)[2]);
  if (!election) return std::unexpected(election.error());
  if (*quorum == *election) {
    return fail(fmt::format("'{}' uses port {} for both quorum and election", text, *quorum));
  }
  PeerPart result{{std::string(parts->front()), *quorum, *election}, std::nullopt};
  if (parts->size() == 3) return result;
  const auto role = parse_role(parts->back());
  if (!role) return std::unexpected(role.error());
  result.role = *role;
  return result;
}

Result<> parse_peers(std::string_view text, Member& member) {
  std::optional<PeerType> role;
  for (const std::string_view part : split(text, '|')) {
    auto peer = parse_peer(part);
    if (!peer) return std::unexpected(peer.error());
    if (role && peer->role && *role != *peer->role)
      return fail("the addresses name different roles");
    if (peer->role) role = peer->role;
    member.addresses.push_back(std::move(peer->address));
  }
  member.type = role.value_or(PeerType::Participant);
  return {};
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

}  // namespace

std::string to_string(const Endpoint& endpoint) {
  const std::string host = endpoint.host.empty() ? "0.0.0.0" : bracketed(endpoint.host);
  return fmt::format("{}:{}", host, endpoint.port);
}

Result<Member> parse_member(ServerId id, std::string_view value) {
  const auto parts = split(value, ';');
  if (parts.size() > 3) return fail(fmt::format("more than two ';': {}", kForm));
  Member member;
  member.id = id;
  PADDOCK_TRY(parse_peers(parts[0], member));
  for (std::size_t index = 1; index < parts.size(); ++index) {
    if (parts[index].empty()) continue;
    auto endpoint = parse_client(parts[index]);
    if (!endpoint) return std::unexpected(endpoint.error());
    (index == 1 ? member.client : member.secure_client) = std::move(*endpoint);
  }
  return member;
}

std::string to_string(const Member& member) {
  PADDOCK_ASSERT(!member.addresses.empty());
  std::string text;
  for (const PeerAddress& address : member.addresses) {
    if (!text.empty()) text += '|';
    text += fmt::format(
        "{}:{}:{}", bracketed(address.host), address.quorum_port, address.election_port);
  }
  text += member.type == PeerType::Observer ? ":observer" : ":participant";
  if (member.client) text += ';' + to_string(*member.client);
  if (member.secure_client) {
    text += (member.client ? ";" : ";;") + to_string(*member.secure_client);
  }
  return text;
}

}  // namespace paddock::config
