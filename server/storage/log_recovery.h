// SPDX-License-Identifier: Apache-2.0
//
// Finds out what a log's directory holds and where the log ends. A torn tail, that is a chain that
// ends with no sign of anything durable behind it, is the end; a chain that ends before something
// that was durable is damage, and nothing is changed then. Evidence of durability: what a record
// says was synced when it was written, the header of a later segment, and what the caller knows.
// Called once, by Log::open.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "storage/log_format.h"
#include "storage/log_options.h"
#include "storage/segment_files.h"

namespace paddock::storage {

struct TornRemains {
  std::uint64_t sequence = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct RecoveredLog {
  /// The headers of the log's segments, oldest first; the last is the one to append to, unless
  /// sealed.
  std::vector<SegmentHeader> segments;
  /// A prepared segment follows the last.
  bool has_spare = false;
  /// Segments that are no part of the log any more.
  std::vector<std::uint64_t> leftovers;
  /// Where a torn batch left right records behind the end. They have to go: if the records before
  /// them are written once more, byte by byte the same, they would continue the chain.
  std::vector<TornRemains> torn;

  /// Behind the last record: its place in the last segment, its checksum, its zxid.
  std::uint64_t end = kSegmentHeaderBytes;
  std::uint64_t chain = 0;
  Zxid last;
  /// From this offset of the last segment on, nothing proves that the records were ever durable.
  std::uint64_t unproven = kSegmentHeaderBytes;
};

/// `sequences` are those of files.scan().
[[nodiscard]] LogResult<RecoveredLog> recover_log(const SegmentFiles& files,
                                                  const std::vector<std::uint64_t>& sequences,
                                                  std::uint64_t log_id,
                                                  LogStart start);

}  // namespace paddock::storage
