// SPDX-License-Identifier: Apache-2.0
//
// The end of this server's log in memory: everything that is not applied yet, and behind it as much
// as fits, so that a learner which lags a little is fed without the disk. Owned by zab::Peer.
// Invariant: a gapless piece of the log that ends with its last record.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "base/ids.h"
#include "zab/entries.h"

namespace paddock::zab {

class History {
 public:
  /// `base`: the zxid before the first entry that will be added.
  explicit History(Zxid base) : base_(base), last_(base) {}

  /// Everything above this is here.
  [[nodiscard]] Zxid base() const { return base_; }
  /// The zxid of the last entry, or base().
  [[nodiscard]] Zxid last() const { return last_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  /// Entries of `batch` up to last() are passed over; the batch is not empty.
  void append(SharedBatch batch);
  /// Forgets every entry above `zxid`, which is at least base().
  void truncate(Zxid zxid);
  /// Starts anew behind `base`: a snapshot has replaced the log.
  void restart(Zxid base);
  /// Drops old batches that end at or below `keep_above` while there are more than `bytes_max`
  /// bytes.
  void trim(Zxid keep_above, std::size_t bytes_max);

  /// The highest zxid here that is not above `zxid`, base() included; `zxid` is at least base().
  [[nodiscard]] Zxid floor(Zxid zxid) const;

  /// The batch that holds the first entry above `after`; null if there is none. `after` is at least
  /// base(). Its entries up to `after`, and those above last(), are not to be looked at.
  [[nodiscard]] SharedBatch batch_after(Zxid after) const;

  void check_invariants() const;

 private:
  struct Piece {
    SharedBatch batch;
    /// Entries of the batch that count: those above `after`, up to `last`.
    Zxid after;
    Zxid last;
  };

  Zxid base_;
  Zxid last_;
  std::size_t bytes_ = 0;
  std::deque<Piece> pieces_;
};

}  // namespace paddock::zab
