// SPDX-License-Identifier: Apache-2.0
#include "storage/log.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "log_helpers.h"
#include "storage/log_format.h"

namespace paddock::storage {
namespace {

using testing::batch_of;
using testing::commit;
using testing::create_log;
using testing::FakeDisk;
using testing::kLogDirectory;
using testing::open_log;
using testing::payload_of;
using testing::range;
using testing::small_log;
using testing::zxids_of;

std::size_t segments_in(FakeDisk& disk, std::string_view prefix = "segment.") {
  const auto names = disk.list(kLogDirectory);
  return static_cast<std::size_t>(std::ranges::count_if(
      *names, [&](const std::string& name) { return name.starts_with(prefix); }));
}

TEST(LogBatch, HoldsWhatWasAddedInOrder) {
  LogBatch batch;
  EXPECT_TRUE(batch.empty());

  batch.add(Zxid{5}, "five");
  std::ranges::copy(std::string_view("seven"), batch.add(Zxid{7}, 5).begin());

  EXPECT_EQ(batch.records(), 2U);
  EXPECT_EQ(batch.first_zxid(), Zxid{5});
  EXPECT_EQ(batch.last_zxid(), Zxid{7});
  EXPECT_EQ(batch.bytes(), frame_bytes(4) + frame_bytes(5));
}

TEST(LogBatch, LeavesAnAppendedBatchEmptyAndWarm) {
  LogBatch first = batch_of(1, 3);
  LogBatch second = batch_of(4, 6);

  first.append(std::move(second));

  EXPECT_EQ(first.records(), 6U);
  EXPECT_EQ(first.last_zxid(), Zxid{6});
  EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move): append() says so
  second.add(Zxid{9}, "again");
  EXPECT_EQ(second.records(), 1U);
}

TEST(Log, ReturnsWhatWasCommittedAfterReopening) {
  FakeDisk disk;
  auto log = create_log(disk);
  EXPECT_EQ(commit(*log, 1, 5), Zxid{5});
  EXPECT_EQ(commit(*log, 6, 6), Zxid{6});
  log.reset();

  log = open_log(disk);

  EXPECT_EQ(log->base(), Zxid{0});
  EXPECT_EQ(log->last(), Zxid{6});
  EXPECT_EQ(zxids_of(*log, Zxid{0}), range(1, 6));
  EXPECT_EQ(zxids_of(*log, Zxid{4}), range(5, 6));
}

TEST(Log, TakesZxidsWithGaps) {
  FakeDisk disk;
  auto log = create_log(disk);
  LogBatch batch;
  for (const Zxid zxid : {Zxid::of(1, 3), Zxid::of(2, 1), Zxid::of(7, 9)}) {
    batch.add(zxid, payload_of(zxid));
  }

  EXPECT_EQ(log->commit(batch), Zxid::of(7, 9));

  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(zxids_of(*log, Zxid::of(1, 3)),
            (std::vector{Zxid::of(2, 1).value, Zxid::of(7, 9).value}));
}

TEST(Log, WritesAndSyncsOncePerBatch) {
  FakeDisk disk;
  auto log = create_log(disk, small_log(1 << 20));
  ASSERT_TRUE(commit(*log, 1, 1));
  const std::uint64_t before = disk.operations();

  ASSERT_TRUE(commit(*log, 2, 100));

  EXPECT_EQ(disk.operations() - before, 2U);
}

TEST(Log, RollsToAPreparedSegmentWithoutExtraOperations) {
  FakeDisk disk;
  auto log = create_log(disk);
  std::int64_t next = 1;
  EXPECT_TRUE(log->wants_spare());
  ASSERT_TRUE(log->prepare_spare());
  EXPECT_FALSE(log->wants_spare());
  while (!log->wants_spare()) {
    const std::uint64_t before = disk.operations();
    ASSERT_TRUE(commit(*log, next, next + 4));
    EXPECT_EQ(disk.operations() - before, 2U);
    next += 5;
  }

  log.reset();
  EXPECT_EQ(zxids_of(*open_log(disk), Zxid{0}), range(1, next - 1));
}

TEST(Log, MakesASegmentByItselfIfNoneIsPrepared) {
  FakeDisk disk;
  auto log = create_log(disk);
  for (std::int64_t next = 1; next < 300; ++next) ASSERT_TRUE(commit(*log, next, next));

  EXPECT_GT(segments_in(disk), 3U);
  EXPECT_EQ(zxids_of(*log, Zxid{0}), range(1, 299));
  log.reset();
  EXPECT_EQ(zxids_of(*open_log(disk), Zxid{100}), range(101, 299));
}

TEST(Log, StoresABatchLargerThanASegment) {
  FakeDisk disk;
  auto log = create_log(disk);
  LogBatch batch;
  const std::string large(300000, 'x');
  for (std::int64_t zxid = 1; zxid <= 5; ++zxid) batch.add(Zxid{zxid}, large);
  ASSERT_TRUE(log->commit(batch));
  log.reset();

  log = open_log(disk);

  std::int64_t seen = 0;
  ASSERT_TRUE(log->replay(Zxid{0}, [&](Zxid zxid, View payload) -> Result<> {
    EXPECT_EQ(zxid.value, ++seen);
    EXPECT_EQ(payload, large);
    return {};
  }));
  EXPECT_EQ(seen, 5);
}

TEST(Log, RecyclesReleasedSegments) {
  FakeDisk disk;
  auto log = create_log(disk);
  std::uint64_t used = 0;
  for (std::int64_t next = 1; next < 2000; next += 5) {
    ASSERT_TRUE(log->prepare_spare());
    ASSERT_TRUE(commit(*log, next, next + 4));
    ASSERT_TRUE(log->release_up_to(Zxid{next}));
    if (next == 501) used = disk.used();
  }

  EXPECT_EQ(disk.used(), used) << "no more files than in the beginning";
  EXPECT_GT(log->base(), Zxid{1900});
  const Zxid base = log->base();
  EXPECT_EQ(zxids_of(*log, base), range(base.value + 1, 2000));
  log.reset();
  EXPECT_EQ(zxids_of(*open_log(disk, small_log(), {.from = base}), base),
            range(base.value + 1, 2000));
}

TEST(Log, KeepsNoMoreRetiredSegmentsThanConfigured) {
  FakeDisk disk;
  auto log = create_log(disk);
  for (std::int64_t next = 1; next < 500; ++next) ASSERT_TRUE(commit(*log, next, next));
  ASSERT_GT(segments_in(disk), 5U);

  ASSERT_TRUE(log->release_up_to(log->last()));

  EXPECT_EQ(segments_in(disk), 1U);
  EXPECT_EQ(segments_in(disk, "retired."), 2U);
}

TEST(Log, DoesNotReuseRetiredFilesOfAnotherSize) {
  FakeDisk disk;
  auto log = create_log(disk);
  for (std::int64_t next = 1; next < 200; ++next) ASSERT_TRUE(commit(*log, next, next));
  ASSERT_TRUE(log->release_up_to(log->last()));
  const Zxid base = log->base();
  log.reset();

  log = open_log(disk, small_log(16384), {.from = base});
  ASSERT_TRUE(log->prepare_spare());

  EXPECT_EQ(segments_in(disk, "retired."), 0U);
  EXPECT_EQ(disk.contents(kLogDirectory + "/" + disk.list(kLogDirectory)->back()).size(), 16384U);
}

TEST(Log, RefusesToReadBelowItsBase) {
  FakeDisk disk;
  auto log = create_log(disk, small_log(), Zxid{50});

  const auto reader = log->read(Zxid{49});

  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().fault, LogFault::Gap);
  EXPECT_NE(reader.error().message.find("0x32"), std::string::npos) << reader.error().message;
  EXPECT_TRUE(log->read(Zxid{50}));
}

