// SPDX-License-Identifier: Apache-2.0
//
// A snapshot that comes from another server: shipped as the bytes of a file, received aside, and
// then everything or nothing. ZOOKEEPER-2872, 3598, 3642: what had been received half was used, or
// mixed with what was there before.
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "log_helpers.h"
#include "snapshot_bytes.h"
#include "storage/snapshots.h"
#include "storage/store.h"

namespace paddock::storage {
namespace {

using testing::batch_of;
using testing::FakeDisk;
using testing::range;
using testing::snapshot_bytes;
using testing::zxids_of;

const std::string kData = "/data";
const std::string kHome = "/data/paddock";

StoreOptions small_store() {
  StoreOptions options;
  options.data_directory = kData;
  options.server_id = ServerId{1};
  options.segment_bytes = 4096;
  options.snapshots_kept = 2;
  options.space.reserve_bytes = 0;
  options.snapshot.sync_every_bytes = 1000;
  return options;
}

std::unique_ptr<Store> open_store(FakeDisk& disk) {
  auto store = Store::open(disk, small_store());
  EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().message);
  return store ? std::move(*store) : nullptr;
}

void commit(Store& store, std::int64_t first, std::int64_t last) {
  for (std::int64_t zxid = first; zxid <= last; ++zxid) {
    LogBatch batch = batch_of(zxid, zxid);
    ASSERT_TRUE(store.log().commit(batch));
  }
}

void take_snapshot(Store& store, Zxid zxid) {
  auto writer = store.begin_snapshot({.zxid = zxid});
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->add(1, "own state at " + std::to_string(zxid.value)));
  const auto done = store.complete_snapshot(std::move(*writer));
  ASSERT_TRUE(done) << done.error().message;
}

/// A store with a snapshot at 40 and records up to 60.
std::unique_ptr<Store> used_store(FakeDisk& disk, const std::string& ensemble = "ensemble-a") {
  disk.create_directories(kData);
  auto store = open_store(disk);
  EXPECT_TRUE(store->initialize({.disk_id = "0123456789abcdef", .ensemble_id = ensemble}));
  commit(*store, 1, 40);
  take_snapshot(*store, Zxid{40});
  commit(*store, 41, 60);
  return store;
}

std::string leaders_state(Zxid zxid) {
  return "the leader's state at " + std::to_string(zxid.value) + std::string(500, 'l');
}

std::string leaders_bytes(Zxid zxid, const std::string& ensemble = "ensemble-a") {
  return snapshot_bytes({.zxid = zxid, .ensemble_id = ensemble}, leaders_state(zxid));
}

/// All the bytes, in pieces, as the snapshot of `zxid`.
SnapshotResult<> receive(Store& store, Zxid zxid, View bytes) {
  const auto io = [](Error error) {
    return std::unexpected(SnapshotError{std::move(error), SnapshotFault::Io});
  };
  auto received = store.begin_receive(zxid);
  if (!received) return io(received.error());
  for (std::size_t at = 0; at < bytes.size(); at += 300) {
    const auto appended = (*received)->append(bytes.substr(at, 300));
    if (!appended) return io(appended.error());
  }
  EXPECT_EQ((*received)->bytes(), bytes.size());
  return store.complete_receive(std::move(*received));
}

std::string state_in(Store& store) {
  auto reader = store.open_snapshot();
  EXPECT_TRUE(reader) << reader.error().message;
  StoredChunk chunk;
  ChunkDecoder decoder;
  std::string state;
  for (auto more = (*reader)->next(chunk); more && *more; more = (*reader)->next(chunk)) {
    state += *decoder.decode(chunk);
  }
  return state;
}

std::vector<std::string> names_in_home(FakeDisk& disk) {
  std::vector<std::string> names = *disk.list(kHome);
  std::erase_if(names, [](const std::string& name) {
    return !name.starts_with("snapshot.") && !name.starts_with("received.");
  });
  return names;
}

void expect_old_state(FakeDisk& disk, Store& store) {
  EXPECT_EQ(state_in(store), "own state at 40");
  EXPECT_EQ(store.log().last(), Zxid{60});
  EXPECT_EQ(zxids_of(store.log(), Zxid{40}), range(41, 60));
  EXPECT_EQ(names_in_home(disk), std::vector<std::string>{"snapshot.0000000000000028"});
  EXPECT_EQ(store.metadata().installing_zxid(), 0);
}

