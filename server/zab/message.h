// SPDX-License-Identifier: Apache-2.0
//
// What servers tell one another about election, discovery, synchronization and broadcast. Every
// message of a leader or its learners carries the epoch, and whoever is in another one ignores it.
// A link delivers in order or breaks. Source: Zab (DSN 2011), phases 0 to 3; ZooKeeper
// QuorumPacket.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "election/vote.h"
#include "zab/entries.h"

namespace paddock::zab {

using election::Notification;

// --- Discovery.

/// A learner asks to follow. Source: Zab CEPOCH, ZooKeeper FOLLOWERINFO and OBSERVERINFO.
struct JoinRequest {
  /// Which of the sender's requests this is: the answer repeats it, and whatever comes before that
  /// answer belongs to an earlier one.
  std::uint64_t attempt = 0;
  std::int64_t accepted_epoch = 0;
  /// It remembers what it has promised: where it is a voter, its word counts.
  bool may_vote = false;
};

/// The receiver of a JoinRequest does not lead.
struct NotLeading {};

/// The leader's epoch. Source: Zab NEWEPOCH, ZooKeeper LEADERINFO.
struct NewEpoch {
  std::uint64_t attempt = 0;
  std::int64_t epoch = 0;
  /// The leader counts the receiver: it is a voter, also if it does not know it yet.
  bool counts = false;
};

/// The learner has promised to follow nobody of a lower epoch. Source: Zab ACK-E.
struct EpochAck {
  std::int64_t epoch = 0;
  std::int64_t current_epoch = 0;
  Zxid last;
  /// What it holds is wrong: it takes a snapshot, whatever its history.
  bool wants_snapshot = false;
  /// It has the first `snapshot_offset` bytes of this leader's snapshot of `snapshot_zxid`, from
  /// before the link broke; 0: of none.
  Zxid snapshot_zxid{};
  std::uint64_t snapshot_offset = 0;
  /// This leader's snapshot that came damaged; 0: none.
  Zxid refused_snapshot{};
};

// --- Synchronization.

/// Up to `zxid` the learner's history is the leader's; what it has above is dropped. Entries behind
/// `zxid` follow. Source: ZooKeeper DIFF and TRUNC.
struct SyncFrom {
  std::int64_t epoch = 0;
  Zxid zxid;
};

/// A piece of the snapshot that replaces all that the learner has. Source: ZooKeeper SNAP.
struct SnapshotPiece {
  std::int64_t epoch = 0;
  Zxid zxid;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  // of the whole
  std::string bytes;
};

/// The learner has `offset` bytes of the snapshot `zxid` and wants more, or it has installed it.
struct SnapshotAck {
  std::int64_t epoch = 0;
  Zxid zxid;
  std::uint64_t offset = 0;
  bool is_installed = false;
};

/// Everything that the leader's history holds, up to `last`, has been sent. Source: Zab NEWLEADER.
struct NewLeader {
  std::int64_t epoch = 0;
  Zxid last;
};

/// The learner holds it, durably, and is in the epoch. Source: Zab ACK-LD.
struct NewLeaderAck {
  std::int64_t epoch = 0;
};

/// A quorum holds it: the epoch is established and the learner may serve. Source: Zab COMMIT-LD;
/// ZooKeeper UPTODATE.
struct UpToDate {
  std::int64_t epoch = 0;
  Zxid committed;
};

/// A quorum without the learner stands behind the leader, whose history the learner has: where it
/// is a voter, its vote counts from now on. To whoever came without the right to vote.
struct Franchise {
  std::int64_t epoch = 0;
};

/// The learner has noted it, durably.
struct FranchiseAck {
  std::int64_t epoch = 0;
};

// --- Broadcast.

/// Entries to log, and how far the history is committed. Source: Zab PROPOSE; ZooKeeper PROPOSAL.
struct Append {
  std::int64_t epoch = 0;
  /// What the learner has by now: entries of the batch up to here do not count.
  Zxid previous;
  SharedBatch batch;
  Zxid committed;
  /// The heartbeat that this stands for.
  std::uint64_t beat = 0;
};

/// The sender has everything up to `last` durably, and has seen `beat`.
struct Ack {
  std::int64_t epoch = 0;
  Zxid last;
  std::uint64_t beat = 0;
};

/// How far the history is committed: after a commit, and as a heartbeat.
struct Commit {
  std::int64_t epoch = 0;
  Zxid committed;
  std::uint64_t beat = 0;
};

/// The leader hands over: everybody follows `to`, which has everything.
struct Handover {
  std::int64_t epoch = 0;
  ServerId to{};
};

// --- Observers that a follower feeds: the broadcast comes from there, all else from the leader.

/// From now on the receiver, an observer, takes the broadcast from `server`; the leader itself:
/// from the leader again. The receiver answers the one that is named with a FeedRequest.
struct FeedFrom {
  std::int64_t epoch = 0;
  ServerId server{};
  /// Rises with each of these that the leader sends; what others say of an earlier one is late.
  std::uint64_t turn = 0;
};

/// An observer asks for the broadcast behind `last`, up to which its history is the leader's. To
/// the leader: because it was told so, or because the follower of this turn does not serve.
struct FeedRequest {
  std::int64_t epoch = 0;
  std::uint64_t turn = 0;
  Zxid last;
  /// What it has on disk of that.
  Zxid durable;
};

/// The follower does not feed, or the observer does not want it, any more.
struct FeedEnd {
  std::int64_t epoch = 0;
  std::uint64_t turn = 0;
};

using Message = std::variant<Notification,
                             JoinRequest,
                             NotLeading,
                             NewEpoch,
                             EpochAck,
                             SyncFrom,
                             SnapshotPiece,
                             SnapshotAck,
                             NewLeader,
                             NewLeaderAck,
                             UpToDate,
                             Franchise,
                             FranchiseAck,
                             Append,
                             Ack,
                             Commit,
                             Handover,
                             FeedFrom,
                             FeedRequest,
                             FeedEnd>;

struct Envelope {
  ServerId to{};
  Message message;
};

}  // namespace paddock::zab
