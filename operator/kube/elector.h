// SPDX-License-Identifier: Apache-2.0
//
// Holds a Lease, or waits for it: a LeaseElection with the requests that it asks for. Lives on the
// loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kube/api.h"
#include "kube/lease_election.h"
#include "kube/loop.h"

namespace paddock::kube {

/// Must not destroy the elector.
struct ElectorHandlers {
  std::function<void()> on_won = [] {
  };
  /// Whatever acts has to stop at once; the safest way is to end the process.
  std::function<void(const std::string& why)> on_lost = [](const std::string&) {
  };
  std::function<void(const ApiError&)> on_trouble = [](const ApiError&) {
  };
};

class Elector {
 public:
  /// `api` and `loop` outlive it. The options have been checked.
  Elector(Api& api,
          Loop& loop,
          ObjectKey lease,
          const ElectionOptions& options,
          std::uint64_t seed,
          ElectorHandlers handlers);

  void start();
  /// `on_released` is called when nobody waits for us any more, at once or later.
  void release(std::function<void()> on_released);

  /// May act now, and for how long if no renewal succeeds.
  [[nodiscard]] bool holds() const { return election_.holds(loop_.now().monotonic); }
  [[nodiscard]] Duration remaining() const { return election_.remaining(loop_.now().monotonic); }
  [[nodiscard]] const std::string& holder() const { return election_.holder(); }

 private:
  void carry_out(LeaseElection::Effects effects);
  void send_read();
  void send_write(const Lease& lease);
  void on_read(Reply reply);
  void on_written(Reply reply);
  void on_time();
  [[nodiscard]] LeaseElection::Observation observe(Reply reply);

  Api& api_;
  Loop& loop_;
  const ObjectKey key_;
  const Duration time_limit_;  // of one request
  ElectorHandlers handlers_;
  LeaseElection election_;
  json::value known_;  // the object as last seen, for what is no business of ours
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<Pending> pending_;
  std::function<void()> on_released_;
};

}  // namespace paddock::kube