TEST(LogReader, FollowsTheLogAsItGrowsOverSegments) {
  FakeDisk disk;
  auto log = create_log(disk);
  auto reader = log->read(Zxid{0});
  ASSERT_TRUE(reader);

  for (std::int64_t zxid = 1; zxid < 200; ++zxid) {
    auto none = (*reader)->next();
    ASSERT_TRUE(none) << none.error().message;
    ASSERT_FALSE(none->has_value());
    ASSERT_TRUE(commit(*log, zxid, zxid));
    auto record = (*reader)->next();
    ASSERT_TRUE(record) << record.error().message;
    ASSERT_TRUE(record->has_value());
    EXPECT_EQ((*record)->zxid, Zxid{zxid});
    EXPECT_EQ((*record)->payload, payload_of(Zxid{zxid}));
    EXPECT_EQ((*reader)->position(), Zxid{zxid});
  }
}

TEST(LogReader, TellsWhetherTheLogHasTheZxidItStartsFrom) {
  FakeDisk disk;
  auto log = create_log(disk);
  LogBatch batch;
  for (std::int64_t zxid = 10; zxid < 1000; zxid += 10) batch.add(Zxid{zxid}, "x");
  ASSERT_TRUE(log->commit(batch));

  EXPECT_EQ((*log->read(Zxid{500}))->position(), Zxid{500});
  EXPECT_EQ((*log->read(Zxid{509}))->position(), Zxid{500});
  EXPECT_EQ((*log->read(Zxid{9}))->position(), Zxid{0});
  EXPECT_EQ((*log->read(Zxid{2000}))->position(), Zxid{990});
}

