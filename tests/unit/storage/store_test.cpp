// SPDX-License-Identifier: Apache-2.0
#include "storage/store.h"

#include <string>

#include <gtest/gtest.h>

#include "log_helpers.h"
#include "storage/snapshots.h"

namespace paddock::storage {
namespace {

using testing::batch_of;
using testing::FakeDisk;
using testing::range;
using testing::zxids_of;

const std::string kData = "/data";
const std::string kHome = "/data/paddock";

StoreOptions small_store() {
  StoreOptions options;
  options.data_directory = kData;
  options.server_id = ServerId{1};
  options.segment_bytes = 8192;
  options.snapshots_kept = 2;
  options.space.reserve_bytes = 0;
  return options;
}

StoreIdentity identity() {
  return {.disk_id = "0123456789abcdef", .ensemble_id = "ensemble-a"};
}

std::unique_ptr<Store> open_store(FakeDisk& disk, const StoreOptions& options = small_store()) {
  auto store = Store::open(disk, options);
  EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().message);
  return store ? std::move(*store) : nullptr;
}

std::unique_ptr<Store> new_store(FakeDisk& disk, const StoreOptions& options = small_store()) {
  disk.create_directories(options.data_directory);
  if (!options.log_directory.empty()) disk.create_directories(options.log_directory);
  auto store = open_store(disk, options);
  EXPECT_TRUE(store->fresh());
  EXPECT_TRUE(store->initialize(identity()));
  return store;
}

void commit(Store& store, std::int64_t first, std::int64_t last) {
  for (std::int64_t zxid = first; zxid <= last; ++zxid) {
    LogBatch batch = batch_of(zxid, zxid);
    ASSERT_TRUE(store.log().commit(batch));
  }
}

void take_snapshot(Store& store, Zxid zxid) {
  auto writer = store.begin_snapshot({.zxid = zxid});
  ASSERT_TRUE(writer) << writer.error().message;
  ASSERT_TRUE((*writer)->add(1, "state at " + std::to_string(zxid.value)));
  const auto done = store.complete_snapshot(std::move(*writer));
  ASSERT_TRUE(done) << done.error().message;
}

std::string snapshot_content(Store& store) {
  auto reader = store.open_snapshot();
  EXPECT_TRUE(reader) << reader.error().message;
  StoredChunk chunk;
  EXPECT_EQ((*reader)->next(chunk), true);
  return std::string(*ChunkDecoder().decode(chunk));
}

std::vector<Zxid> snapshots_in(FakeDisk& disk) {
  const auto zxids = list_snapshots(disk, kHome);
  EXPECT_TRUE(zxids);
  return *zxids;
}

/// Expects open() to refuse, with a text that says what is wrong and what to do.
void expect_fault(FakeDisk& disk,
                  StoreFault fault,
                  std::string_view text,
                  const StoreOptions& options = small_store()) {
  const auto store = Store::open(disk, options);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().fault, fault) << store.error().message;
  EXPECT_NE(store.error().message.find(text), std::string::npos) << store.error().message;
}

/// A store with a snapshot at 40 and records up to 60, closed.
void used_store(FakeDisk& disk, const StoreOptions& options = small_store()) {
  auto store = new_store(disk, options);
  commit(*store, 1, 40);
  take_snapshot(*store, Zxid{40});
  commit(*store, 41, 60);
  ASSERT_TRUE(store->close());
}

/// A store whose log no longer reaches back to the beginning.
void long_used_store(FakeDisk& disk, const StoreOptions& options = small_store()) {
  auto store = new_store(disk, options);
  for (std::int64_t zxid = 0; zxid < 400; zxid += 100) {
    commit(*store, zxid + 1, zxid + 100);
    take_snapshot(*store, Zxid{zxid + 90});
  }
  ASSERT_GT(store->log().base(), Zxid{100});
  ASSERT_TRUE(store->close());
}

