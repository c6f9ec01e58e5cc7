// SPDX-License-Identifier: Apache-2.0
#include "kube/lease_election.h"

#include <algorithm>

#include "base/assert.h"
#include "kube/time_text.h"

namespace paddock::kube {

Result<> check(const ElectionOptions& options) {
  if (options.identity.empty()) return fail("an election needs an identity of each process");
  if (options.duration <= options.renew_deadline) {
    return fail("the lease's duration must be longer than its renew deadline");
  }
  if (options.renew_deadline <= options.retry * 6 / 5) {
    return fail("the lease's renew deadline must be longer than 1.2 times its retry period");
  }
  if (options.retry <= Duration::zero()) return fail("the lease's retry period must not be 0");
  return {};
}

LeaseElection::LeaseElection(ElectionOptions options, std::uint64_t seed)
    : options_(std::move(options)), random_(seed) {
  PADDOCK_ASSERT(check(options_));
}

void LeaseElection::start(Now now, Effects& effects) {
  PADDOCK_ASSERT(state_ == State::Idle);
  seen_at_ = now.monotonic;
  state_ = State::Reading;
  effects.reads = true;
}

void LeaseElection::on_time(Now now, Effects& effects) {
  check_deadline(now.monotonic, effects);
  if (state_ != State::Waiting || now.monotonic < retry_at_) return;
  if (is_leader_) return send(renewed(now.wall), now, effects);
  state_ = State::Reading;
  effects.reads = true;
}

void LeaseElection::on_read(const Observation& lease, Now now, Effects& effects) {
  PADDOCK_ASSERT(state_ == State::Reading);
  check_deadline(now.monotonic, effects);
  if (lease) see(*lease, now.monotonic);
  if (wants_release_) return give_up(now, effects);
  if (!lease) return wait(now.monotonic);
  try_to_write(now, effects);
}

void LeaseElection::on_written(const Observation& lease, Now now, Effects& effects) {
  PADDOCK_ASSERT(state_ == State::Writing || state_ == State::Releasing);
  if (state_ == State::Releasing) {
    state_ = State::Released;
    effects.has_released = true;
    return;
  }
  if (lease) {
    see(*lease, now.monotonic);
    renewed_at_ = sent_at_;
    const bool is_in_time = now.monotonic < holds_until();
    if (!is_leader_ && is_in_time) effects.has_won = is_leader_ = true;
  }
  check_deadline(now.monotonic, effects);
  if (wants_release_) return give_up(now, effects);
  if (lease) return wait(now.monotonic);
  // It may have been written all the same, or by another: look.
  state_ = State::Reading;
  effects.reads = true;
}

void LeaseElection::release(Now now, Effects& effects) {
  wants_release_ = true;
  // What is on its way comes first: its answer says whether there is something to give up.
  if (state_ == State::Reading || state_ == State::Writing || state_ == State::Releasing) return;
  give_up(now, effects);
}

void LeaseElection::give_up(Now now, Effects& effects) {
  const bool is_ours = seen_.holder == options_.identity && !seen_.resource_version.empty();
  if (is_leader_) lose("it was given up", effects);
  if (state_ == State::Idle || state_ == State::Released || !is_ours) {
    state_ = State::Released;
    effects.has_released = true;
    return;
  }
  Lease lease = renewed(now.wall);
  lease.holder.clear();
  lease.duration = seconds(1);
  send(std::move(lease), now, effects);
  state_ = State::Releasing;
}

bool LeaseElection::holds(MonotonicTime now) const {
  return is_leader_ && now < holds_until();
}

Duration LeaseElection::remaining(MonotonicTime now) const {
  return holds(now) ? holds_until() - now : Duration::zero();
}

std::optional<MonotonicTime> LeaseElection::wake_at() const {
  std::optional<MonotonicTime> at;
  if (state_ == State::Waiting) at = retry_at_;
  if (is_leader_) at = std::min(at.value_or(holds_until()), holds_until());
  return at;
}

void LeaseElection::see(const Lease& lease, MonotonicTime now) {
  if (lease == seen_) return;
  seen_ = lease;
  seen_at_ = now;
}

void LeaseElection::try_to_write(Now now, Effects& effects) {
  const bool is_ours = seen_.holder == options_.identity;
  if (is_leader_ && !is_ours) lose("another has it: " + seen_.holder, effects);
  if (!is_ours && !is_free(now.monotonic)) return wait(now.monotonic);
  send(renewed(now.wall), now, effects);
}

void LeaseElection::send(Lease lease, Now now, Effects& effects) {
  state_ = State::Writing;
  sent_at_ = now.monotonic;
  effects.writes = std::move(lease);
}

void LeaseElection::wait(MonotonicTime now) {
  state_ = State::Waiting;
  // Those that wait come at different times; who leads comes at its own.
  const auto spread = static_cast<std::uint64_t>(options_.retry.count());
  retry_at_ =
      now + options_.retry + (is_leader_ ? Duration::zero() : Duration(random_.below(spread)));
}

void LeaseElection::check_deadline(MonotonicTime now, Effects& effects) {
  if (is_leader_ && now >= holds_until()) lose("it could not be renewed in time", effects);
}

void LeaseElection::lose(std::string why, Effects& effects) {
  is_leader_ = false;
  effects.has_lost = std::move(why);
}

bool LeaseElection::is_free(MonotonicTime now) const {
  return seen_.holder.empty() || now - seen_at_ >= seen_.duration;
}

Lease LeaseElection::renewed(WallTime now) const {
  Lease lease = seen_;
  lease.renew_time = micro_time(now);
  lease.duration = options_.duration;
  if (lease.holder == options_.identity) return lease;
  lease.holder = options_.identity;
  lease.acquire_time = lease.renew_time;
  // The first holder of all takes it over from nobody.
  if (!lease.resource_version.empty()) ++lease.transitions;
  return lease;
}

void LeaseElection::check_invariants() const {
  if (is_leader_) {
    PADDOCK_ASSERT(state_ != State::Idle && state_ != State::Releasing);
    PADDOCK_ASSERT(state_ != State::Released);
    PADDOCK_ASSERT(seen_.holder == options_.identity || state_ == State::Reading);
  }
  if (state_ == State::Waiting && !is_leader_) PADDOCK_ASSERT(wake_at());
}

}  // namespace paddock::kube
