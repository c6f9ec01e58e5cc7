// SPDX-License-Identifier: Apache-2.0
//
// The sessions whose creation or end is proposed but not applied, so that a pipelined request is
// judged as if it were. Owned by the Preparer. Source: ZooKeeper SessionTrackerImpl (trackSession,
// isClosing).
#pragma once

#include <deque>
#include <optional>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/ids.h"

namespace paddock::request {

class PendingSessions {
 public:
  enum class Change : std::uint8_t {
    Created,
    Closing
  };

  void add(SessionId id, Change change, Zxid zxid) {
    latest_[raw(id)] = {change, zxid};
    queue_.push_back({id, zxid});
  }

  /// The last change of a session that is not applied yet.
  [[nodiscard]] std::optional<Change> find(SessionId id) const {
    if (latest_.empty()) return std::nullopt;
    const auto found = latest_.find(raw(id));
    if (found == latest_.end()) return std::nullopt;
    return found->second.change;
  }

  void on_applied(Zxid zxid) {
    for (; !queue_.empty() && queue_.front().zxid <= zxid; queue_.pop_front()) {
      const auto found = latest_.find(raw(queue_.front().id));
      if (found != latest_.end() && found->second.zxid <= zxid) latest_.erase(found);
    }
  }

  [[nodiscard]] bool empty() const { return latest_.empty() && queue_.empty(); }

 private:
  struct Latest {
    Change change{};
    Zxid zxid;
  };
  struct Queued {
    SessionId id{};
    Zxid zxid;
  };

  boost::unordered_flat_map<std::int64_t, Latest> latest_;
  std::deque<Queued> queue_;
};

}  // namespace paddock::request