TEST(Store, StartsFreshInAnEmptyDirectoryAndRemembers) {
  FakeDisk disk;
  auto store = new_store(disk);
  EXPECT_FALSE(store->fresh());
  commit(*store, 1, 20);
  ASSERT_TRUE(store->update_metadata([](Metadata& next) { next.set_current_epoch(3); }));
  store.reset();

  store = open_store(disk);

  EXPECT_FALSE(store->fresh());
  EXPECT_EQ(store->recovery().snapshot, std::nullopt);
  EXPECT_EQ(store->recovery().last, Zxid{20});
  EXPECT_FALSE(store->recovery().clean);
  EXPECT_EQ(zxids_of(store->log(), Zxid{0}), range(1, 20));
  EXPECT_EQ(store->metadata().current_epoch(), 3);
  EXPECT_EQ(store->metadata().disk_id(), identity().disk_id);
  EXPECT_EQ(store->metadata().ensemble_id(), "ensemble-a");
}

TEST(Store, RemembersThatANewDiskDoesNotVote) {
  FakeDisk disk;
  disk.create_directories(kData);
  auto store = open_store(disk);
  ASSERT_TRUE(store->initialize(
      {.disk_id = "0123456789abcdef", .ensemble_id = "ensemble-a", .may_vote = false}));
  store.reset();

  EXPECT_TRUE(open_store(disk)->metadata().may_not_vote());
}

TEST(Store, StaysFreshUntilInitialized) {
  FakeDisk disk;
  disk.create_directories(kData);
  disk.set_contents(kData + "/myid", "1");

  EXPECT_TRUE(open_store(disk)->fresh());
  EXPECT_TRUE(open_store(disk)->fresh());
}

TEST(Store, RecoversFromTheNewestSnapshotAndTheLogBehindIt) {
  FakeDisk disk;
  used_store(disk);

  auto store = open_store(disk);

  EXPECT_EQ(store->recovery().snapshot, Zxid{40});
  EXPECT_EQ(store->recovery().last, Zxid{60});
  EXPECT_TRUE(store->recovery().clean);
  EXPECT_TRUE(store->recovery().warnings.empty());
  EXPECT_EQ(snapshot_content(*store), "state at 40");
  EXPECT_EQ(zxids_of(store->log(), Zxid{40}), range(41, 60));
}

TEST(Store, IsCleanOnlyAfterClosing) {
  FakeDisk disk;
  used_store(disk);
  EXPECT_TRUE(open_store(disk)->recovery().clean);
  EXPECT_FALSE(open_store(disk)->recovery().clean);
}

TEST(Store, KeepsTheLogInADirectoryOfItsOwn) {
  FakeDisk disk;
  StoreOptions options = small_store();
  options.log_directory = "/logs";
  used_store(disk, options);

  EXPECT_TRUE(disk.exists("/logs/paddock/log"));
  EXPECT_FALSE(disk.exists(kHome + "/log"));
  EXPECT_EQ(open_store(disk, options)->recovery().last, Zxid{60});
}

TEST(Store, KeepsTheConfiguredNumberOfSnapshotsAndTheLogTheyNeed) {
  FakeDisk disk;
  long_used_store(disk);

  EXPECT_EQ(snapshots_in(disk), (std::vector{Zxid{290}, Zxid{390}}));
  auto store = open_store(disk);
  EXPECT_LE(store->log().base(), Zxid{290});
  EXPECT_GT(store->log().base(), Zxid{200});
}

// ZOOKEEPER-3231: damaged snapshots counted as kept, and the log that the good one needed went.
TEST(Store, DoesNotCountDamagedSnapshotsAsKept) {
  FakeDisk disk;
  auto store = new_store(disk);
  commit(*store, 1, 300);
  take_snapshot(*store, Zxid{100});
  take_snapshot(*store, Zxid{200});
  store.reset();
  disk.rot(snapshot_path(kHome, Zxid{200}), 40, 1);
  store = open_store(disk);
  EXPECT_EQ(store->recovery().snapshot, Zxid{100});
  EXPECT_EQ(store->recovery().warnings.size(), 1U);

  take_snapshot(*store, Zxid{300});

  EXPECT_EQ(snapshots_in(disk), (std::vector{Zxid{100}, Zxid{200}, Zxid{300}}));
  EXPECT_EQ(zxids_of(store->log(), Zxid{100}), range(101, 300));
  commit(*store, 301, 302);
  take_snapshot(*store, Zxid{302});
  EXPECT_EQ(snapshots_in(disk), (std::vector{Zxid{300}, Zxid{302}}));
}

