// SPDX-License-Identifier: Apache-2.0
#include "zab/history.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/assert.h"

namespace paddock::zab {

void History::append(SharedBatch batch) {
  PADDOCK_ASSERT(!batch->empty());
  if (batch->last() <= last_) return;
  bytes_ += batch->bytes();
  const Zxid last = batch->last();
  pieces_.push_back({std::move(batch), last_, last});
  last_ = last;
}

void History::truncate(Zxid zxid) {
  PADDOCK_ASSERT(zxid >= base_);
  while (!pieces_.empty() && pieces_.back().after >= zxid) {
    bytes_ -= pieces_.back().batch->bytes();
    pieces_.pop_back();
  }
  if (!pieces_.empty() && pieces_.back().last > zxid) {
    // The rest of a batch must not be sent to anybody: what is kept gets a batch of its own.
    Piece& piece = pieces_.back();
    auto kept = std::make_shared<EntryBatch>();
    for (const Entry& entry : piece.batch->entries()) {
      if (entry.zxid > piece.after && entry.zxid <= zxid) {
        kept->add(entry.zxid, piece.batch->payload(entry));
      }
    }
    bytes_ -= piece.batch->bytes();
    if (kept->empty()) {
      pieces_.pop_back();
    } else {
      bytes_ += kept->bytes();
      piece = {kept, piece.after, kept->last()};
    }
  }
  last_ = pieces_.empty() ? base_ : pieces_.back().last;
}

void History::restart(Zxid base) {
  pieces_.clear();
  bytes_ = 0;
  base_ = last_ = base;
}

void History::trim(Zxid keep_above, std::size_t bytes_max) {
  while (bytes_ > bytes_max && !pieces_.empty() && pieces_.front().last <= keep_above) {
    bytes_ -= pieces_.front().batch->bytes();
    base_ = pieces_.front().last;
    pieces_.pop_front();
  }
}

Zxid History::floor(Zxid zxid) const {
  PADDOCK_ASSERT(zxid >= base_);
  const auto piece =
      std::ranges::partition_point(pieces_, [zxid](const Piece& one) { return one.last < zxid; });
  if (piece == pieces_.end()) return last_;
  Zxid found = piece->after;
  for (const Entry& entry : piece->batch->entries()) {
    if (entry.zxid > zxid) break;
    found = std::max(found, entry.zxid);
  }
  return found;
}

SharedBatch History::batch_after(Zxid after) const {
  PADDOCK_ASSERT(after >= base_);
  const auto piece = std::ranges::partition_point(
      pieces_, [after](const Piece& one) { return one.last <= after; });
  return piece == pieces_.end() ? nullptr : piece->batch;
}

void History::check_invariants() const {
  Zxid at = base_;
  std::size_t bytes = 0;
  for (const Piece& piece : pieces_) {
    PADDOCK_ASSERT(piece.after == at);
    PADDOCK_ASSERT(piece.last > piece.after);
    PADDOCK_ASSERT(piece.batch->last() == piece.last);
    at = piece.last;
    bytes += piece.batch->bytes();
  }
  PADDOCK_ASSERT(at == last_);
  PADDOCK_ASSERT(bytes == bytes_);
}

}  // namespace paddock::zab
