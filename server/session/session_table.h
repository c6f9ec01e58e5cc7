// SPDX-License-Identifier: Apache-2.0
//
// The sessions of the ensemble and when they expire: in buckets of one tick, as ZooKeeper's
// ExpiryQueue. Owned by the core. A session is in the table from the transaction that creates it to
// the one that closes it. Source: ZooKeeper SessionTrackerImpl, ExpiryQueue.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace paddock::session {

struct Session {
  SessionId id{};
  milliseconds timeout{};
  /// The connection that the session lives on; none between two connections.
  ConnectionId owner{};
  /// The server that the session lives on: whatever another one sends for it is too late. None: the
  /// first that asks.
  ServerId home{};
  /// It is being closed: nothing more is accepted from it (ZOOKEEPER-1367).
  bool closing = false;
  /// Known to one server until now, and about to be known to all.
  bool is_upgrading = false;
};

class SessionTable {
 public:
  /// `tick`: the width of an expiry bucket.
  explicit SessionTable(milliseconds tick);
  ~SessionTable();

  /// Applies a createSession transaction: the session expires `timeout` after `now`, rounded up to
  /// the next bucket. Creating one that exists only touches it.
  void create(SessionId id, milliseconds timeout, MonotonicTime now);
  /// Applies a closeSession transaction. Unknown ids are ignored.
  void close(SessionId id);
  [[nodiscard]] Session* find(SessionId id);
  [[nodiscard]] const Session* find(SessionId id) const;
  /// The session was heard of: it now expires its timeout after `now`. False if unknown or closing.
  bool touch(SessionId id, MonotonicTime now);
  /// Gives the session the timeout of a new handshake and touches it. False if unknown or closing.
  bool renew(SessionId id, milliseconds timeout, MonotonicTime now);
  /// Marks and returns the sessions whose bucket has passed, ascending; each is returned once, as
  /// closing.
  [[nodiscard]] std::vector<SessionId> expire(MonotonicTime now);
  /// No session expires before this; calling expire() at this time may find that none does, and
  /// then this has become later. Far in the future if there are no sessions.
  [[nodiscard]] MonotonicTime next_expiry() const;
  /// After a restart, or when this server begins to lead: everybody gets a full timeout from `now`,
  /// also those whose close was begun and did not come to pass.
  void touch_all(MonotonicTime now);

  [[nodiscard]] std::size_t size() const;
  void for_each(const std::function<void(const Session&)>& each) const;
  /// For the dump command: bucket boundary and the sessions in it, ascending.
  void for_each_bucket(
      const std::function<void(MonotonicTime, const std::vector<SessionId>&)>& each) const;

  void check_invariants() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Ids of new sessions: the server's id in the top byte, then 40 bits of the start time, then a
/// count. Never 0, never the smallest long. Source: SessionTrackerImpl.initializeNextSessionId.
class SessionIds {
 public:
  /// `gap`: how many ids may have been given out behind one that is to be skipped, of which nobody
  /// knows any more; below 2^55.
  SessionIds(ServerId server, WallTime start, std::uint64_t gap = 0);
  /// Ids of sessions that begin on a server without a quorum: the top byte is 0, which is no
  /// server's, so that every server knows that one which it does not hold has ended.
  [[nodiscard]] static SessionIds of_read_only(ServerId server, WallTime start);
  [[nodiscard]] static bool is_of_read_only(SessionId id);
  /// Never returns an id at or below `used` again: called for every session found at start.
  void skip(SessionId used);
  [[nodiscard]] SessionId next();

 private:
  explicit SessionIds(std::int64_t first);
  std::int64_t next_;
  std::uint64_t gap_ = 0;
};

}  // namespace paddock::session