TEST(Store, ShipsADamagedSnapshotNoMoreOnceItIsLookedAt) {
  FakeDisk disk;
  auto store = new_store(disk);
  commit(*store, 1, 300);
  take_snapshot(*store, Zxid{100});
  take_snapshot(*store, Zxid{200});
  EXPECT_TRUE(store->check_snapshot(Zxid{200})) << "it is whole";
  disk.rot(snapshot_path(kHome, Zxid{200}), 40, 1);
  EXPECT_FALSE(store->check_snapshot(Zxid{200}));
  EXPECT_TRUE(store->check_snapshot(Zxid{200})) << "it counts no more";
  EXPECT_EQ((*store->open_snapshot_file(Zxid{0}))->zxid(), Zxid{100});
  disk.rot(snapshot_path(kHome, Zxid{100}), 40, 1);
  EXPECT_FALSE(store->check_snapshot(Zxid{100}));
  EXPECT_EQ(*store->open_snapshot_file(Zxid{0}), nullptr);
  EXPECT_FALSE(store->truncate(Zxid{150})) << "what a snapshot held is committed";
  take_snapshot(*store, Zxid{200});
  EXPECT_EQ((*store->open_snapshot_file(Zxid{0}))->zxid(), Zxid{200}) << "it was taken again";
}

TEST(Store, PassesOverADamagedSnapshotIfTheLogCoversIt) {
  FakeDisk disk;
  long_used_store(disk);
  disk.rot(snapshot_path(kHome, Zxid{390}), 40, 1);

  auto store = open_store(disk);

  EXPECT_EQ(store->recovery().snapshot, Zxid{290});
  EXPECT_EQ(store->recovery().last, Zxid{400});
  ASSERT_EQ(store->recovery().warnings.size(), 1U);
  EXPECT_NE(store->recovery().warnings[0].find("snapshot.0000000000000186"), std::string::npos);
  EXPECT_EQ(zxids_of(store->log(), Zxid{290}), range(291, 400));
}

TEST(Store, RemovesUnfinishedSnapshots) {
  FakeDisk disk;
  used_store(disk);
  disk.set_contents(kHome + "/snapshot.0000000000000050.tmp", "half");

  EXPECT_TRUE(open_store(disk));

  EXPECT_FALSE(disk.exists(kHome + "/snapshot.0000000000000050.tmp"));
}

TEST(Store, TruncatesTheLogButNotBelowASnapshot) {
  FakeDisk disk;
  used_store(disk);
  auto store = open_store(disk);

  EXPECT_FALSE(store->truncate(Zxid{39}));
  ASSERT_TRUE(store->truncate(Zxid{50}));

  EXPECT_EQ(store->log().last(), Zxid{50});
  store.reset();
  EXPECT_EQ(open_store(disk)->recovery().last, Zxid{50});
}

TEST(Store, RemembersHowFarTheLogIsCommitted) {
  FakeDisk disk;
  auto store = new_store(disk);
  EXPECT_EQ(store->recovery().committed, Zxid{0});
  commit(*store, 1, 20);

  ASSERT_TRUE(store->note_committed(Zxid{15}));
  ASSERT_TRUE(store->note_committed(Zxid{12})) << "older news";

  store.reset();
  store = open_store(disk);
  EXPECT_EQ(store->recovery().committed, Zxid{15});
  EXPECT_EQ(store->recovery().last, Zxid{20});
  take_snapshot(*store, Zxid{18});
  store.reset();
  EXPECT_EQ(open_store(disk)->recovery().committed, Zxid{18});
}

