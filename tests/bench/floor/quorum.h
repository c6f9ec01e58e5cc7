// SPDX-License-Identifier: Apache-2.0
//
// Three files on one disk: synced one at a time, or all at the same time, as those of an ensemble
// are whose servers share a disk; a write counts there when the second has it. The caller's thread
// syncs one, two threads of its own the others, in both cases alike; they wait for one another
// before and after. A sync counts from when it begins itself: how long threads take to wake up for
// it is not in it.
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

  /// What one sync takes alone; each file in turn.
  [[nodiscard]] Result<Duration> one_sync();
  /// What the second fastest of three at the same time takes.
  [[nodiscard]] Result<Duration> second_sync();

 private:
  static constexpr std::size_t kMembers = 3;

  struct Member {
    Disk disk;
    bool is_to_sync = false;
    Result<> result;
    Duration took{0};
  };

  /// Of those who are to; the first error.
  [[nodiscard]] Result<> sync_all();
  static void sync(Member& member);
  void follow(Member& member);

  std::array<Member, kMembers> members_;
  std::barrier<> begin_{kMembers};
  std::barrier<> end_{kMembers};
  std::size_t next_ = 0;
  bool is_over_ = false;
  std::array<std::jthread, kMembers - 1> followers_;
};

}  // namespace paddock::bench
