// SPDX-License-Identifier: Apache-2.0
//
// Watches free space, so that a server stops taking writes before its disk is full, and keeps a
// reserve file that can be given up to get going again. One thread. Invariant: giving up the
// reserve never makes a read-only server writable: the missing reserve counts as used space.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "storage/disk.h"

namespace paddock::storage {

enum class SpaceState : std::uint8_t {
  Ok,
  ReadOnly
};

struct SpaceOptions {
  /// 0: no reserve file.
  std::uint64_t reserve_bytes = std::uint64_t{64} << 20U;
  /// Free bytes below which writes end, and above which they begin again.
  std::uint64_t read_only_below = std::uint64_t{64} << 20U;
  std::uint64_t writable_above = std::uint64_t{128} << 20U;
};

class SpaceGuard {
 public:
  /// `directories` are on the file systems to watch; each gets a reserve file.
  SpaceGuard(Disk& disk, std::vector<std::string> directories, SpaceOptions options);

  /// Looks at the disks; makes missing reserves again when there is plenty of room.
  [[nodiscard]] Result<SpaceState> check();
  [[nodiscard]] SpaceState state() const { return state_; }

  /// Gives the reserves up: room for a snapshot, after which old log segments can go.
  [[nodiscard]] Result<> release_reserve();

 private:
  [[nodiscard]] Result<std::uint64_t> reserved_bytes(const std::string& directory);
  [[nodiscard]] Result<std::uint64_t> usable_bytes(const std::string& directory);
  [[nodiscard]] Result<> make_reserve(const std::string& directory);

  Disk& disk_;
  std::vector<std::string> directories_;
  SpaceOptions options_;
  SpaceState state_ = SpaceState::Ok;
};

}  // namespace paddock::storage