TEST(Store, ShipsNoSnapshotOfTheEmptyState) {
  FakeDisk disk;
  auto store = new_store(disk);
  take_snapshot(*store, Zxid{0});
  const auto file = store->open_snapshot_file(Zxid{0});
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(*file, nullptr);
}

std::unique_ptr<Store> store_without_ensemble(FakeDisk& disk) {
  disk.create_directories(small_store().data_directory);
  auto store = open_store(disk);
  EXPECT_TRUE(store->initialize({.disk_id = "0123456789abcdef", .ensemble_id = {}}));
  return store;
}

TEST(Store, RemembersItsEnsembleOnceThatIsCommitted) {
  FakeDisk disk;
  auto store = store_without_ensemble(disk);
  commit(*store, 1, 5);

  ASSERT_TRUE(store->note_committed(Zxid{5}, {.ensemble_id = "one", .feature_level = 2}));
  ASSERT_TRUE(store->note_committed(Zxid{5}, {.ensemble_id = "two", .feature_level = 1}));

  EXPECT_EQ(store->metadata().ensemble_id(), "one") << "an ensemble has one id for good";
  EXPECT_EQ(store->metadata().feature_level(), 2U);
}

TEST(Store, IsNotOpenedByAVersionThatLacksItsFeatures) {
  FakeDisk disk;
  auto store = store_without_ensemble(disk);
  commit(*store, 1, 5);
  ASSERT_TRUE(store->note_committed(Zxid{5}, {.ensemble_id = "one", .feature_level = 2}));
  store.reset();

  StoreOptions older = small_store();
  older.feature_level = 1;
  const auto refused = Store::open(disk, older);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().fault, StoreFault::NewerFeatures);
  EXPECT_NE(refused.error().message.find("feature level 2, and this version has 1"),
            std::string::npos)
      << refused.error().message;

  older.feature_level = 2;
  EXPECT_TRUE(Store::open(disk, older).has_value());
}

// A crash right behind the snapshot must not leave one that is foreign to its own directory.
TEST(Store, BelongsToTheEnsembleOfItsOwnSnapshot) {
  FakeDisk disk;
  auto store = store_without_ensemble(disk);
  commit(*store, 1, 5);
  auto writer = store->begin_snapshot(
      {.zxid = Zxid{5}, .ensemble_id = "one", .items = 0, .feature_level = 1});
  ASSERT_TRUE(writer.has_value());
  ASSERT_TRUE(store->complete_snapshot(std::move(*writer)));
  store.reset();

  store = open_store(disk);
  EXPECT_EQ(store->recovery().snapshot, Zxid{5});
  EXPECT_EQ(store->metadata().ensemble_id(), "one");
}

// Otherwise another leader's records, which take the place of what is not here yet, would count.
TEST(Store, RemembersNothingAsCommittedThatItDoesNotHave) {
  FakeDisk disk;
  auto store = new_store(disk);
  commit(*store, 1, 20);

  ASSERT_TRUE(store->note_committed(Zxid{30}));

  EXPECT_EQ(store->metadata().committed_zxid(), 20);
}

TEST(Store, TakesTheHintBackThatALogWithoutSyncHasNotKept) {
  FakeDisk disk;
  StoreOptions options = small_store();
  options.sync = SyncPolicy::Never;
  auto store = new_store(disk, options);
  commit(*store, 1, 5);
  ASSERT_TRUE(store->log().flush());
  commit(*store, 6, 9);
  ASSERT_TRUE(store->note_committed(Zxid{9}));
  store.reset();
  Prng prng(5);
  disk.crash_now();
  disk.reboot(prng);

  store = open_store(disk, options);

  EXPECT_EQ(store->recovery().committed, store->recovery().last);
}

TEST(Store, DoesNotTruncateWhatIsKnownToBeCommitted) {
  FakeDisk disk;
  auto store = new_store(disk);
  commit(*store, 1, 20);
  ASSERT_TRUE(store->note_committed(Zxid{15}));

  const auto refused = store->truncate(Zxid{14});

  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("everything up to 0xf is committed"), std::string::npos)
      << refused.error().message;
  EXPECT_TRUE(store->truncate(Zxid{15}));
  EXPECT_EQ(store->log().last(), Zxid{15});
}

