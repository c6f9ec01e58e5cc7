// SPDX-License-Identifier: Apache-2.0
#include "floor/quorum.h"

#include <algorithm>

#include "bench/poller.h"

namespace paddock::bench {

Quorum::~Quorum() {
  if (!followers_.front().joinable()) return;
  is_over_ = true;
  begin_.arrive_and_wait();
}

Result<> Quorum::prepare(const std::string& folder) {
  for (Member& member : members_) PADDOCK_TRY(member.disk.prepare(folder));
  for (std::size_t i = 0; i < followers_.size(); ++i) {
    followers_[i] = std::jthread([this, i] { follow(members_[i + 1]); });
  }
  return {};
}

Result<Duration> Quorum::one_sync() {
  Member& one = members_[next_++ % kMembers];
  for (Member& member : members_) member.is_to_sync = &member == &one;
  PADDOCK_TRY(sync_all());
  return one.took;
}

Result<Duration> Quorum::second_sync() {
  for (Member& member : members_) member.is_to_sync = true;
  PADDOCK_TRY(sync_all());
  std::array<Duration, kMembers> took{};
  std::ranges::transform(members_, took.begin(), &Member::took);
  std::ranges::sort(took);
  return took[1];
}

Result<> Quorum::sync_all() {
  begin_.arrive_and_wait();
  sync(members_.front());
  end_.arrive_and_wait();
  for (Member& member : members_) PADDOCK_TRY(member.result);
  return {};
}

void Quorum::sync(Member& member) {
  if (!member.is_to_sync) return;
  const MonotonicTime begin = monotonic_now();
  member.result = member.disk.write_and_sync();
  member.took = monotonic_now() - begin;
}

void Quorum::follow(Member& member) {
  for (begin_.arrive_and_wait(); !is_over_; begin_.arrive_and_wait()) {
    sync(member);
    end_.arrive_and_wait();
  }
}

}  // namespace paddock::bench
