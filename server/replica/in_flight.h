// SPDX-License-Identifier: Apache-2.0
//
// The transactions that this server has ordered and not applied yet, as it made them, so that the
// leader need not decode what it has encoded. In order of zxid; transactions are recycled so that a
// warm queue allocates nothing. Owned by the orderer.
#pragma once

#include <memory>
#include <vector>

#include <boost/container/deque.hpp>

#include "base/assert.h"
#include "base/ids.h"
#include "replica/origin.h"
#include "txn/txn.pb.h"

namespace paddock::replica {

struct InFlight {
  Zxid zxid;
  std::unique_ptr<txn::pb::Txn> txn;
  Origin origin;
};

class InFlightQueue {
 public:
  [[nodiscard]] bool empty() const { return queue_.empty(); }
  [[nodiscard]] std::size_t size() const { return queue_.size(); }
  [[nodiscard]] const InFlight& front() const { return queue_.front(); }

  /// A cleared transaction to fill.
  [[nodiscard]] std::unique_ptr<txn::pb::Txn> take_txn() {
    if (spare_.empty()) return std::make_unique<txn::pb::Txn>();
    auto txn = std::move(spare_.back());
    spare_.pop_back();
    return txn;
  }
  /// A large one is let go: it would keep its memory for the small ones that come next.
  void recycle(std::unique_ptr<txn::pb::Txn> txn) {
    if (txn == nullptr || spare_.size() >= kSpareMax || txn->GetCachedSize() > kSpareBytesMax) {
      return;
    }
    txn->Clear();
    spare_.push_back(std::move(txn));
  }

  /// Appends; zxids rise.
  void push(InFlight entry) {
    PADDOCK_ASSERT(queue_.empty() || queue_.back().zxid < entry.zxid);
    queue_.push_back(std::move(entry));
  }
  [[nodiscard]] InFlight pop() {
    InFlight entry = std::move(queue_.front());
    queue_.pop_front();
    return entry;
  }
  void clear() { queue_.clear(); }

 private:
  static constexpr std::size_t kSpareMax = 4096;
  static constexpr int kSpareBytesMax = 16 << 10;

  boost::container::deque<InFlight> queue_;
  std::vector<std::unique_ptr<txn::pb::Txn>> spare_;
};

}  // namespace paddock::replica