void expect_new_state(FakeDisk& disk, Store& store, Zxid zxid) {
  EXPECT_EQ(state_in(store), leaders_state(zxid));
  EXPECT_EQ(store.log().base(), zxid);
  EXPECT_EQ(names_in_home(disk), std::vector<std::string>{snapshot_path("", zxid).substr(1)});
  EXPECT_EQ(store.metadata().installing_zxid(), 0);
  EXPECT_EQ(store.metadata().committed_zxid(), zxid.value);
  EXPECT_EQ(store.metadata().ensemble_id(), "ensemble-a");
}

TEST(StoreReceive, ReplacesEverythingByTheLeadersSnapshot) {
  for (const Zxid zxid : {Zxid{1000}, Zxid{30}, Zxid{40}, Zxid{60}}) {
    SCOPED_TRACE(zxid.value);
    FakeDisk disk;
    auto store = used_store(disk);

    ASSERT_TRUE(receive(*store, zxid, leaders_bytes(zxid)));

    expect_new_state(disk, *store, zxid);
    commit(*store, zxid.value + 1, zxid.value + 10);
    store.reset();
    store = open_store(disk);
    expect_new_state(disk, *store, zxid);
    EXPECT_EQ(store->recovery().snapshot, zxid);
    EXPECT_EQ(store->recovery().committed, zxid);
    EXPECT_EQ(zxids_of(store->log(), zxid), range(zxid.value + 1, zxid.value + 10));
  }
}

TEST(StoreReceive, LeavesNothingOfWhatIsGivenUp) {
  FakeDisk disk;
  auto store = used_store(disk);
  auto received = store->begin_receive(Zxid{1000});
  ASSERT_TRUE((*received)->append("some"));

  received->reset();

  expect_old_state(disk, *store);
}

TEST(StoreReceive, RefusesEveryDamagedByteAndKeepsWhatItHas) {
  FakeDisk disk;
  auto store = used_store(disk);
  const std::string bytes = leaders_bytes(Zxid{1000});
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);

    const auto done = receive(*store, Zxid{1000}, damaged);

    ASSERT_FALSE(done) << at;
    EXPECT_NE(done.error().fault, SnapshotFault::Io) << done.error().message;
  }
  expect_old_state(disk, *store);
  commit(*store, 61, 70);
  ASSERT_TRUE(receive(*store, Zxid{1000}, bytes)) << "a right one is taken afterwards";
}

TEST(StoreReceive, RefusesAPartAndMoreThanTheWhole) {
  FakeDisk disk;
  auto store = used_store(disk);
  const std::string bytes = leaders_bytes(Zxid{1000});
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    ASSERT_FALSE(receive(*store, Zxid{1000}, View{bytes}.substr(0, size))) << size;
  }
  ASSERT_FALSE(receive(*store, Zxid{1000}, bytes + "x"));
  expect_old_state(disk, *store);
}

TEST(StoreReceive, RefusesTheSnapshotOfAnotherZxid) {
  FakeDisk disk;
  auto store = used_store(disk);

  const auto done = receive(*store, Zxid{1001}, leaders_bytes(Zxid{1000}));

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fault, SnapshotFault::Damaged);
  EXPECT_NE(done.error().message.find("0x3e9 is that of 0x3e8"), std::string::npos)
      << done.error().message;
  ASSERT_FALSE(receive(*store, Zxid{0}, leaders_bytes(Zxid{0}))) << "it would replace nothing";
  expect_old_state(disk, *store);
}

TEST(StoreReceive, RefusesTheSnapshotOfAnotherEnsemble) {
  FakeDisk disk;
  auto store = used_store(disk);

  const auto done = receive(*store, Zxid{1000}, leaders_bytes(Zxid{1000}, "ensemble-b"));

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fault, SnapshotFault::Damaged);
  EXPECT_NE(done.error().message.find("of ensemble ensemble-b, but this server belongs to"),
            std::string::npos)
      << done.error().message;
  expect_old_state(disk, *store);
}

TEST(StoreReceive, BelongsToTheSnapshotsEnsembleIfItBelongedToNone) {
  FakeDisk disk;
  auto store = used_store(disk, "");

  ASSERT_TRUE(receive(*store, Zxid{1000}, leaders_bytes(Zxid{1000})));

  expect_new_state(disk, *store, Zxid{1000});
  store.reset();
  store = open_store(disk);
  expect_new_state(disk, *store, Zxid{1000});
}