/// Asks the log from every zxid on: the position is the highest record not above it, or the base,
/// and the next record is the one behind.
void expect_positions(Log& log, const std::vector<std::int64_t>& records) {
  for (std::int64_t from = log.base().value; from <= records.back() + 5; ++from) {
    const auto above = std::ranges::upper_bound(records, from);
    const std::int64_t position = above == records.begin() ? log.base().value : *std::prev(above);
    auto reader = log.read(Zxid{from});
    ASSERT_TRUE(reader) << reader.error().message;
    ASSERT_EQ((*reader)->position(), Zxid{std::max(position, log.base().value)}) << from;
    const auto next = (*reader)->next();
    ASSERT_TRUE(next) << next.error().message;
    ASSERT_EQ(next->has_value(), above != records.end()) << from;
    if (next->has_value()) {
      ASSERT_EQ((*next)->zxid, Zxid{*above}) << from;
    }
  }
}

TEST(LogReader, FindsItsPlaceFromEveryZxidOverSegmentsTruncationAndRelease) {
  FakeDisk disk;
  auto log = create_log(disk, small_log(4096), Zxid{7});
  std::vector<std::int64_t> records;
  const auto fill = [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t zxid = first; zxid <= last; zxid += 3) {
      LogBatch batch;
      batch.add(Zxid{zxid}, payload_of(Zxid{zxid}));
      ASSERT_TRUE(log->commit(batch));
      records.push_back(zxid);
    }
  };
  fill(10, 400);
  expect_positions(*log, records);

  ASSERT_TRUE(log->truncate(Zxid{222}));
  std::erase_if(records, [](std::int64_t zxid) { return zxid > 222; });
  expect_positions(*log, records);
  fill(230, 500);
  expect_positions(*log, records);

  ASSERT_TRUE(log->release_up_to(Zxid{300}));
  ASSERT_GT(log->base(), Zxid{200});
  expect_positions(*log, records);
}

