// SPDX-License-Identifier: Apache-2.0
//
// What the log's tests share: records whose payload follows from their zxid, and a log on a fake
// disk.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/prng.h"
#include "fake_disk/fake_disk.h"
#include "storage/log.h"

namespace paddock::storage::testing {

using fake_disk::FakeDisk;

inline const std::string kLogDirectory = "/log";

/// Sizes vary from nothing to about two sectors, and are the same for the same zxid.
inline std::string payload_of(Zxid zxid) {
  Prng prng(static_cast<std::uint64_t>(zxid.value));
  const std::uint64_t shape = prng.below(10);
  const std::size_t size = shape == 0 ? 0 : shape == 1 ? 1000 + prng.below(200) : prng.below(120);
  std::string payload(size, '\0');
  for (char& byte : payload) byte = static_cast<char>(prng());
  return payload;
}

inline LogOptions small_log(std::uint64_t segment_bytes = 8192) {
  return {
      .directory = kLogDirectory, .log_id = 77, .segment_bytes = segment_bytes, .retired_max = 2};
}

inline LogBatch batch_of(std::int64_t first, std::int64_t last) {
  LogBatch batch;
  for (std::int64_t zxid = first; zxid <= last; ++zxid)
    batch.add(Zxid{zxid}, payload_of(Zxid{zxid}));
  return batch;
}

inline Result<Zxid> commit(Log& log, std::int64_t first, std::int64_t last) {
  LogBatch batch = batch_of(first, last);
  return log.commit(batch);
}

/// Reads all records above `from` and checks their payloads.
inline std::vector<std::int64_t> zxids_of(Log& log, Zxid from) {
  std::vector<std::int64_t> zxids;
  const auto done = log.replay(from, [&](Zxid zxid, View payload) -> Result<> {
    EXPECT_EQ(payload, payload_of(zxid)) << "of " << zxid.value;
    zxids.push_back(zxid.value);
    return {};
  });
  EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message);
  return zxids;
}

inline std::vector<std::int64_t> range(std::int64_t first, std::int64_t last) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t number = first; number <= last; ++number) numbers.push_back(number);
  return numbers;
}

inline std::unique_ptr<Log> create_log(FakeDisk& disk,
                                       const LogOptions& options = small_log(),
                                       Zxid base = Zxid{0}) {
  disk.create_directories(options.directory);
  auto log = Log::create(disk, options, base);
  EXPECT_TRUE(log.has_value()) << (log ? "" : log.error().message);
  return log ? std::move(*log) : nullptr;
}

/// Opens a log that must be healthy.
inline std::unique_ptr<Log> open_log(FakeDisk& disk,
                                     const LogOptions& options = small_log(),
                                     LogStart start = {}) {
  auto log = Log::open(disk, options, start);
  EXPECT_TRUE(log.has_value()) << (log ? "" : log.error().message);
  return log ? std::move(*log) : nullptr;
}

}  // namespace paddock::storage::testing
