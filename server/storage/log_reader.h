// SPDX-License-Identifier: Apache-2.0
//
// Reads the records of a log in order, verifying each, up to what is durable at the time. Any
// thread, one at a time. While it lives, segments that it has still to read are not recycled.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"

namespace paddock::storage {

struct LogRecord {
  Zxid zxid;
  View payload;  // valid until the reader is used again
};

class LogReader {
 public:
  LogReader() = default;
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;
  virtual ~LogReader() = default;

  /// The next record, or none when all that is durable has been read; more may come later.
  /// *Errors*: a record is damaged, the disk fails, or the log was truncated or restarted
  /// meanwhile.
  [[nodiscard]] virtual Result<std::optional<LogRecord>> next() = 0;

  /// The zxid of the last record that was passed: at first `from` itself, if the log has it, or the
  /// highest below it.
  [[nodiscard]] virtual Zxid position() const = 0;
};

}  // namespace paddock::storage