TEST(StoreOpen, SaysThatADirectoryIsMissing) {
  FakeDisk disk;
  expect_fault(disk, StoreFault::DirectoryMissing, "dataDir /data does not exist; create it");

  disk.create_directories(kData);
  StoreOptions options = small_store();
  options.log_directory = "/logs";
  expect_fault(disk, StoreFault::DirectoryMissing, "dataLogDir /logs does not exist", options);
}

TEST(StoreOpen, SaysThatItIsNoDirectory) {
  FakeDisk disk;
  disk.create_directories("/");
  disk.set_contents(kData, "a file");
  expect_fault(disk, StoreFault::NotADirectory, "dataDir /data is not a directory");
}

TEST(StoreOpen, SaysThatADirectoryIsNotAccessible) {
  FakeDisk disk;
  disk.create_directories(kData);
  disk.deny(kData);
  expect_fault(disk, StoreFault::NotAccessible, "/data");
}

TEST(StoreOpen, SaysThatAnotherServerUsesIt) {
  FakeDisk disk;
  const auto store = new_store(disk);
  expect_fault(disk, StoreFault::Locked, kHome);
}

TEST(StoreOpen, RefusesTheDataOfAnApacheServer) {
  for (const std::string name : {"log.1", "snapshot.0"}) {
    FakeDisk disk;
    disk.create_directories(kData + "/version-2");
    disk.set_contents(kData + "/version-2/" + name, "jute");

    expect_fault(disk, StoreFault::ApacheData, "/data/version-2 holds the data of an Apache");
    EXPECT_FALSE(disk.exists(kHome)) << "nothing was changed";
  }
}

TEST(StoreOpen, LivesBesideTheDataOfAnApacheServer) {
  FakeDisk disk;
  used_store(disk);
  disk.create_directories(kData + "/version-2");
  disk.set_contents(kData + "/version-2/log.1", "jute");

  EXPECT_EQ(open_store(disk)->recovery().last, Zxid{60});
}

TEST(StoreOpen, StartsBesideAnEmptyApacheDirectory) {
  FakeDisk disk;
  disk.create_directories(kData + "/version-2");
  EXPECT_TRUE(open_store(disk)->fresh());
}

TEST(StoreOpen, RefusesAnotherServersData) {
  FakeDisk disk;
  used_store(disk);
  StoreOptions options = small_store();
  options.server_id = ServerId{2};
  expect_fault(disk,
               StoreFault::OtherServer,
               "belongs to server 1, but this server is configured as 2",
               options);
}

TEST(StoreOpen, GivesAStandaloneServersDataANumber) {
  FakeDisk disk;
  StoreOptions options = small_store();
  options.server_id = ServerId{0};
  used_store(disk, options);

  EXPECT_EQ(open_store(disk)->metadata().server_id(), 1);
  expect_fault(disk, StoreFault::OtherServer, "belongs to server 1", options);
}

TEST(StoreOpen, RefusesAnotherEnsemblesData) {
  FakeDisk disk;
  used_store(disk);
  StoreOptions options = small_store();
  options.ensemble_id = "ensemble-b";
  expect_fault(disk, StoreFault::OtherEnsemble, "belongs to ensemble ensemble-a", options);
  options.ensemble_id = "ensemble-a";
  EXPECT_TRUE(open_store(disk, options));
}

TEST(StoreOpen, RefusesMissingMetadata) {
  FakeDisk disk;
  used_store(disk);
  disk.erase(kHome + "/metadata");
  expect_fault(disk, StoreFault::MetadataMissing, "holds snapshots, but /data/paddock/metadata");

  disk.erase(snapshot_path(kHome, Zxid{40}));
  expect_fault(disk, StoreFault::MetadataMissing, "holds a transaction log, but");
}

