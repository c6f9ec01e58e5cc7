// SPDX-License-Identifier: Apache-2.0
//
// The one thing that threads share: the tree, behind a gate. Each reader (a shard, the snapshotter,
// the admin shell) has a slot with a mutex of its own; a reader locks its slot, the writer locks
// all of them. So a read touches no cache line that another reader writes. A shard's mail is
// guarded by its slot's mutex too: the core writes it inside the write gate, the shard drains it
// inside its read gate.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/histogram.h"
#include "gate/mail.h"
#include "tree/data_tree.h"

namespace paddock::gate {

/// Whom the server serves.
enum class Service : std::uint8_t {
  None,      // it has no part in its ensemble
  ReadOnly,  // it is cut off from its ensemble: clients that accept what it last knew
  Full,
};

class SharedTree {
  struct alignas(64) Slot {
    std::mutex mutex;
    Mail mail;
    std::size_t watch_count = 0;
    bool counts_sessions = false;
  };

 public:
  /// `slots`: one per shard, then one for each further reader.
  explicit SharedTree(std::size_t slots);

  [[nodiscard]] std::size_t slots() const { return slots_.size(); }

  /// While it lives, the tree does not change and the slot's mail belongs to the holder.
  class ReadGate {
   public:
    [[nodiscard]] const tree::DataTree& tree() const { return *tree_; }
    [[nodiscard]] Mail& mail() const { return slot_->mail; }
    /// A number the holder maintains for the writer's eyes: 0 means "send me no events".
    void set_watch_count(std::size_t count) const { slot_->watch_count = count; }
    /// Whether the holder is to hear of the sessions' ends and ephemerals.
    void set_counts_sessions(bool counts) const { slot_->counts_sessions = counts; }
    [[nodiscard]] bool counts_sessions() const { return slot_->counts_sessions; }

   private:
    friend class SharedTree;
    ReadGate(Slot& slot, const tree::DataTree& tree)
        : lock_(slot.mutex), tree_(&tree), slot_(&slot) {}

    std::unique_lock<std::mutex> lock_;
    const tree::DataTree* tree_;
    Slot* slot_;
  };

  /// While it lives, nobody else reads or writes the tree or any mail.
  class WriteGate {
   public:
    ~WriteGate();
    WriteGate(const WriteGate&) = delete;
    WriteGate& operator=(const WriteGate&) = delete;

    [[nodiscard]] tree::DataTree& tree() const { return shared_.tree_; }
    [[nodiscard]] Mail& mail(std::size_t slot) const { return shared_.slots_[slot]->mail; }
    [[nodiscard]] bool wants_events(std::size_t slot) const {
      return shared_.slots_[slot]->watch_count > 0;
    }
    [[nodiscard]] bool counts_sessions(std::size_t slot) const {
      return shared_.slots_[slot]->counts_sessions;
    }

   private:
    friend class SharedTree;
    explicit WriteGate(SharedTree& shared);
    SharedTree& shared_;
    MonotonicTime entered_;
  };

  [[nodiscard]] ReadGate read(std::size_t slot);
  [[nodiscard]] WriteGate write();

  /// Any thread reads, the writer writes.
  [[nodiscard]] Service service() const { return service_.load(std::memory_order_relaxed); }
  void set_service(Service service) { service_.store(service, std::memory_order_relaxed); }

  /// How long the writer waited for readers, and kept them out.
  struct Times {
    Histogram waited;
    Histogram held;
  };
  using Clock = MonotonicTime (*)();
  /// From now on, the writer's times are measured; before any gate. Without a clock they are not.
  void measure_by(Clock clock) { clock_ = clock; }
  /// Any thread.
  [[nodiscard]] const Times& times() const { return times_; }

  /// The writer's own view without the gate: only the writer changes the tree, so it may always
  /// read.
  [[nodiscard]] const tree::DataTree& writers_view() const { return tree_; }

 private:
  tree::DataTree tree_;
  std::atomic<Service> service_{Service::Full};
  std::vector<std::unique_ptr<Slot>> slots_;
  Clock clock_ = nullptr;
  Times times_;
};

}  // namespace paddock::gate
