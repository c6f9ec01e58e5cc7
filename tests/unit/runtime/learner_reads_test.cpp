// SPDX-License-Identifier: Apache-2.0
#include "runtime/learner_reads.h"

#include <future>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "disk_fixture.h"
#include "runtime/learner_read_thread.h"

namespace paddock::runtime {
namespace {

using testing::commit;
using testing::FakeDisk;
using testing::open_store;
using testing::payload_of;
using testing::range;
using testing::take_snapshot;

constexpr ServerId kLearner{2};
constexpr ServerId kOther{3};

LearnerReadsOptions small_pieces() {
  return {.batch_bytes = 1000, .batch_records = 7, .piece_bytes = 50, .idle_max = seconds(10)};
}

/// A leader's disk and what reads from it.
struct Leader {
  Leader() : store(open_store(disk)), reads(*store, small_pieces()) {}

  zab::LogReadResult read_log(Zxid after, ServerId learner = kLearner) {
    return reads.read(zab::LogRead{.learner = learner, .ticket = ++ticket, .after = after}, now);
  }
  zab::SnapshotReadResult read_snapshot(Zxid zxid,
                                        std::uint64_t offset,
                                        ServerId learner = kLearner) {
    return reads.read(
        zab::SnapshotRead{.learner = learner, .ticket = ++ticket, .zxid = zxid, .offset = offset},
        now);
  }
  /// The log's segments that are on the disk.
  [[nodiscard]] Zxid base() const { return store->log().base(); }
  [[nodiscard]] std::string snapshot_file(Zxid zxid) const {
    return disk.contents(storage::snapshot_path(testing::kHome, zxid));
  }