TEST(StoreOpen, RefusesDamagedMetadata) {
  FakeDisk disk;
  used_store(disk);
  const std::string path = kHome + "/metadata";
  disk.set_contents(path, std::string(disk.contents(path).size(), '\0'));
  expect_fault(disk, StoreFault::MetadataDamaged, "both records in /data/paddock/metadata");
}

// ZOOKEEPER-2325, 3056, 3644, 3781: a missing snapshot led to a start with empty data.
TEST(StoreOpen, RefusesMissingSnapshots) {
  FakeDisk disk;
  long_used_store(disk);
  for (const Zxid zxid : snapshots_in(disk)) disk.erase(snapshot_path(kHome, zxid));
  expect_fault(disk, StoreFault::SnapshotMissing, "/data/paddock holds no snapshot");
}

TEST(StoreOpen, StartsWithoutASnapshotIfTheLogHasEverything) {
  FakeDisk disk;
  used_store(disk);
  disk.erase(snapshot_path(kHome, Zxid{40}));

  auto store = open_store(disk);

  EXPECT_EQ(zxids_of(store->log(), Zxid{0}), range(1, 60));
}

TEST(StoreOpen, RefusesDamagedSnapshotsThatTheLogDoesNotCover) {
  FakeDisk disk;
  long_used_store(disk);
  for (const Zxid zxid : snapshots_in(disk)) {
    disk.rot(snapshot_path(kHome, zxid), 40, 1);
  }
  expect_fault(disk, StoreFault::SnapshotDamaged, "snapshot.0000000000000186 is damaged");
}

TEST(StoreOpen, RefusesAMissingLog) {
  FakeDisk disk;
  StoreOptions options = small_store();
  options.log_directory = "/logs";
  used_store(disk, options);
  disk.erase("/logs");
  disk.create_directories("/logs");

  expect_fault(
      disk, StoreFault::LogMissing, "dataLogDir was emptied, changed or not mounted", options);
  disk.create_directories("/logs/paddock/log");
  expect_fault(
      disk, StoreFault::LogMissing, "dataLogDir was emptied, changed or not mounted", options);
}

TEST(StoreOpen, RefusesTheLogOfAnotherDataDirectory) {
  FakeDisk disk;
  StoreOptions options = small_store();
  options.log_directory = "/logs";
  used_store(disk, options);
  StoreOptions others = small_store();
  others.data_directory = "/other";
  others.log_directory = "/otherlogs";
  disk.create_directories("/other");
  disk.create_directories("/otherlogs");
  {
    auto other = open_store(disk, others);
    ASSERT_TRUE(other->initialize({.disk_id = "fedcba9876543210", .ensemble_id = "ensemble-a"}));
    commit(*other, 1, 5);
  }

  options.log_directory = "/otherlogs";
  expect_fault(disk, StoreFault::LogForeign, "belongs to another data directory", options);

  others.data_directory = "/third";
  disk.create_directories("/third");
  expect_fault(disk, StoreFault::MetadataMissing, "dataLogDir is another server's", others);
}

TEST(StoreOpen, RefusesALogWithAMissingSegment) {
  FakeDisk disk;
  auto store = new_store(disk);
  commit(*store, 1, 300);
  take_snapshot(*store, Zxid{10});
  store.reset();
  disk.erase(kHome + "/log/segment.0000000000000002");

  expect_fault(disk, StoreFault::LogIncomplete, "a part of the transaction log is missing");
}

TEST(StoreOpen, RefusesALogThatEndsTooEarly) {
  FakeDisk disk;
  used_store(disk);
  const std::string path = kHome + "/log/segment.0000000000000001";
  disk.rot(path, 100, 0x40);

  expect_fault(disk, StoreFault::LogDamaged, path);
}

TEST(StoreOpen, RefusesFormatsOfTheFuture) {
  FakeDisk disk;
  used_store(disk);
  const std::string path = snapshot_path(kHome, Zxid{40});
  std::string bytes = disk.contents(path);
  bytes[8] = 2;
  disk.set_contents(path, bytes);
  expect_fault(disk, StoreFault::NewerFormat, "written by a newer version; install that version");
}

}  // namespace
}  // namespace paddock::storage