TEST(LogReader, KeepsWhatItHasStillToReadFromBeingReleased) {
  FakeDisk disk;
  auto log = create_log(disk);
  for (std::int64_t zxid = 1; zxid < 100; ++zxid) ASSERT_TRUE(commit(*log, zxid, zxid));
  auto reader = log->read(Zxid{0});

  ASSERT_TRUE(log->release_up_to(log->last()));
  EXPECT_EQ(log->base(), Zxid{0});
  for (std::int64_t zxid = 1; zxid < 100; ++zxid) {
    auto record = (*reader)->next();
    ASSERT_TRUE(record && record->has_value());
    EXPECT_EQ((*record)->payload, payload_of(Zxid{zxid}));
  }

  reader->reset();
  ASSERT_TRUE(log->release_up_to(log->last()));
  EXPECT_GT(log->base(), Zxid{0});
}

TEST(Log, TakesNothingAfterAFailedWriteOrSync) {
  for (const std::uint64_t operation : {1U, 2U}) {
    FakeDisk disk;
    auto log = create_log(disk);
    ASSERT_TRUE(commit(*log, 1, 3));
    disk.fail_at(disk.operations() + operation);

    EXPECT_FALSE(commit(*log, 4, 6));
    EXPECT_FALSE(commit(*log, 7, 9));
    EXPECT_EQ(log->last(), Zxid{3});

    log.reset();
    const auto zxids = zxids_of(*open_log(disk), Zxid{0});
    EXPECT_GE(zxids.size(), 3U);
  }
}

// A process that dies behind a failed sync is started again: what it finds in memory is not on the
// disk.
TEST(Log, WritesAgainWhatAFailedSyncHasLost) {
  FakeDisk disk;
  auto log = create_log(disk);
  ASSERT_TRUE(commit(*log, 1, 3));
  disk.fail_at(disk.operations() + 2);
  ASSERT_FALSE(commit(*log, 4, 6));
  log.reset();
  log = open_log(disk);
  ASSERT_EQ(zxids_of(*log, Zxid{0}), range(1, 6));
  ASSERT_TRUE(commit(*log, 7, 7));
  log.reset();

  Prng prng(1);
  disk.crash_now();
  disk.reboot(prng);

  EXPECT_EQ(zxids_of(*open_log(disk), Zxid{0}), range(1, 7));
}

TEST(Log, StopsWhenTheDiskIsFull) {
  FakeDisk disk;
  auto log = create_log(disk);
  disk.set_capacity(disk.used() + 1000);
  std::int64_t next = 1;
  auto result = commit(*log, next, next);
  while (result) {
    ++next;
    ASSERT_LT(next, 1000);
    result = commit(*log, next, next);
  }

  EXPECT_NE(result.error().message.find("no space left"), std::string::npos);
  EXPECT_LE(disk.used(), 8192U) << "the half made segment does not stay";
  disk.set_capacity(1 << 20);
  log.reset();
  EXPECT_EQ(zxids_of(*open_log(disk), Zxid{0}), range(1, next - 1));
}

TEST(Log, WithoutSyncCommitsWithoutSync) {
  FakeDisk disk;
  LogOptions options = small_log(1 << 20);
  options.sync = SyncPolicy::Never;
  auto log = create_log(disk, options);
  const std::uint64_t before = disk.syncs();

  for (std::int64_t zxid = 1; zxid < 50; ++zxid) ASSERT_TRUE(commit(*log, zxid, zxid));

  EXPECT_EQ(disk.syncs(), before);
  EXPECT_EQ(zxids_of(*log, Zxid{0}), range(1, 49));
}

TEST(Log, RestartsAboveAnotherZxid) {
  FakeDisk disk;
  auto log = create_log(disk);
  for (std::int64_t zxid = 1; zxid < 200; ++zxid) ASSERT_TRUE(commit(*log, zxid, zxid));
  auto reader = log->read(Zxid{0});

  ASSERT_TRUE(log->restart(Zxid{5000}));

  EXPECT_EQ(log->base(), Zxid{5000});
  EXPECT_EQ(log->last(), Zxid{5000});
  EXPECT_FALSE((*reader)->next());
  reader->reset();
  ASSERT_TRUE(commit(*log, 5001, 5003));
  EXPECT_EQ(zxids_of(*log, Zxid{5000}), range(5001, 5003));
  log.reset();
  log = open_log(disk, small_log(), {.from = Zxid{5000}});
  EXPECT_EQ(zxids_of(*log, Zxid{5000}), range(5001, 5003));
}

