// SPDX-License-Identifier: Apache-2.0
//
// The requests of this server's own connections that are not answered yet, in the order in which
// they came, which is the order in which they are answered: those that become transactions, and
// those whose answer waits for something that was ordered before them. Owned by the replica.
// Invariant: ids follow one another without a gap.
#pragma once

#include <cstdint>
#include <string>

#include <boost/container/deque.hpp>

#include "base/assert.h"
#include "base/error_code.h"
#include "base/ids.h"
#include "gate/core_batch.h"
#include "jute/opcode.h"
#include "replica/origin.h"
#include "replica/peer_message.h"

namespace paddock::replica {

struct PendingRequest {
  gate::CoreKind kind{};
  ConnectionId connection{};
  std::int32_t xid = 0;

  /// CreateSession: the client has its session already, and is not told.
  bool is_upgrade = false;
  /// With its answer, a session that this server alone knows has ended.
  bool ends_local = false;

  /// The request itself, for as long as another server may have to order it.
  Forwarded request{};
  /// It is with the leader, who orders it or says what became of it.
  bool is_sent = false;

  /// What became of it; told once everything up to `outcome.after` is applied.
  bool is_decided = false;
  Outcome outcome{};
  /// The leader that it is with, or that decided it, is lost, and the next one's history not here.
  bool is_in_doubt = false;

  [[nodiscard]] bool is_answerable(Zxid applied) const {
    return is_decided && !is_in_doubt && outcome.after <= applied;
  }
};

class PendingRequests {
 public:
  explicit PendingRequests(RequestId first) : first_(raw(first)) { PADDOCK_ASSERT(first_ != 0); }

  [[nodiscard]] bool empty() const { return queue_.empty(); }
  [[nodiscard]] std::size_t size() const { return queue_.size(); }

  /// The place at the end; its id is last().
  PendingRequest& add() { return queue_.emplace_back(); }
  [[nodiscard]] RequestId last() const { return RequestId{first_ + queue_.size() - 1}; }

  [[nodiscard]] PendingRequest& front() { return queue_.front(); }
  void pop() {
    queue_.pop_front();
    ++first_;
  }

  /// Null: it was answered before.
  [[nodiscard]] PendingRequest* find(RequestId id) {
    const std::uint64_t place = raw(id) - first_;
    return place < queue_.size() ? &queue_[place] : nullptr;
  }
  [[nodiscard]] bool is_front(RequestId id) const { return !queue_.empty() && raw(id) == first_; }

  /// The same from the last to the first.
  template <class Each>
  void for_each_backwards(Each each) {
    for (std::size_t i = queue_.size(); i > 0; --i) each(queue_[i - 1]);
  }

  /// Calls `each` with the id and the request, in order.
  template <class Each>
  void for_each(Each each) {
    for (std::size_t i = 0; i < queue_.size(); ++i) each(RequestId{first_ + i}, queue_[i]);
  }

 private:
  std::uint64_t first_;  // the front's id, or that of the next one
  boost::container::deque<PendingRequest> queue_;
};

}  // namespace paddock::replica