  FakeDisk disk;
  std::unique_ptr<storage::Store> store;
  LearnerReads reads;
  MonotonicTime now{seconds(100)};
  std::uint64_t ticket = 0;
};

std::vector<std::int64_t> zxids_of(const zab::LogReadResult& result) {
  std::vector<std::int64_t> zxids;
  EXPECT_TRUE(result.is_there);
  if (!result.is_there) return zxids;
  for (const zab::Entry& entry : result.batch->entries()) {
    EXPECT_EQ(result.batch->payload(entry), payload_of(entry.zxid));
    zxids.push_back(entry.zxid.value);
  }
  return zxids;
}

/// Reads on until there is no more.
std::vector<std::int64_t> all_above(Leader& leader, Zxid after) {
  std::vector<std::int64_t> zxids;
  for (;;) {
    const auto result = leader.read_log(after);
    EXPECT_TRUE(result.is_there);
    EXPECT_EQ(result.position, after);
    if (!result.is_there || result.batch->empty()) return zxids;
    EXPECT_LE(result.batch->size(), 7U);
    EXPECT_LE(result.batch->bytes(), 1200U);
    const auto more = zxids_of(result);
    zxids.insert(zxids.end(), more.begin(), more.end());
    after = result.batch->last();
  }
}

TEST(LearnerReads, GiveTheLogInBoundedBatches) {
  Leader leader;
  commit(*leader.store, 1, 100);

  const auto result = leader.read_log(Zxid{0});
  EXPECT_EQ(result.learner, kLearner);
  EXPECT_EQ(result.ticket, 1U);
  EXPECT_TRUE(result.is_there);
  EXPECT_EQ(result.position, Zxid{0});
  EXPECT_EQ(zxids_of(result), range(1, 7));

  EXPECT_EQ(all_above(leader, Zxid{7}), range(8, 100));
  EXPECT_EQ(all_above(leader, Zxid{20}), range(21, 100)) << "back, as another epoch may ask";
}

TEST(LearnerReads, EndABatchByItsBytes) {
  Leader leader;
  storage::LogBatch batch;
  for (std::int64_t zxid = 1; zxid <= 5; ++zxid) batch.add(Zxid{zxid}, std::string(600, 'x'));
  ASSERT_TRUE(leader.store->log().commit(batch));

  EXPECT_EQ(leader.read_log(Zxid{0}).batch->size(), 2U);
}

TEST(LearnerReads, TellWhereTheLogHasNotWhatIsAskedFor) {
  Leader leader;
  storage::LogBatch batch;
  for (std::int64_t zxid = 10; zxid <= 100; zxid += 10) {
    batch.add(Zxid{zxid}, payload_of(Zxid{zxid}));
  }
  ASSERT_TRUE(leader.store->log().commit(batch));

  EXPECT_EQ(leader.read_log(Zxid{35}).position, Zxid{30});
  EXPECT_EQ(leader.read_log(Zxid{35}).batch->first(), Zxid{40});
  EXPECT_EQ(leader.read_log(Zxid{5}).position, Zxid{0});
  const auto above = leader.read_log(Zxid{500});
  EXPECT_TRUE(above.is_there);
  EXPECT_EQ(above.position, Zxid{100});
  EXPECT_TRUE(above.batch->empty());
}

TEST(LearnerReads, TellThatTheLogBeginsAboveWhatIsAskedFor) {
  Leader leader;
  commit(*leader.store, 1, 100);
  ASSERT_TRUE(leader.store->log().release_up_to(Zxid{90}));
  ASSERT_GT(leader.base(), Zxid{10});

  EXPECT_FALSE(leader.read_log(Zxid{10}).is_there);
  EXPECT_TRUE(leader.read_log(leader.base()).is_there);
}

TEST(LearnerReads, GoOnWithWhatIsAppendedMeanwhile) {
  Leader leader;
  commit(*leader.store, 1, 5);
  EXPECT_EQ(all_above(leader, Zxid{0}), range(1, 5));
  commit(*leader.store, 6, 40);
  EXPECT_EQ(all_above(leader, Zxid{5}), range(6, 40));
}

TEST(LearnerReads, KeepTheRestOfTheLogUntilTheLearnerIsIdle) {
  Leader leader;
  commit(*leader.store, 1, 100);
  EXPECT_EQ(zxids_of(leader.read_log(Zxid{0})), range(1, 7));
  ASSERT_TRUE(leader.store->log().release_up_to(Zxid{100}));
  EXPECT_EQ(leader.base(), Zxid{0});
  EXPECT_EQ(leader.reads.next_time(), leader.now + seconds(10));

  leader.now = leader.now + seconds(9);
  leader.reads.close_idle(leader.now);
  EXPECT_EQ(zxids_of(leader.read_log(Zxid{7})), range(8, 14));
  leader.now = leader.now + seconds(10);
  leader.reads.close_idle(leader.now);

  EXPECT_EQ(leader.reads.next_time(), MonotonicTime{Duration::max()});
  ASSERT_TRUE(leader.store->log().release_up_to(Zxid{100}));
  EXPECT_GT(leader.base(), Zxid{14});
  EXPECT_FALSE(leader.read_log(Zxid{14}).is_there);
}

TEST(LearnerReads, ReadTheNewHistoryAfterATruncation) {
  Leader leader;
  commit(*leader.store, 1, 100);
  EXPECT_EQ(zxids_of(leader.read_log(Zxid{0})), range(1, 7));
  ASSERT_TRUE(leader.store->truncate(Zxid{10}));
  EXPECT_EQ(zxids_of(leader.read_log(Zxid{7})), range(8, 10));
  commit(*leader.store, 11, 12);
  EXPECT_EQ(zxids_of(leader.read_log(Zxid{10})), range(11, 12));

  ASSERT_TRUE(leader.store->truncate(Zxid{9}));
  const auto above = leader.read_log(Zxid{12});
  EXPECT_TRUE(above.is_there);
  EXPECT_EQ(above.position, Zxid{9});
  EXPECT_TRUE(above.batch->empty());
}

TEST(LearnerReads, GiveWhatIsReadableOfADamagedLog) {
  Leader leader;
  commit(*leader.store, 1, 20);
  // About the tenth record.
  leader.disk.rot(testing::kHome + "/log/segment.0000000000000001", 1600, 0x10);

  const auto first = leader.read_log(Zxid{0});
  EXPECT_EQ(zxids_of(first), range(1, 7));
  const auto second = leader.read_log(Zxid{7});
  EXPECT_TRUE(second.is_there);
  ASSERT_FALSE(second.batch->empty());
  const auto third = leader.read_log(second.batch->last());

  EXPECT_FALSE(third.is_there);
  EXPECT_FALSE(leader.read_log(second.batch->last()).is_there);
}

TEST(LearnerReads, GiveASnapshotInPieces) {
  Leader leader;
  commit(*leader.store, 1, 20);
  take_snapshot(*leader.store, Zxid{20}, std::string(3, 's') + "tate that does not fit into one");
  std::string bytes;
  Zxid zxid;
  do {
    const auto piece = leader.read_snapshot(zxid, bytes.size());
    ASSERT_FALSE(piece.bytes.empty());
    EXPECT_EQ(piece.learner, kLearner);
    EXPECT_EQ(piece.ticket, leader.ticket);
    EXPECT_EQ(piece.zxid, Zxid{20});
    EXPECT_EQ(piece.offset, bytes.size());
    EXPECT_EQ(piece.size, leader.snapshot_file(Zxid{20}).size());
    EXPECT_LE(piece.bytes.size(), 50U);
    bytes += piece.bytes;
    zxid = piece.zxid;
  } while (bytes.size() < leader.snapshot_file(Zxid{20}).size());

  EXPECT_EQ(bytes, leader.snapshot_file(Zxid{20}));
}

TEST(LearnerReads, SayNothingWhereThereIsNoSnapshot) {
  Leader leader;
  EXPECT_TRUE(leader.read_snapshot(Zxid{0}, 0).bytes.empty());
  EXPECT_TRUE(leader.read_snapshot(Zxid{7}, 10).bytes.empty());
}

TEST(LearnerReads, ShipASnapshotToItsEndThoughNewerOnesAreTaken) {
  Leader leader;
  commit(*leader.store, 1, 20);
  take_snapshot(*leader.store, Zxid{20});
  const std::string bytes = leader.snapshot_file(Zxid{20});
  std::string received = leader.read_snapshot(Zxid{0}, 0).bytes;
  commit(*leader.store, 21, 100);
  take_snapshot(*leader.store, Zxid{60});
  take_snapshot(*leader.store, Zxid{100});

  while (received.size() < bytes.size()) {
    received += leader.read_snapshot(Zxid{20}, received.size()).bytes;
  }
  EXPECT_EQ(received, bytes);

  // The learner has installed it and goes on from there.
  EXPECT_EQ(all_above(leader, Zxid{20}), range(21, 100));
  commit(*leader.store, 101, 101);
  take_snapshot(*leader.store, Zxid{101});
  EXPECT_FALSE(leader.disk.exists(storage::snapshot_path(testing::kHome, Zxid{20})));
}

TEST(LearnerReads, BeginTheNewestSnapshotWhereTheOneAskedForIsGone) {
  Leader leader;
  commit(*leader.store, 1, 20);
  take_snapshot(*leader.store, Zxid{20});
  leader.read_snapshot(Zxid{0}, 0);
  leader.now = leader.now + seconds(10);
  leader.reads.close_idle(leader.now);
  commit(*leader.store, 21, 40);
  take_snapshot(*leader.store, Zxid{40});

  const auto piece = leader.read_snapshot(Zxid{20}, 50);

  EXPECT_EQ(piece.zxid, Zxid{40});
  EXPECT_EQ(piece.offset, 0U);
  EXPECT_EQ(piece.bytes, leader.snapshot_file(Zxid{40}).substr(0, 50));
}

TEST(LearnerReads, AnswerNothingIfTheSnapshotCannotBeRead) {
  Leader leader;
  commit(*leader.store, 1, 20);
  take_snapshot(*leader.store, Zxid{20});
  const std::string path = storage::snapshot_path(testing::kHome, Zxid{20});
  leader.read_snapshot(Zxid{0}, 0);
  ASSERT_TRUE((*leader.disk.open(path, storage::OpenMode::ReadWrite))->truncate(60));
  EXPECT_TRUE(leader.read_snapshot(Zxid{20}, 50).bytes.empty()) << "cut off";

  leader.disk.erase(path);
  EXPECT_TRUE(leader.read_snapshot(Zxid{0}, 0).bytes.empty());
  EXPECT_TRUE(leader.read_snapshot(Zxid{20}, 0).bytes.empty());
}

TEST(LearnerReads, LookAgainAtASnapshotThatWasRefused) {
  Leader leader;
  commit(*leader.store, 1, 40);
  take_snapshot(*leader.store, Zxid{40});
  const auto read = [&] {
    return leader.reads.read(zab::SnapshotRead{.learner = kLearner,
                                               .ticket = ++leader.ticket,
                                               .zxid = Zxid{0},
                                               .offset = 0,
                                               .refused = Zxid{40}},
                             leader.now);
  };
  EXPECT_EQ(read().zxid, Zxid{40}) << "it is whole: what was refused was damaged on its way";
  leader.disk.rot(storage::snapshot_path(testing::kHome, Zxid{40}), 30, 1);

  EXPECT_TRUE(read().bytes.empty()) << "so that another one is taken";
  take_snapshot(*leader.store, Zxid{40});
  EXPECT_EQ(read().zxid, Zxid{40});
}

TEST(LearnerReads, KeepLearnersApart) {
  Leader leader;
  commit(*leader.store, 1, 40);

  EXPECT_EQ(zxids_of(leader.read_log(Zxid{0}, kLearner)), range(1, 7));
  EXPECT_EQ(zxids_of(leader.read_log(Zxid{20}, kOther)), range(21, 27));
  take_snapshot(*leader.store, Zxid{40});
  EXPECT_EQ(zxids_of(leader.read_log(Zxid{7}, kLearner)), range(8, 14));
  EXPECT_EQ(leader.read_snapshot(Zxid{0}, 0, kOther).zxid, Zxid{40});
  EXPECT_EQ(zxids_of(leader.read_log(Zxid{14}, kLearner)), range(15, 21));
}

TEST(LearnerReadThread, AnswersInOrder) {
  FakeDisk disk;
  const auto store = open_store(disk);
  commit(*store, 1, 20);
  take_snapshot(*store, Zxid{20});
  std::promise<std::vector<LearnerReadThread::Answer>> promise;
  std::vector<LearnerReadThread::Answer> answers;
  LearnerReadThread thread(*store, small_pieces(), [&](LearnerReadThread::Answer answer) {
    answers.push_back(std::move(answer));
    if (answers.size() == 2) promise.set_value(answers);
  });

  thread.put(zab::LogRead{.learner = kLearner, .ticket = 1, .after = Zxid{3}});
  thread.put(zab::SnapshotRead{.learner = kOther, .ticket = 2, .zxid = {}, .offset = 0});

  const auto seen = promise.get_future().get();
  thread.stop();
  ASSERT_TRUE(std::holds_alternative<zab::LogReadResult>(seen[0]));
  EXPECT_EQ(std::get<zab::LogReadResult>(seen[0]).position, Zxid{3});
  ASSERT_TRUE(std::holds_alternative<zab::SnapshotReadResult>(seen[1]));
  EXPECT_EQ(std::get<zab::SnapshotReadResult>(seen[1]).zxid, Zxid{20});
}

}  // namespace
}  // namespace paddock::runtime
