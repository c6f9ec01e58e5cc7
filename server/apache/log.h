// SPDX-License-Identifier: Apache-2.0
//
// One transaction log file of Apache ZooKeeper. Source: ZooKeeper FileTxnLog.
#pragma once

#include <cstdint>
#include <functional>

#include "apache/txn.h"
#include "base/bytes.h"
#include "base/error.h"

namespace paddock::apache {

struct LogEnd {
  std::uint64_t transactions = 0;
  /// Behind the last one that is whole.
  std::size_t offset = 0;
  /// The last one was not written to its end, as after a crash; ZooKeeper drops it, too.
  bool is_torn = false;
};

/// Calls `each` for every whole transaction, in the file's order. *Errors*: one whose checksum is
/// wrong, which ZooKeeper does not start from either, one that means nothing, or what `each` says.
[[nodiscard]] Result<LogEnd> walk_log(View bytes, const std::function<Result<>(const Txn&)>& each);

}  // namespace paddock::apache
