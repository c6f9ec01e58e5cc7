// SPDX-License-Identifier: Apache-2.0
//
// Events that a client must not see yet: a write of its connection is unanswered, and what is said
// of that may be about an earlier state. They go out with the answer, those up to its zxid before
// it. Owned by its connection.
#pragma once

#include <cstddef>
#include <vector>

#include "base/assert.h"
#include "base/byte_buffer.h"
#include "base/bytes.h"
#include "base/ids.h"

namespace paddock::shard {

class HeldEvents {
 public:
  [[nodiscard]] bool empty() const { return events_.empty(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }

  /// `packet`: encoded. Zxids do not fall.
  void hold(Zxid zxid, View packet) {
    PADDOCK_ASSERT(events_.empty() || events_.back().zxid <= zxid);
    events_.push_back({zxid, packet.size()});
    bytes_.append(packet);
  }

  /// Calls `deliver(packet)` with those up to `zxid`, oldest first.
  template <class Deliver>
  void release(Zxid zxid, Deliver deliver) {
    std::size_t count = 0;
    for (; count < events_.size() && events_[count].zxid <= zxid; ++count) {
      deliver(bytes_.view().substr(0, events_[count].size));
      bytes_.consume(events_[count].size);
    }
    events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(count));
  }

  void clear() {
    events_.clear();
    bytes_.clear();
  }

 private:
  struct Event {
    Zxid zxid;
    std::size_t size = 0;
  };

  std::vector<Event> events_;
  ByteBuffer bytes_;
};

}  // namespace paddock::shard
