// SPDX-License-Identifier: Apache-2.0
//
// The sessions that limits count: those that live on connections of one shard, and go on without
// one until they end or live elsewhere, with the ephemerals that they own. Owned by the shard; the
// sums are in ClientLimits, which all shards share. Invariant: what is in those sums of this shard
// is what its entries say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/assert.h"
#include "base/ids.h"
#include "shard/client_limits.h"

namespace paddock::shard {

class SessionCounts {
 public:
  using Mask = ClientLimits::Mask;

  /// Everything is counted anew; null: nothing is.
  void reset(ClientLimits* limits);
  [[nodiscard]] bool is_on() const { return limits_ != nullptr; }

  // --- Handshakes.
  /// The connection of those rules asks for a new one, which counts from now on, unless there are
  /// too many: returns the rules that say so.
  [[nodiscard]] Mask create(ConnectionId connection, Mask rules);
  /// It asks for one that there is: that is not one more.
  void come_back(ConnectionId connection, Mask rules);
  /// The core has answered: there is none.
  void refuse(ConnectionId connection);

  // --- Sessions.
  /// What the connection has asked for is this one, which owns so many nodes; the connection may be
  /// gone.
  void attach(ConnectionId connection, SessionId session, std::size_t ephemerals);
  /// Its connection has those rules now; returns those that have too many sessions to count it,
  /// which is tried again with each call.
  [[nodiscard]] Mask match(SessionId session, Mask rules);
  void leave(SessionId session);
  void set_ephemerals(SessionId session, std::size_t count);
  /// So many more that it has asked for on that connection, or less that are answered.
  void add_under_way(ConnectionId connection, SessionId session, std::int64_t by);

  void check_invariants() const;
  /// Behind all mail: what it owns is what the tree says.
  template <class CountOf>
  void check_owned(CountOf&& count_of) const {
    for (const auto& [id, entry] : sessions_) {
      PADDOCK_ASSERT(entry.owned == static_cast<std::int64_t>(count_of(id)));
    }
  }
  /// What is on its way for the session of that connection; none: it is not counted.
  [[nodiscard]] std::optional<std::int64_t> under_way(ConnectionId connection,
                                                      SessionId session) const;

 private:
  struct Asked {
    Mask rules = 0;
    bool is_new = false;
  };
  struct Entry {
    ConnectionId connection{};  // the last one that it lived on
    Mask rules = 0;             // that count its ephemerals
    Mask counting = 0;          // that count the session itself
    std::int64_t owned = 0;
    std::int64_t under_way = 0;
    [[nodiscard]] std::int64_t ephemerals() const { return owned + under_way; }
  };

  ClientLimits* limits_ = nullptr;
  boost::unordered_flat_map<ConnectionId, Asked> asked_;
  boost::unordered_flat_map<SessionId, Entry> sessions_;
};

}  // namespace paddock::shard
