// SPDX-License-Identifier: Apache-2.0
#include "runtime/disk_worker.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "disk_fixture.h"

namespace paddock::runtime {
namespace {

using testing::batch_of;
using testing::FakeDisk;
using testing::leaders_snapshot;
using testing::open_store;
using testing::range;
using testing::zxids_of;

constexpr std::int64_t kEpoch = 3;

/// A store with its worker.
struct Server {
  explicit Server(FakeDisk& the_disk) : disk(the_disk), store(open_store(disk)), worker(*store) {}

  /// Does one task, which must succeed.
  std::optional<DiskReport> run(DiskTask task) {
    auto report = worker.carry_out(task);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : std::nullopt;
  }
  std::optional<DiskReport> append(std::int64_t first, std::int64_t last) {
    return run(batch_of(first, last));
  }
  [[nodiscard]] bool has_received_files() const {
    const auto names = disk.list(testing::kHome);
    return std::ranges::any_of(
        *names, [](const std::string& name) { return name.starts_with("received."); });
  }

  FakeDisk& disk;
  std::unique_ptr<storage::Store> store;
  DiskWorker worker;
};

/// A piece of a leader's snapshot.
ReceivedPiece piece(Zxid zxid, View bytes, std::size_t from, std::size_t to) {
  return {.epoch = kEpoch,
          .zxid = zxid,
          .offset = from,
          .size = bytes.size(),
          .bytes = std::string(bytes.substr(from, to - from))};
}

DiskReport written(Zxid zxid, std::uint64_t offset) {
  return PieceWritten{.epoch = kEpoch, .zxid = zxid, .offset = offset};
}

bool installs_nothing(const std::optional<DiskReport>& report) {
  return report && std::holds_alternative<InstallFailed>(*report);
}

TEST(DiskWorker, WritesRecordsAndReportsThemOnce) {
  FakeDisk disk;
  Server server(disk);
  DiskTask task = batch_of(1, 9);

  const auto report = server.worker.carry_out(task);

  EXPECT_EQ(report, DiskReport(Durable{Zxid{9}}));
  EXPECT_TRUE(std::get<storage::LogBatch>(task).empty());
  EXPECT_EQ(zxids_of(*server.store), range(1, 9));
}

TEST(DiskWorker, TruncatesAndGoesOn) {
  FakeDisk disk;
  Server server(disk);
  server.append(1, 9);

  EXPECT_EQ(server.run(Truncate{Zxid{4}}), DiskReport(Truncated{Zxid{4}}));
  EXPECT_EQ(server.append(5, 6), DiskReport(Durable{Zxid{6}}));

  EXPECT_EQ(zxids_of(*server.store), range(1, 6));
}

TEST(DiskWorker, KeepsPromises) {
  FakeDisk disk;
  {
    Server server(disk);
    EXPECT_EQ(server.run(PromiseEpochs{.accepted = 5, .current = 4}),
              DiskReport(EpochsPromised{.accepted = 5, .current = 4}));
  }
  const Server server(disk);
  EXPECT_EQ(server.store->metadata().accepted_epoch(), 5);
  EXPECT_EQ(server.store->metadata().current_epoch(), 4);
}

TEST(DiskWorker, RemembersWhetherTheVoteCounts) {
  FakeDisk disk;
  {
    Server server(disk);
    EXPECT_FALSE(server.store->metadata().may_not_vote());
    EXPECT_EQ(server.run(PromiseEpochs{.accepted = 1, .current = 1, .may_vote = false}),
              DiskReport(EpochsPromised{.accepted = 1, .current = 1, .may_vote = false}));
  }
  {
    Server server(disk);
    EXPECT_TRUE(server.store->metadata().may_not_vote());
    server.run(PromiseEpochs{.accepted = 2, .current = 1, .may_vote = true});
  }
  EXPECT_FALSE(Server(disk).store->metadata().may_not_vote());
}

TEST(DiskWorker, NotesWhatIsCommittedWithoutAReport) {
  FakeDisk disk;
  {
    Server server(disk);
    server.append(1, 9);
    EXPECT_EQ(server.run(NoteCommitted{Zxid{7}}), std::nullopt);
  }
  EXPECT_EQ(Server(disk).store->recovery().committed, Zxid{7});
}

TEST(DiskWorker, ALastPieceThatContinuesNothingInstallsNothing) {
  FakeDisk disk;
  Server server(disk);
  server.append(1, 9);
  const Zxid zxid{100};
  const std::string bytes = leaders_snapshot(zxid);

  server.run(piece(zxid, bytes, 0, 50));
  const auto report = server.run(piece(zxid, bytes, 90, bytes.size()));

  EXPECT_TRUE(installs_nothing(report));
  EXPECT_EQ(zxids_of(*server.store), range(1, 9));
  EXPECT_EQ(server.run(piece(zxid, bytes, 50, bytes.size())),
            DiskReport(Installed{.epoch = kEpoch, .zxid = zxid}));
}

TEST(DiskWorker, InstallsASnapshotWithItsLastPiece) {
  FakeDisk disk;
  Server server(disk);
  server.append(1, 9);
  const Zxid zxid{100};
  const std::string bytes = leaders_snapshot(zxid);

  EXPECT_EQ(server.run(piece(zxid, bytes, 0, 50)), written(zxid, 50));
  EXPECT_EQ(server.run(piece(zxid, bytes, 50, 90)), written(zxid, 90));
  EXPECT_EQ(server.run(NoteCommitted{Zxid{5}}), std::nullopt);
  EXPECT_EQ(server.store->log().last(), Zxid{9}) << "until all is there";
  EXPECT_EQ(server.run(piece(zxid, bytes, 90, bytes.size())),
            DiskReport(Installed{.epoch = kEpoch, .zxid = zxid}));

  EXPECT_EQ(server.store->log().base(), zxid);
  EXPECT_EQ((*server.store->open_snapshot())->info().zxid, zxid);
  EXPECT_EQ(server.append(101, 103), DiskReport(Durable{Zxid{103}}));
  EXPECT_FALSE(server.has_received_files());
}

TEST(DiskWorker, PassesOverPiecesThatDoNotContinue) {
  FakeDisk disk;
  Server server(disk);
  const Zxid zxid{100};
  const std::string bytes = leaders_snapshot(zxid);

  EXPECT_EQ(server.run(piece(zxid, bytes, 30, 60)), written(zxid, 0)) << "it begins in the middle";
  EXPECT_EQ(server.run(piece(zxid, bytes, 0, 30)), written(zxid, 30));
  EXPECT_EQ(server.run(piece(zxid, bytes, 0, 30)), written(zxid, 30)) << "it came twice";
  EXPECT_EQ(server.run(piece(zxid, bytes, 20, 60)), written(zxid, 30)) << "they overlap";
  EXPECT_TRUE(installs_nothing(server.run(piece(zxid, bytes, 60, bytes.size()))))
      << "the last one, too early";
  EXPECT_EQ(server.run(piece(zxid, bytes, 30, bytes.size())),
            DiskReport(Installed{.epoch = kEpoch, .zxid = zxid}));
}

TEST(DiskWorker, BeginsAnewWithAnotherZxidOrEpoch) {
  FakeDisk disk;
  Server server(disk);
  const std::string bytes = leaders_snapshot(Zxid{100});
  const std::string others = leaders_snapshot(Zxid{101});
  server.run(piece(Zxid{100}, bytes, 0, 50));

  EXPECT_EQ(server.run(piece(Zxid{101}, others, 50, 80)), written(Zxid{101}, 0));
  EXPECT_EQ(server.run(piece(Zxid{101}, others, 0, 50)), written(Zxid{101}, 50));
  ReceivedPiece later = piece(Zxid{101}, others, 50, 80);
  later.epoch = kEpoch + 1;
  EXPECT_EQ(server.run(later),
            DiskReport(PieceWritten{.epoch = kEpoch + 1, .zxid = Zxid{101}, .offset = 0}));
  later = piece(Zxid{101}, others, 0, others.size());
  later.epoch = kEpoch + 1;
  EXPECT_EQ(server.run(later), DiskReport(Installed{.epoch = kEpoch + 1, .zxid = Zxid{101}}));
  EXPECT_FALSE(server.has_received_files());
}

TEST(DiskWorker, ReportsADamagedSnapshotAndKeepsWhatItHas) {
  FakeDisk disk;
  Server server(disk);
  server.append(1, 9);
  const Zxid zxid{100};
  const std::string bytes = leaders_snapshot(zxid);
  std::string damaged = bytes;
  damaged[bytes.size() / 2] = static_cast<char>(damaged[bytes.size() / 2] ^ 1);
  server.run(piece(zxid, damaged, 0, 50));

  const auto report = server.run(piece(zxid, damaged, 50, damaged.size()));

  ASSERT_TRUE(report && std::holds_alternative<InstallFailed>(*report));
  const auto& failed = std::get<InstallFailed>(*report);
  EXPECT_EQ(failed.zxid, zxid);
  EXPECT_TRUE(failed.is_damaged);
  EXPECT_NE(failed.reason.find("is damaged"), std::string::npos) << failed.reason;
  EXPECT_EQ(zxids_of(*server.store), range(1, 9));
  EXPECT_FALSE(server.has_received_files());
  EXPECT_EQ(server.run(piece(zxid, bytes, 0, 50)), written(zxid, 50)) << "from the beginning";
  EXPECT_EQ(server.run(piece(zxid, bytes, 50, bytes.size())),
            DiskReport(Installed{.epoch = kEpoch, .zxid = zxid}));
}

// ZOOKEEPER-3598, 3642: what another leader sent was applied to a snapshot that had come half.
TEST(DiskWorker, GivesAHalfReceivedSnapshotUpWhenSomethingElseComes) {
  const Zxid zxid{100};
  const std::string bytes = leaders_snapshot(zxid);
  for (std::size_t which = 0; which < 3; ++which) {
    FakeDisk disk;
    Server server(disk);
    server.append(1, 9);
    server.run(piece(zxid, bytes, 0, 50));
    EXPECT_TRUE(server.has_received_files());

    if (which == 0) server.append(10, 12);
    if (which == 1) server.run(Truncate{Zxid{5}});
    if (which == 2) server.run(PromiseEpochs{.accepted = 4, .current = 0});

    EXPECT_FALSE(server.has_received_files());
    EXPECT_TRUE(installs_nothing(server.run(piece(zxid, bytes, 50, bytes.size()))));
  }
}

TEST(DiskWorker, SaysWhatHasFailed) {
  const auto error_of = [](DiskTask task) {
    FakeDisk disk;
    Server server(disk);
    server.append(1, 9);
    disk.fail_at(disk.operations() + 1);
    const auto report = server.worker.carry_out(task);
    EXPECT_FALSE(report);
    return report ? "" : report.error().message;
  };
  EXPECT_NE(error_of(batch_of(10, 11)).find("nothing can be acknowledged: "), std::string::npos);
  EXPECT_NE(error_of(Truncate{Zxid{5}}).find("in line with the leader's: "), std::string::npos);
  EXPECT_NE(error_of(PromiseEpochs{.accepted = 1, .current = 1}).find("no promise can be kept: "),
            std::string::npos);
  const std::string bytes = leaders_snapshot(Zxid{100});
  EXPECT_NE(error_of(piece(Zxid{100}, bytes, 0, 50)).find("snapshot cannot be written: "),
            std::string::npos);
}

// --- Crashes: a learner's life, in which each task builds on the one before.

struct State {
  Zxid base;
  Zxid last;
  std::int64_t accepted = 0;
  std::int64_t current = 0;
  friend bool operator==(const State&, const State&) = default;
};

State state_of(storage::Store& store) {
  const storage::Metadata metadata = store.metadata();
  return {.base = store.log().base(),
          .last = store.log().last(),
          .accepted = metadata.accepted_epoch(),
          .current = metadata.current_epoch()};
}

/// The task number `step` of the life; none: it is over.
std::optional<DiskTask> task_of(std::size_t step) {
  static const std::string kBytes = leaders_snapshot(Zxid{100});
  switch (step) {
    case 0:
      return batch_of(1, 40);
    case 1:
      return PromiseEpochs{.accepted = 1, .current = 0};
    case 2:
      return Truncate{Zxid{11}};
    case 3:
      return batch_of(12, 30);
    case 4:
      return PromiseEpochs{.accepted = 1, .current = 1};
    case 5:
      return batch_of(31, 33);
    case 6:
      return PromiseEpochs{.accepted = 2, .current = 1};
    case 7:
      return piece(Zxid{100}, kBytes, 0, 70);
    case 8:
      return piece(Zxid{100}, kBytes, 70, kBytes.size());
    case 9:
      return batch_of(101, 130);
    case 10:
      return PromiseEpochs{.accepted = 2, .current = 2};
    case 11:
      return Truncate{Zxid{120}};
    case 12:
      return batch_of(121, 125);
    default:
      return std::nullopt;
  }
}

/// The states before each step, and at the end.
std::vector<State> states_of_life() {
  FakeDisk disk;
  Server server(disk);
  std::vector<State> states{state_of(*server.store)};
  for (std::size_t step = 0; auto task = task_of(step); ++step) {
    server.run(std::move(*task));
    states.push_back(state_of(*server.store));
  }
  return states;
}

/// Between two states that follow one another: records come and go from the end.
bool is_between(const State& found, const State& before, const State& after) {
  if (found == before || found == after) return true;
  const auto [low, high] = std::minmax(before.last, after.last);
  return found.base == before.base && found.base == after.base && before.last != after.last &&
         found.accepted == before.accepted && found.current == before.current &&
         found.last >= low && found.last <= high;
}

/// Whether the disk crashed before the life was over.
bool crash_in_life(const std::vector<State>& states, std::uint64_t operation) {
  FakeDisk disk;
  Prng prng(operation);
  std::size_t done = 0;
  {
    Server server(disk);
    disk.crash_at(disk.operations() + operation);
    for (; auto task = task_of(done); ++done) {
      if (!server.worker.carry_out(*task)) break;
    }
  }
  const bool crashed = disk.crashed();
  disk.crash_now();
  disk.reboot(prng);

  const Server server(disk);
  const State& after = states[std::min(done + 1, states.size() - 1)];
  EXPECT_TRUE(is_between(state_of(*server.store), states[done], after)) << "in step " << done;
  EXPECT_FALSE(server.has_received_files());
  return crashed;
}

TEST(DiskWorker, KeepsWhatItHasReportedInOrderOverACrashAtEveryOperation) {
  const std::vector<State> states = states_of_life();
  ASSERT_EQ(states.back(),
            (State{.base = Zxid{100}, .last = Zxid{125}, .accepted = 2, .current = 2}));
  bool crashed = true;
  for (std::uint64_t operation = 1; crashed; ++operation) {
    SCOPED_TRACE("crash at operation " + std::to_string(operation));
    crashed = crash_in_life(states, operation);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace paddock::runtime