TEST(StoreReceive, KeepsItsEnsembleIfTheSnapshotKnowsNone) {
  FakeDisk disk;
  auto store = used_store(disk);

  ASSERT_TRUE(receive(*store, Zxid{1000}, leaders_bytes(Zxid{1000}, "")));

  expect_new_state(disk, *store, Zxid{1000});
}

TEST(StoreReceive, GivesUpAnOwnSnapshotThatWasBegunBefore) {
  FakeDisk disk;
  auto store = used_store(disk);
  auto own = store->begin_snapshot({.zxid = Zxid{60}});
  ASSERT_TRUE(own);
  ASSERT_TRUE((*own)->add(1, "own state at 60"));
  ASSERT_TRUE(receive(*store, Zxid{1000}, leaders_bytes(Zxid{1000})));

  const auto done = store->complete_snapshot(std::move(*own));

  EXPECT_FALSE(done);
  expect_new_state(disk, *store, Zxid{1000});
}

// A follower may apply what a quorum has and its own disk does not have yet.
TEST(Store, CompletesNoSnapshotOfWhatItsLogDoesNotHold) {
  FakeDisk disk;
  auto store = used_store(disk);
  auto own = store->begin_snapshot({.zxid = Zxid{61}});
  ASSERT_TRUE((*own)->add(1, "own state at 61"));

  EXPECT_FALSE(store->complete_snapshot(std::move(*own)));

  expect_old_state(disk, *store);
}

// --- Crashes.

/// Receives the leader's snapshot and goes on, with a crash at `operation`. Whether it came.
bool crash_while_receiving(const FakeDisk& healthy, Zxid zxid, std::uint64_t operation) {
  const std::unique_ptr<FakeDisk> disk = healthy.copy();
  Prng prng(operation * 1000 + static_cast<std::uint64_t>(zxid.value));
  bool is_installed = false;
  {
    auto store = open_store(*disk);
    disk->crash_at(disk->operations() + operation);
    is_installed = receive(*store, zxid, leaders_bytes(zxid)).has_value();
  }
  const bool crashed = disk->crashed();
  disk->crash_now();
  if (prng.chance(1, 3)) {
    disk->revive();
  } else {
    disk->reboot(prng);
  }

  // The start crashes too.
  disk->crash_at(disk->operations() + 1 + prng.below(12));
  static_cast<void>(Store::open(*disk, small_store()));
  disk->crash_now();
  disk->reboot(prng);

  auto store = open_store(*disk);
  EXPECT_TRUE(store->recovery().warnings.empty());
  const bool is_new = store->log().base() == zxid;
  EXPECT_TRUE(is_new || !is_installed);
  if (is_new) {
    expect_new_state(*disk, *store, zxid);
  } else {
    expect_old_state(*disk, *store);
  }
  const std::int64_t last = store->log().last().value;
  commit(*store, last + 1, last + 10);
  store.reset();
  EXPECT_EQ(open_store(*disk)->recovery().last, Zxid{last + 10});
  return crashed;
}

TEST(StoreReceive, LeavesTheOldStateOrTheNewAtEveryOperation) {
  std::unique_ptr<FakeDisk> healthy;
  {
    FakeDisk disk;
    ASSERT_TRUE(used_store(disk)->close());
    healthy = disk.copy();
  }
  // Above everything, of an own snapshot, within the log, and below everything that is there.
  for (const Zxid zxid : {Zxid{1000}, Zxid{40}, Zxid{50}, Zxid{30}}) {
    bool crashed = true;
    for (std::uint64_t operation = 1; crashed; ++operation) {
      SCOPED_TRACE("snapshot " + std::to_string(zxid.value) + ", crash at operation " +
                   std::to_string(operation));
      crashed = crash_while_receiving(*healthy, zxid, operation);
      if (HasFailure()) return;
    }
  }
}

/// A disk that stopped when the received snapshot was verified and noted, and not yet in its place.
std::unique_ptr<FakeDisk> disk_before_placing(Zxid zxid) {
  FakeDisk disk;
  auto store = used_store(disk);
  EXPECT_TRUE(
      store->update_metadata([zxid](Metadata& next) { next.set_installing_zxid(zxid.value); }));
  disk.set_contents(received_path(kHome, zxid), leaders_bytes(zxid));
  store.reset();
  return disk.copy();
}

TEST(StoreReceive, CompletesAtTheNextStartWhatWasWrittenDown) {
  const auto disk = disk_before_placing(Zxid{1000});
  const auto store = open_store(*disk);
  expect_new_state(*disk, *store, Zxid{1000});
}

