// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshots.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "storage/file_names.h"

namespace paddock::storage {
namespace {

constexpr std::string_view kPrefix = "snapshot.";
constexpr std::string_view kTemporarySuffix = ".tmp";
constexpr std::string_view kReceivedPrefix = "received.";

bool is_unfinished(std::string_view name) {
  if (name.starts_with(kPrefix)) return name.ends_with(kTemporarySuffix);
  return number_of(name, kReceivedPrefix).has_value();
}

}  // namespace

std::string snapshot_path(const std::string& directory, Zxid zxid) {
  return directory + "/" + numbered_name(kPrefix, static_cast<std::uint64_t>(zxid.value));
}

std::string temporary_path(const std::string& path) {
  return path + std::string(kTemporarySuffix);
}

std::string received_path(const std::string& directory, Zxid zxid) {
  return directory + "/" + numbered_name(kReceivedPrefix, static_cast<std::uint64_t>(zxid.value));
}

DiskResult<std::vector<Zxid>> list_snapshots(Disk& disk, const std::string& directory) {
  auto names = disk.list(directory);
  if (!names) return std::unexpected(std::move(names).error());
  std::vector<Zxid> zxids;
  for (const std::string& name : *names) {
    if (const auto zxid = number_of(name, kPrefix)) {
      zxids.push_back(Zxid{static_cast<std::int64_t>(*zxid)});
    }
  }
  return zxids;
}

Result<> remove_unfinished_snapshots(Disk& disk, const std::string& directory) {
  auto names = disk.list(directory);
  if (!names) return std::unexpected(std::move(names).error());
  for (const std::string& name : *names) {
    if (is_unfinished(name)) PADDOCK_TRY(disk.remove(directory + "/" + name));
  }
  return {};
}

RetentionPlan plan_retention(const std::vector<KnownSnapshot>& snapshots, std::size_t keep) {
  PADDOCK_ASSERT(keep > 0);
  RetentionPlan plan;
  std::size_t verified = 0;
  std::size_t oldest_kept = snapshots.size();
  while (oldest_kept > 0 && verified < keep) {
    --oldest_kept;
    if (snapshots[oldest_kept].verified) {
      ++verified;
      plan.log_from = snapshots[oldest_kept].zxid;
    }
  }
  if (verified < keep) return {};
  for (std::size_t i = 0; i < oldest_kept; ++i) {
    if (snapshots[i].in_use) {
      plan.log_from = std::min(plan.log_from, snapshots[i].zxid);
    } else {
      plan.remove.push_back(snapshots[i].zxid);
    }
  }
  return plan;
}

}  // namespace paddock::storage
