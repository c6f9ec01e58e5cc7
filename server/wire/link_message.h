// SPDX-License-Identifier: Apache-2.0
//
// What a link between two servers carries: words of the link itself, of which the first each way is
// a Hello, and the servers' messages. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/ids.h"
#include "replica/peer_message.h"

namespace paddock::wire {

/// The versions of the protocol that this program speaks.
inline constexpr std::uint32_t kProtocol = 1;
inline constexpr std::uint32_t kProtocolMin = 1;

inline constexpr std::size_t kReasonBytesMax = 1024;

/// Who speaks. The first message each way.
struct Hello {
  std::uint32_t protocol = kProtocol;
  std::uint32_t protocol_min = kProtocolMin;
  /// Empty: it belongs to no ensemble yet.
  std::string ensemble_id;
  ServerId server{};
  std::string disk_id;
  /// Random for each process.
  std::uint64_t incarnation = 0;
  /// Rises with each Hello of a process: of two links to it, the one with the higher is newer.
  std::uint64_t number = 0;
  /// The highest that the sender has, and the one in force in its ensemble.
  std::uint32_t feature_level = 0;
  std::uint32_t feature_level_in_force = 0;
  /// The program's version, for people.
  std::string software;
  /// By its own configuration.
  bool is_member = false;
  /// It holds nothing, has promised nothing and may not vote.
  bool is_empty = false;
  /// Whom it means to talk to; none in the answer to a Hello.
  std::optional<ServerId> to;

  friend bool operator==(const Hello&, const Hello&) = default;
};

/// The link is not wanted; it is closed behind this.
struct Refusal {
  /// What is wrong and what to do, for the log of the other server.
  std::string reason;

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// Nothing else was to be said for a while.
struct Ping {
  friend bool operator==(const Ping&, const Ping&) = default;
};

/// A whole frame of a kind that this version does not know.
struct UnknownKind {
  /// The field of pb::Frame.
  std::uint32_t kind = 0;

  friend bool operator==(const UnknownKind&, const UnknownKind&) = default;
};

using LinkMessage = std::variant<Hello, Refusal, Ping, UnknownKind, replica::PeerMessage>;

}  // namespace paddock::wire
