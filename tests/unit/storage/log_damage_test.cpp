// SPDX-License-Identifier: Apache-2.0
//
// Segment files that something else than a crash has shortened: whatever they held may have been
// durable, so a log that needs them is refused, however harmless what is left looks.
#include <string>

#include <gtest/gtest.h>

#include "log_helpers.h"

namespace paddock::storage {
namespace {

using testing::commit;
using testing::create_log;
using testing::FakeDisk;
using testing::kLogDirectory;
using testing::open_log;
using testing::range;
using testing::small_log;
using testing::zxids_of;

std::string segment(int sequence) {
  return kLogDirectory + "/segment.000000000000000" + std::to_string(sequence);
}

/// Segments 1 to 3 in use and a prepared one, number 4.
void four_segments(FakeDisk& disk) {
  auto log = create_log(disk);
  std::int64_t zxid = 0;
  while (!disk.exists(segment(3))) {
    ++zxid;
    ASSERT_TRUE(commit(*log, zxid, zxid));
  }
  ASSERT_TRUE(log->prepare_spare());
  ASSERT_TRUE(disk.exists(segment(4)));
}

void cut(FakeDisk& disk, const std::string& path, std::size_t size) {
  disk.set_contents(path, disk.contents(path).substr(0, size));
}

void expect_damaged(FakeDisk& disk, const std::string& text, LogStart start = {}) {
  const auto log = Log::open(disk, small_log(), start);
  ASSERT_FALSE(log.has_value());
  EXPECT_EQ(log.error().fault, LogFault::Damaged);
  EXPECT_NE(log.error().message.find(text), std::string::npos) << log.error().message;
}

TEST(LogDamage, RefusesASegmentThatWasCutOff) {
  for (const int sequence : {1, 2, 3}) {
    for (const std::size_t size : {0U, 44U, 63U, 64U, 100U, 512U, 4096U, 8191U}) {
      SCOPED_TRACE(std::to_string(sequence) + " at " + std::to_string(size));
      FakeDisk disk;
      four_segments(disk);
      cut(disk, segment(sequence), size);
      expect_damaged(disk, segment(sequence));
    }
  }
}

// Found by fuzzing: a header of which the rest would be zeros passed for a whole one, and
// everything behind it had been cut off as well.
TEST(LogDamage, RefusesALogOfWhichAPieceOfAHeaderIsLeft) {
  FakeDisk disk;
  four_segments(disk);
  cut(disk, segment(1), 44);
  for (const int sequence : {2, 3, 4}) cut(disk, segment(sequence), 0);
  expect_damaged(disk, "the header of " + segment(1) + " is unreadable");
}

// The last segment may look like one that was only prepared.
TEST(LogDamage, RefusesAPreparedSegmentThatWasCutOff) {
  FakeDisk disk;
  four_segments(disk);
  cut(disk, segment(4), 0);
  expect_damaged(disk, segment(4) + " is cut off at 0");
}

TEST(LogDamage, KnowsFilesThatWerePreparedWithAnotherSize) {
  for (const std::uint64_t size : {4096U, 16384U}) {
    SCOPED_TRACE(size);
    FakeDisk disk;
    four_segments(disk);
    auto log = open_log(disk, small_log(size));
    const std::int64_t last = log->last().value;
    for (std::int64_t zxid = last + 1; zxid <= last + 300; ++zxid) {
      ASSERT_TRUE(commit(*log, zxid, zxid));
    }
    log.reset();
    EXPECT_EQ(zxids_of(*open_log(disk, small_log(size)), Zxid{0}), range(1, last + 300));
  }
}

TEST(LogDamage, DoesNotMindSegmentsThatAreNotNeeded) {
  FakeDisk disk;
  four_segments(disk);
  const Zxid last = open_log(disk)->last();
  cut(disk, segment(1), 100);

  const LogStart start{.from = Zxid{last.value - 5}, .durable = last};
  auto log = open_log(disk, small_log(), start);

  EXPECT_EQ(zxids_of(*log, start.from), range(start.from.value + 1, last.value));
}

}  // namespace
}  // namespace paddock::storage
