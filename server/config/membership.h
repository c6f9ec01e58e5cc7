// SPDX-License-Identifier: Apache-2.0
//
// The members of an ensemble as `server.N`, `group.N` and `weight.N` describe them. Plain values,
// made once at start from text; host names stay names, nothing here resolves them. Invariant: a
// Member has at least one PeerAddress. Source: ZooKeeper QuorumPeer.QuorumServer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ids.h"

namespace paddock::config {

/// Where something listens. An empty host means every address of the machine; an IPv6 address
/// stands without brackets; port 0 lets the system choose.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// "host:port", brackets around IPv6, "0.0.0.0:port" for every address.
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

enum class PeerType : std::uint8_t {
  Participant,
  Observer,
};

/// One host on which a member's quorum and election ports are reached.
struct PeerAddress {
  std::string host;
  std::uint16_t quorum_port = 0;
  std::uint16_t election_port = 0;

  friend bool operator==(const PeerAddress&, const PeerAddress&) = default;
};

struct Member {
  ServerId id{};
  PeerType type = PeerType::Participant;
  std::vector<PeerAddress> addresses;
  std::optional<Endpoint> client;
  std::optional<Endpoint> secure_client;

  friend bool operator==(const Member&, const Member&) = default;
};

/// Parses the value of `server.<id>`:
/// `host:quorum:election[:role][|...][;[[addr:]port][;[addr:]port]]`. Errors: text that names the
/// part and what it should look like.
[[nodiscard]] Result<Member> parse_member(ServerId id, std::string_view value);

/// The value that `parse_member` reads back, with the role always present.
[[nodiscard]] std::string to_string(const Member& member);

/// `group.N` and `weight.N`: a quorum is a majority of weights in a majority of groups.
/// Empty groups mean plain majority. A participant without a weight has weight 1.
struct Hierarchy {
  std::map<std::int64_t, std::vector<ServerId>> groups;
  std::map<ServerId, std::int64_t> weights;

  friend bool operator==(const Hierarchy&, const Hierarchy&) = default;
};

}  // namespace paddock::config
