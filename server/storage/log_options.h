// SPDX-License-Identifier: Apache-2.0
//
// How a log is configured, what is known when it is opened, and why it may not open.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/error.h"
#include "base/ids.h"

namespace paddock::storage {

enum class SyncPolicy : std::uint8_t {
  Always,
  /// ZooKeeper's forceSync=no: a commit is as durable as the operating system pleases.
  Never,
};

struct LogOptions {
  std::string directory;
  /// Ties the segments to the data directory that they belong to.
  std::uint64_t log_id = 0;
  std::uint64_t segment_bytes = std::uint64_t{64} << 20U;
  /// Retired segments that wait for use; more are removed.
  std::size_t retired_max = 2;
  SyncPolicy sync = SyncPolicy::Always;
};

/// What the caller knows when it opens a log.
struct LogStart {
  /// The state that the log continues: every record above it is needed, none below.
  Zxid from{};
  /// A zxid that is known to have been durable, from elsewhere: an end below it is damage.
  Zxid durable{};
  /// How the last user of the log ended. After a clean end, with `durable` its last record, there
  /// is nothing behind the end that would have to be searched for.
  bool clean = false;
};

enum class LogFault : std::uint8_t {
  /// The directory holds no segment.
  Missing,
  /// The log starts above what is needed.
  Gap,
  /// A record that was durable cannot be read.
  Damaged,
  /// The segments belong to another data directory.
  Foreign,
  NewerFormat,
  Io,
};

struct LogError : Error {
  LogFault fault = LogFault::Io;
};

template <class T = void>
using LogResult = std::expected<T, LogError>;

}  // namespace paddock::storage
