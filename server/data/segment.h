// SPDX-License-Identifier: Apache-2.0
//
// One segment file of a log, looked at by itself. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "storage/disk.h"
#include "storage/log_format.h"

namespace paddock::data {

struct SegmentRecord {
  std::uint64_t offset = 0;
  Zxid zxid;
  View payload;
};

struct SegmentSummary {
  /// False: prepared for use, or recycled and not begun.
  bool is_begun = false;
  storage::SegmentHeader header{};
  std::uint64_t records = 0;
  Zxid first{};
  Zxid last{};
  /// Behind the last record.
  std::uint64_t end = 0;
  /// What is up to here is proved to have been durable.
  Zxid durable{};
};

/// Reads the records of a segment in order and calls `each`, which may be empty. *Errors*: it
/// cannot be read, `each` has refused, or the file holds durable records that cannot be read.
[[nodiscard]] Result<SegmentSummary> walk_segment(
    storage::Disk& disk,
    const std::string& path,
    const std::function<Result<>(const SegmentRecord&)>& each = {});

}  // namespace paddock::data
