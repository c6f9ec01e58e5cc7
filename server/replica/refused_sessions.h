// SPDX-License-Identifier: Apache-2.0
//
// The unknown sessions that this leader has last ended. A session that only one server knows may be
// given up by its client while a request of it is still on its way from that server. Bounded:
// what was on its way has arrived long before so many others were refused. Owned by the orderer.
#pragma once

#include <cstddef>
#include <utility>

#include <boost/unordered/unordered_flat_set.hpp>

#include "base/ids.h"

namespace paddock::replica {

class RefusedSessions {
 public:
  void add(SessionId id) {
    if (newer_.size() >= kHalf) {
      older_ = std::exchange(newer_, {});
    }
    newer_.insert(raw(id));
  }
  [[nodiscard]] bool contains(SessionId id) const {
    return newer_.contains(raw(id)) || older_.contains(raw(id));
  }
  void clear() {
    newer_.clear();
    older_.clear();
  }

 private:
  static constexpr std::size_t kHalf = std::size_t{1} << 15U;

  boost::unordered_flat_set<std::int64_t> newer_;
  boost::unordered_flat_set<std::int64_t> older_;
};

}  // namespace paddock::replica
