// SPDX-License-Identifier: Apache-2.0
#include "storage/space_guard.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"

namespace paddock::storage {
namespace {

std::string reserve_path(const std::string& directory) {
  return directory + "/reserve";
}

}  // namespace

SpaceGuard::SpaceGuard(Disk& disk, std::vector<std::string> directories, SpaceOptions options)
    : disk_(disk), directories_(std::move(directories)), options_(options) {
  PADDOCK_ASSERT(!directories_.empty());
  PADDOCK_ASSERT(options_.writable_above >= options_.read_only_below);
}

Result<std::uint64_t> SpaceGuard::reserved_bytes(const std::string& directory) {
  auto file = disk_.open(reserve_path(directory), OpenMode::Read);
  if (!file && file.error().fault == DiskFault::NotFound) return 0;
  if (!file) return std::unexpected(std::move(file).error());
  auto size = (*file)->size();
  if (!size) return std::unexpected(std::move(size).error());
  return std::min(*size, options_.reserve_bytes);
}

Result<std::uint64_t> SpaceGuard::usable_bytes(const std::string& directory) {
  auto free = disk_.free_bytes(directory);
  if (!free) return std::unexpected(std::move(free).error());
  auto reserved = reserved_bytes(directory);
  if (!reserved) return std::unexpected(std::move(reserved).error());
  const std::uint64_t missing = options_.reserve_bytes - *reserved;
  return *free > missing ? *free - missing : 0;
}

Result<SpaceState> SpaceGuard::check() {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (const std::string& directory : directories_) {
    auto usable = usable_bytes(directory);
    if (!usable) return std::unexpected(std::move(usable).error());
    least = std::min(least, *usable);
  }
  if (least < options_.read_only_below) state_ = SpaceState::ReadOnly;
  if (least >= options_.writable_above) state_ = SpaceState::Ok;
  if (state_ == SpaceState::Ok && least >= options_.writable_above) {
    for (const std::string& directory : directories_) PADDOCK_TRY(make_reserve(directory));
  }
  return state_;
}

Result<> SpaceGuard::make_reserve(const std::string& directory) {
  auto reserved = reserved_bytes(directory);
  if (!reserved) return std::unexpected(std::move(reserved).error());
  if (*reserved == options_.reserve_bytes) return {};
  auto file = disk_.open(reserve_path(directory), OpenMode::Create);
  if (!file) return std::unexpected(std::move(file).error());
  PADDOCK_TRY((*file)->allocate(options_.reserve_bytes));
  return {};
}

Result<> SpaceGuard::release_reserve() {
  for (const std::string& directory : directories_) {
    const auto removed = disk_.remove(reserve_path(directory));
    if (!removed && removed.error().fault != DiskFault::NotFound) {
      return std::unexpected(removed.error());
    }
  }
  return {};
}

}  // namespace paddock::storage