TEST(StoreReceive, StaysWithTheOldStateIfTheReceivedSnapshotRotsBeforeItIsInPlace) {
  for (const Zxid zxid : {Zxid{1000}, Zxid{40}}) {
    const auto disk = disk_before_placing(zxid);
    disk->rot(received_path(kHome, zxid), 100, 1);

    const auto store = open_store(*disk);

    EXPECT_EQ(store->recovery().warnings.size(), 1U);
    expect_old_state(*disk, *store);
  }
}

// --- Shipping.

std::string shipped(SnapshotFile& file, std::size_t piece = 100) {
  std::string bytes;
  while (bytes.size() < file.size()) bytes += *file.read(bytes.size(), piece);
  EXPECT_EQ(*file.read(bytes.size(), piece), "");
  return bytes;
}

TEST(StoreShip, ReadsTheNewestSnapshotsFile) {
  FakeDisk disk;
  auto store = used_store(disk);
  for (const Zxid asked : {Zxid{0}, Zxid{40}, Zxid{41}, Zxid{-3}}) {
    auto file = store->open_snapshot_file(asked);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ((*file)->zxid(), Zxid{40});
    EXPECT_EQ(shipped(**file), disk.contents(snapshot_path(kHome, Zxid{40})));
  }
}

TEST(StoreShip, HasNothingToReadBeforeTheFirstSnapshot) {
  FakeDisk disk;
  disk.create_directories(kData);
  auto store = open_store(disk);
  ASSERT_TRUE(store->initialize({.disk_id = "0123456789abcdef", .ensemble_id = "ensemble-a"}));

  auto file = store->open_snapshot_file(Zxid{5});

  ASSERT_TRUE(file);
  EXPECT_EQ(*file, nullptr);
}

TEST(StoreShip, WhatOneShipsTheOtherInstalls) {
  FakeDisk leaders;
  FakeDisk learners;
  auto leader = used_store(leaders);
  auto learner = used_store(learners);
  commit(*leader, 61, 200);
  take_snapshot(*leader, Zxid{150});

  auto file = leader->open_snapshot_file(Zxid{0});
  ASSERT_TRUE(receive(*learner, (*file)->zxid(), shipped(**file)));

  EXPECT_EQ(state_in(*learner), "own state at 150");
  EXPECT_EQ(learner->log().last(), Zxid{150});
}

TEST(StoreShip, KeepsWhatIsBeingShippedAndTheLogBehindIt) {
  FakeDisk disk;
  auto store = used_store(disk);
  auto file = store->open_snapshot_file(Zxid{0});
  const std::string bytes = disk.contents(snapshot_path(kHome, Zxid{40}));
  for (std::int64_t zxid = 60; zxid < 460; zxid += 100) {
    commit(*store, zxid + 1, zxid + 100);
    take_snapshot(*store, Zxid{zxid + 100});
  }
  EXPECT_EQ(names_in_home(disk).size(), 3U) << "two, and the one in use";
  EXPECT_EQ(shipped(**file), bytes);
  EXPECT_LE(store->log().base(), Zxid{40});

  file->reset();
  commit(*store, 461, 461);
  take_snapshot(*store, Zxid{461});

  EXPECT_EQ(names_in_home(disk).size(), 2U);
  EXPECT_GT(store->log().base(), Zxid{300});
  auto gone = store->open_snapshot_file(Zxid{40});
  ASSERT_TRUE(gone);
  EXPECT_EQ((*gone)->zxid(), Zxid{461}) << "the newest instead";
}

TEST(StoreShip, ReadsOnWhenTheFileLosesItsName) {
  FakeDisk disk;
  auto store = used_store(disk);
  auto file = store->open_snapshot_file(Zxid{0});
  const std::string bytes = disk.contents(snapshot_path(kHome, Zxid{40}));
  ASSERT_TRUE(receive(*store, Zxid{1000}, leaders_bytes(Zxid{1000})));

  EXPECT_EQ(shipped(**file), bytes);
}

TEST(StoreShip, SaysWhyAFileCannotBeRead) {
  FakeDisk disk;
  auto store = used_store(disk);
  disk.erase(snapshot_path(kHome, Zxid{40}));

  const auto file = store->open_snapshot_file(Zxid{40});

  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message.find("snapshot.0000000000000028"), std::string::npos);
}

}  // namespace
}  // namespace paddock::storage
