// SPDX-License-Identifier: Apache-2.0
//
// How long proposals take: from the moment at which this server ordered or received them until they
// are on its disk, are committed, and (where it leads) are acknowledged by each learner; one
// observation a batch. A pure machine of the core; time is that of the turns.
// Source: ZooKeeper ServerMetrics: proposal_ack_creation_latency, quorum_ack_latency, ack_latency.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include "base/histogram.h"
#include "base/ids.h"
#include "base/time.h"

namespace paddock::replica {

class WriteTimes {
 public:
  /// A batch that ends with `last` is known from now on.
  void on_known(Zxid last, MonotonicTime now) {
    marks_[known_ % kMarks] = {last, now};
    ++known_;
  }
  void on_durable(Zxid last, MonotonicTime now) { advance(durable_, last, now); }
  void on_committed(Zxid last, MonotonicTime now, bool leads) {
    advance(committed_, last, now);
    if (leads) advance(quorum_, last, now);
  }
  /// The first word of a server says where it begins.
  void on_acked(ServerId by, Zxid last, MonotonicTime now) {
    advance(acked_.try_emplace(by, Reader{.next = known_, .times = {}}).first->second, last, now);
  }
  /// It was applied here so long after it was proposed, by two clocks.
  void on_applied(std::int64_t ms) { propagated_.add(ms > 0 ? ms * 1000 : 0); }

  /// The leader has changed: what is on its way is measured no more, and nobody acknowledges.
  void on_new_term() {
    durable_.next = committed_.next = quorum_.next = known_;
    acked_.clear();
  }

  [[nodiscard]] const Buckets& durable() const { return durable_.times; }
  [[nodiscard]] const Buckets& committed() const { return committed_.times; }
  /// Those of them that this server ordered.
  [[nodiscard]] const Buckets& quorum() const { return quorum_.times; }
  [[nodiscard]] const Buckets& propagated() const { return propagated_; }
  [[nodiscard]] std::map<ServerId, Buckets> acked() const {
    std::map<ServerId, Buckets> found;
    for (const auto& [id, reader] : acked_) found.emplace(id, reader.times);
    return found;
  }

 private:
  /// Batches on their way at most; of older ones nothing is learnt.
  static constexpr std::uint64_t kMarks = 1024;
  struct Mark {
    Zxid last;
    MonotonicTime at;
  };
  struct Reader {
    std::uint64_t next = 0;
    Buckets times;
  };

  void advance(Reader& reader, Zxid last, MonotonicTime now) {
    if (known_ - reader.next > kMarks) reader.next = known_ - kMarks;
    for (; reader.next < known_ && marks_[reader.next % kMarks].last <= last; ++reader.next) {
      reader.times.add(now - marks_[reader.next % kMarks].at);
    }
  }

  std::array<Mark, kMarks> marks_{};
  std::uint64_t known_ = 0;
  Reader durable_;
  Reader committed_;
  Reader quorum_;
  std::map<ServerId, Reader> acked_;
  Buckets propagated_;
};

}  // namespace paddock::replica
