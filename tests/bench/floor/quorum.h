// SPDX-License-Identifier: Apache-2.0
//
// Three files on one disk that are synced at the same time, as those of an ensemble are whose
// servers share a disk: a write counts when the second has it. The caller's thread syncs one, two
// threads of its own the others; they wait for one another before and after.
#pragma once

#include <array>
#include <barrier>
#include <string>
#include <thread>

#include "base/error.h"
#include "base/time.h"
#include "floor/disk.h"

namespace paddock::bench {

class Quorum {
 public:
  Quorum() = default;
  Quorum(const Quorum&) = delete;
  Quorum& operator=(const Quorum&) = delete;
  ~Quorum();

  [[nodiscard]] Result<> prepare(const std::string& folder);

  /// What the second fastest of three syncs took, each counted from when it began itself: how long
  /// threads take to wake up is not in it.
  [[nodiscard]] Result<Duration> second_sync();

 private:
  static constexpr std::size_t kMembers = 3;

  struct Member {
    Disk disk;
    Result<> result;
    Duration took{0};
  };

  void sync(Member& member);
  void follow(Member& member);

  std::array<Member, kMembers> members_;
  std::barrier<> begin_{kMembers};
  std::barrier<> end_{kMembers};
  bool is_over_ = false;
  std::array<std::jthread, kMembers - 1> followers_;
};

}  // namespace paddock::bench
