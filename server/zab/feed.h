// SPDX-License-Identifier: Apache-2.0
//
// One learner's way through the history, as the one who feeds it sees it: where the two histories
// part (DIFF, TRUNC), or a snapshot when the log does not reach back so far (SNAP), and then entry
// after entry, with a bounded number of bytes on the way. What is no longer in memory is read from
// the log, so a slow learner costs nobody else anything. Owned by Leader, or by the Relay of a
// follower that feeds observers. Source: ZooKeeper LearnerHandler.syncFollower.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/ids.h"
#include "zab/effects.h"
#include "zab/message.h"
#include "zab/state.h"

namespace paddock::zab {

/// What the shell found in the log, or in the snapshot.
struct LogReadResult {
  ServerId learner{};
  std::uint64_t ticket = 0;
  /// False: the log begins above what was asked for.
  bool is_there = false;
  /// The highest zxid in the log that is not above what was asked for.
  Zxid position;
  /// Entries behind `position`; empty if there are none yet.
  SharedBatch batch;
};

struct SnapshotReadResult {
  ServerId learner{};
  std::uint64_t ticket = 0;
  /// The snapshot that the piece is of; another one than asked for if that is gone.
  Zxid zxid;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  /// Empty: there is no snapshot, or it cannot be read.
  std::string bytes;
};

class Feed {
 public:
  Feed(ServerId learner, std::int64_t epoch, std::uint64_t first_ticket)
      : learner_(learner), epoch_(epoch), ticket_(first_ticket) {}

  /// Begins with a learner that holds what `ack` says.
  void begin(const State& state, const EpochAck& ack, Effects& effects);
  /// Nothing is sent until resume(): somebody else feeds the learner, which has been sent all.
  void pause();
  /// Goes on with a learner that is in step already: its history is a prefix of this one, up to
  /// `last`, and on its disk up to `durable`.
  void resume(const State& state, Zxid last, Zxid durable);
  /// Sends what there is and fits.
  void pump(const State& state, std::uint64_t beat, Effects& effects);

  void on_ack(Zxid last);
  void on_log_read(const State& state, LogReadResult result, std::uint64_t beat, Effects& effects);
  void on_snapshot_read(const State& state, SnapshotReadResult result, Effects& effects);
  /// Asks for the snapshot again, if there was none that the learner takes: perhaps there is now.
  void retry(Effects& effects);
  void on_snapshot_ack(const SnapshotAck& ack, Effects& effects);

  /// Has not begun, or is paused.
  [[nodiscard]] bool is_idle() const { return phase_ == Phase::Idle; }
  /// The log is being read, and `ticket` is of that.
  [[nodiscard]] bool awaits(std::uint64_t ticket) const { return is_reading_ && ticket == ticket_; }
  /// The learner has been sent all of the history.
  [[nodiscard]] bool is_at_end(const State& state) const {
    return phase_ == Phase::Streaming && sent_ == state.history.last();
  }
  [[nodiscard]] Zxid sent() const { return sent_; }
  [[nodiscard]] Zxid acked() const { return acked_; }

  void check_invariants(const State& state) const;

 private:
  enum class Phase : std::uint8_t {
    Idle,
    Locating,   // the log is searched for where the histories part
    Snapshot,   // pieces of a snapshot are on their way
    Streaming,  // the learner's history is a prefix of ours
  };
  struct InFlight {
    Zxid last;
    std::size_t bytes = 0;
  };

  void start_streaming(Zxid from, Effects& effects);
  void start_snapshot(Effects& effects);
  void ask_snapshot(Effects& effects);
  void read_log(Zxid after, Effects& effects);
  void send_batch(const State& state, SharedBatch batch, std::uint64_t beat, Effects& effects);

  ServerId learner_;
  std::int64_t epoch_;
  std::uint64_t ticket_;
  Phase phase_ = Phase::Idle;
  bool is_reading_ = false;
  bool is_missing_ = false;  // there was no snapshot to send, or it was refused
  Zxid sent_;
  Zxid acked_;
  /// Where a snapshot, if one is needed, goes on; from the beginning if that one is gone.
  Zxid snapshot_zxid_;
  std::uint64_t snapshot_offset_ = 0;
  Zxid refused_snapshot_;
  std::deque<InFlight> in_flight_;
  std::size_t in_flight_bytes_ = 0;
};

}  // namespace paddock::zab
