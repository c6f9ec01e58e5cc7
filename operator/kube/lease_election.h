// SPDX-License-Identifier: Apache-2.0
//
// Which of several processes acts: the one that holds a Lease. Pure; an Elector carries its effects
// out. Source: client-go, leaderelection.
//
// Invariant: no two hold it at once while their clocks run at about the same speed, whatever they
// say. Nobody trusts a time that another has written: a Lease has run out when it has not changed
// for its duration since *we* saw it, and who holds it stops at the renew deadline, counted from
// before its last write was sent. It is no fence all the same: what must not happen twice needs a
// precondition of its own.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "base/prng.h"
#include "base/time.h"
#include "kube/api_error.h"
#include "kube/lease.h"

namespace paddock::kube {

struct ElectionOptions {
  std::string identity;  // of this process, never used before
  seconds duration{15};
  Duration renew_deadline = seconds(10);
  Duration retry = seconds(2);
};

/// *Errors*: which times do not fit together.
[[nodiscard]] Result<> check(const ElectionOptions& options);

class LeaseElection {
 public:
  struct Effects {
    bool reads = false;
    std::optional<Lease> writes{};  // creates it if it has no resourceVersion
    bool has_won = false;
    std::optional<std::string> has_lost{};  // why
    bool has_released = false;              // the end
  };
  /// A Lease without a resourceVersion does not exist.
  using Observation = std::expected<Lease, ApiError>;

  LeaseElection(ElectionOptions options, std::uint64_t seed);

  void start(Now now, Effects& effects);
  void on_time(Now now, Effects& effects);
  void on_read(const Observation& lease, Now now, Effects& effects);
  /// What came of the write: the Lease as it is now.
  void on_written(const Observation& lease, Now now, Effects& effects);
  /// Gives up, so that another need not wait; ends with has_released.
  void release(Now now, Effects& effects);

  /// May act at this time. Ask again before each act.
  [[nodiscard]] bool holds(MonotonicTime now) const;
  /// For how long, if no renewal succeeds any more.
  [[nodiscard]] Duration remaining(MonotonicTime now) const;
  /// Whose it is, as last seen; empty: nobody's.
  [[nodiscard]] const std::string& holder() const { return seen_.holder; }
  [[nodiscard]] std::optional<MonotonicTime> wake_at() const;
  void check_invariants() const;

 private:
  enum class State : std::uint8_t {
    Idle,
    Waiting,
    Reading,
    Writing,
    Releasing,
    Released,
  };

  void see(const Lease& lease, MonotonicTime now);
  void give_up(Now now, Effects& effects);
  void try_to_write(Now now, Effects& effects);
  void send(Lease lease, Now now, Effects& effects);
  void wait(MonotonicTime now);
  void check_deadline(MonotonicTime now, Effects& effects);
  void lose(std::string why, Effects& effects);
  [[nodiscard]] bool is_free(MonotonicTime now) const;
  [[nodiscard]] Lease renewed(WallTime now) const;
  [[nodiscard]] MonotonicTime holds_until() const { return renewed_at_ + options_.renew_deadline; }

  ElectionOptions options_;
  Prng random_;
  State state_ = State::Idle;
  bool is_leader_ = false;
  bool wants_release_ = false;
  Lease seen_{};
  MonotonicTime seen_at_{};     // when it was first seen as it is
  MonotonicTime sent_at_{};     // the write that is on its way
  MonotonicTime renewed_at_{};  // the last write that succeeded, when it was sent
  MonotonicTime retry_at_{};
};

}  // namespace paddock::kube
