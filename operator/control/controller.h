// SPDX-License-Identifier: Apache-2.0
//
// Looks at each ensemble whenever something of it has changed, and from time to time: a work queue
// of names, a bounded number of looks at once, never two at one ensemble. Lives on the loop's
// thread.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "base/histogram.h"
#include "control/reconcile.h"
#include "kube/work_queue.h"

namespace paddock::control {

struct ControllerOptions {
  CacheOptions cache{};
  objects::ClusterFacts cluster{};
  /// Which feature level each version has that this operator knows.
  model::ReleaseCatalog releases{};
  std::size_t looks_max = 8;
};

struct ControllerHandlers {
  std::function<bool()> may_act;
  std::function<std::string()> make_password;
  /// Only what is new: not the same words again.
  std::function<void(const Decision&)> on_decision = [](const Decision&) {
  };
  std::function<void(const Deed&)> on_deed = [](const Deed&) {
  };
  std::function<void(const std::string& what, const kube::ApiError&)> on_trouble =
      [](const std::string&, const kube::ApiError&) {
      };
};

/// As controller-runtime counts them.
struct ControllerNumbers {
  std::uint64_t succeeded = 0;
  std::uint64_t asked_again = 0;  // requeue_after
  std::uint64_t failed = 0;
  std::uint64_t deeds = 0;
  std::uint64_t refused = 0;
  Buckets look_micros{};
  std::size_t looks_now = 0;
  std::size_t ensembles = 0;
};

class Controller {
 public:
  /// `api`, `members` and `loop` outlive it.
  Controller(kube::Api& api,
             MemberApi& members,
             kube::Loop& loop,
             ControllerOptions options,
             ControllerHandlers handlers);
  /// Follows the cluster; nothing is done before act().
  void start();
  /// From now on; ends with the process.
  void act();
  [[nodiscard]] bool has_synced() const { return cache_.has_synced(); }
  [[nodiscard]] ControllerNumbers numbers() const;
  [[nodiscard]] const kube::WorkQueue& queue() const { return queue_; }
  [[nodiscard]] Duration longest_look() const;

 private:
  struct Look {
    std::unique_ptr<Reconcile> work;
    MonotonicTime begun;
  };

  void on_change(const kube::ObjectKey& key, kube::WorkQueue::Urgency urgency);
  void on_end(const kube::ObjectKey& key, LookResult result);
  void on_decision(const Decision& decision);
  void pump();
  void pump_soon();
  void begin(const kube::ObjectKey& key);

  kube::Loop& loop_;
  ControllerOptions options_;
  ControllerHandlers handlers_;
  kube::WorkQueue queue_{{.first_delay = milliseconds(500), .delay_max = seconds(60)}};
  Cache cache_;
  Surroundings around_;
  std::unique_ptr<kube::Timer> timer_;
  bool is_acting_ = false;
  std::map<kube::ObjectKey, Look> looks_;
  std::list<std::unique_ptr<Reconcile>> ended_;  // until nothing of theirs is being called
  std::map<kube::ObjectKey, Memory> memories_;
  std::map<kube::ObjectKey, std::string> told_;
  ControllerNumbers numbers_;
};

}  // namespace paddock::control
