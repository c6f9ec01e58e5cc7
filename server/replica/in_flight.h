// SPDX-License-Identifier: Apache-2.0
//
// The requests that wait for a transaction to be committed: the author of the transaction itself,
// and those behind it whose answer depends on it (a refusal judged against it, a sync). In order of
// zxid; transactions are recycled so that a warm queue allocates nothing. Owned by the replica.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/container/deque.hpp>

#include "base/byte_buffer.h"
#include "base/error_code.h"
#include "base/ids.h"
#include "base/time.h"
#include "jute/opcode.h"
#include "txn/txn.pb.h"

namespace paddock::replica {

/// The session that a handshake attaches to.
struct Attached {
  SessionId session{};
  std::int32_t timeout_ms = 0;
};

struct InFlight {
  /// Answered once everything up to here is applied.
  Zxid zxid;
  /// The transaction with that zxid; null for a request that only waits.
  std::unique_ptr<txn::pb::Txn> txn;
  /// Who is told; none for what the server proposed by itself.
  ConnectionId connection{};
  std::int32_t xid = 0;
  ErrorCode err = ErrorCode::Ok;
  bool close_connection = false;
  /// A handshake waits for its session rather than a request for its reply.
  bool is_handshake = false;
  Attached attached;
  /// The reply record of a request without a transaction (a failed multi, a sync).
  std::string body;
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

  /// Appends; zxids never fall.
  void push(InFlight entry) {
    PADDOCK_ASSERT(queue_.empty() || queue_.back().zxid <= entry.zxid);
    queue_.push_back(std::move(entry));
  }
  [[nodiscard]] InFlight pop() {
    InFlight entry = std::move(queue_.front());
    queue_.pop_front();
    return entry;
  }

 private:
  static constexpr std::size_t kSpareMax = 4096;
  static constexpr int kSpareBytesMax = 16 << 10;

  boost::container::deque<InFlight> queue_;
  std::vector<std::unique_ptr<txn::pb::Txn>> spare_;
};

}  // namespace paddock::replica