TEST(Log, RestartsBelowItsEnd) {
  FakeDisk disk;
  auto log = create_log(disk);
  for (std::int64_t zxid = 1; zxid < 200; ++zxid) ASSERT_TRUE(commit(*log, zxid, zxid));

  ASSERT_TRUE(log->restart(Zxid{10}));
  ASSERT_TRUE(commit(*log, 11, 20));
  log.reset();

  log = open_log(disk, small_log(), {.from = Zxid{10}});
  EXPECT_EQ(zxids_of(*log, Zxid{10}), range(11, 20));
}

// ZOOKEEPER-1154, 1156, 1489: truncation kept or deleted the wrong records across files.
TEST(Log, TruncatesAtEveryRecord) {
  constexpr std::int64_t kLast = 120;
  for (std::int64_t keep = 0; keep <= kLast; ++keep) {
    SCOPED_TRACE(keep);
    FakeDisk disk;
    auto log = create_log(disk);
    for (std::int64_t zxid = 1; zxid <= kLast; zxid += 3) ASSERT_TRUE(commit(*log, zxid, zxid + 2));
    if (keep % 2 == 0) {
      ASSERT_TRUE(log->prepare_spare());
    }

    ASSERT_TRUE(log->truncate(Zxid{keep}));

    ASSERT_EQ(log->last(), Zxid{keep});
    ASSERT_EQ(zxids_of(*log, Zxid{0}), range(1, keep));
    log.reset();
    log = open_log(disk);
    ASSERT_EQ(zxids_of(*log, Zxid{0}), range(1, keep));
    ASSERT_TRUE(commit(*log, keep + 1, keep + 50));
    ASSERT_TRUE(log->truncate(Zxid{keep + 2}));
    ASSERT_TRUE(commit(*log, keep + 3, keep + 3));
    log.reset();
    ASSERT_EQ(zxids_of(*open_log(disk), Zxid{0}), range(1, keep + 3));
  }
}

TEST(Log, TruncatesBetweenRecordsAndTwice) {
  FakeDisk disk;
  auto log = create_log(disk);
  LogBatch batch;
  for (std::int64_t zxid = 10; zxid <= 100; zxid += 10)
    batch.add(Zxid{zxid}, payload_of(Zxid{zxid}));
  ASSERT_TRUE(log->commit(batch));

  ASSERT_TRUE(log->truncate(Zxid{75}));
  EXPECT_EQ(log->last(), Zxid{70});
  ASSERT_TRUE(log->truncate(Zxid{33}));
  EXPECT_EQ(log->last(), Zxid{30});
  ASSERT_TRUE(log->truncate(Zxid{9}));

  EXPECT_EQ(log->last(), Zxid{0});
  ASSERT_TRUE(commit(*log, 1, 2));
  log.reset();
  EXPECT_EQ(zxids_of(*open_log(disk), Zxid{0}), range(1, 2));
}

TEST(Log, RefusesToTruncateBelowItsBase) {
  FakeDisk disk;
  auto log = create_log(disk, small_log(), Zxid{50});
  ASSERT_TRUE(commit(*log, 51, 60));

  EXPECT_FALSE(log->truncate(Zxid{49}));

  EXPECT_TRUE(commit(*log, 61, 61)) << "and goes on";
  ASSERT_TRUE(log->truncate(Zxid{50}));
  EXPECT_EQ(log->last(), Zxid{50});
}

}  // namespace
}  // namespace paddock::storage
