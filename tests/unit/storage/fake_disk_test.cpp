// SPDX-License-Identifier: Apache-2.0
#include "fake_disk/fake_disk.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace paddock::fake_disk {
namespace {

using storage::DiskFault;
using storage::File;
using storage::OpenMode;

std::unique_ptr<File> create(FakeDisk& disk, const std::string& path) {
  auto file = disk.open(path, OpenMode::Create);
  EXPECT_TRUE(file.has_value());
  return std::move(*file);
}

/// A disk with a synced file of 4 sectors of 'a' that were then overwritten by 'b' without a sync.
void half_written(FakeDisk& disk) {
  disk.create_directories("/d");
  auto file = create(disk, "/d/f");
  ASSERT_TRUE(file->write(0, std::string(2048, 'a')));
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(disk.sync_directory("/d"));
  ASSERT_TRUE(file->write(0, std::string(2048, 'b')));
}

TEST(FakeDisk, KeepsWhatWasSyncedOverACrash) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    FakeDisk disk;
    disk.create_directories("/d");
    auto file = create(disk, "/d/f");
    ASSERT_TRUE(file->write(0, "synced"));
    ASSERT_TRUE(file->sync());
    ASSERT_TRUE(disk.sync_directory("/d"));
    disk.crash_now();
    Prng prng(seed);
    disk.reboot(prng);

    EXPECT_EQ(disk.contents("/d/f"), "synced") << "seed " << seed;
  }
}

TEST(FakeDisk, TearsUnsyncedWritesOnlyBetweenSectors) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    FakeDisk disk;
    half_written(disk);
    disk.crash_now();
    Prng prng(seed);
    disk.reboot(prng);

    const std::string bytes = disk.contents("/d/f");
    std::string sectors;
    for (std::size_t at = 0; at < bytes.size(); at += 512) {
      EXPECT_EQ(bytes.substr(at, 512), std::string(512, bytes[at])) << "seed " << seed;
      sectors.push_back(bytes[at]);
    }
    seen.insert(sectors);
  }
  EXPECT_EQ(seen.size(), 16U) << "every mixture of old and new sectors happens";
}

TEST(FakeDisk, LosesOrKeepsUnsyncedNames) {
  std::set<bool> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    FakeDisk disk;
    disk.create_directories("/d");
    ASSERT_TRUE(create(disk, "/d/f")->sync());
    disk.crash_now();
    Prng prng(seed);
    disk.reboot(prng);
    seen.insert(disk.exists("/d/f"));
  }
  EXPECT_EQ(seen.size(), 2U);
}

TEST(FakeDisk, RenamesAsAWholeOrNotAtAll) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    FakeDisk disk;
    disk.create_directories("/d");
    disk.set_contents("/d/old", "new content");
    disk.set_contents("/d/name", "old content");
    ASSERT_TRUE(disk.rename("/d/old", "/d/name"));
    disk.crash_now();
    Prng prng(seed);
    disk.reboot(prng);

    const bool renamed = !disk.exists("/d/old");
    EXPECT_EQ(disk.contents("/d/name"), renamed ? "new content" : "old content") << "seed " << seed;
  }
}

TEST(FakeDisk, FailsEverythingFromTheCrashToTheReboot) {
  FakeDisk disk;
  disk.create_directories("/d");
  auto file = create(disk, "/d/f");
  disk.crash_at(disk.operations() + 1);

  const auto torn = file->write(0, "x");
  ASSERT_FALSE(torn);
  EXPECT_EQ(torn.error().message, FakeDisk::kCrashed);
  EXPECT_TRUE(disk.crashed());
  EXPECT_FALSE(disk.list("/d"));
  EXPECT_FALSE(file->sync());

  Prng prng(1);
  disk.reboot(prng);
  EXPECT_TRUE(disk.list("/d"));
  EXPECT_FALSE(file->sync()) << "a file opened before the crash belongs to a dead process";
}

TEST(FakeDisk, NeverWritesWhatAFailedSyncShouldHaveWritten) {
  FakeDisk disk;
  half_written(disk);
  auto file = disk.open("/d/f", OpenMode::ReadWrite);
  ASSERT_TRUE(file);
  disk.fail_at(disk.operations() + 1);
  EXPECT_FALSE((*file)->sync());
  EXPECT_TRUE((*file)->sync()) << "the second one succeeds and means nothing";
  EXPECT_EQ(disk.contents("/d/f"), std::string(2048, 'b'));

  disk.crash_now();
  Prng prng(1);
  disk.reboot(prng);

  EXPECT_EQ(disk.contents("/d/f"), std::string(2048, 'a'));
}

TEST(FakeDisk, ShowsUnsyncedWritesAfterTheProcessAloneDied) {
  FakeDisk disk;
  half_written(disk);
  disk.crash_now();
  disk.revive();
  EXPECT_EQ(disk.contents("/d/f"), std::string(2048, 'b'));

  Prng prng(3);
  disk.crash_now();
  disk.reboot(prng);
  EXPECT_NE(disk.contents("/d/f"), std::string(2048, 'b')) << "they are lost now";
}

TEST(FakeDisk, RefusesToGrowAFileWhenFull) {
  FakeDisk disk;
  disk.create_directories("/d");
  disk.set_capacity(1000);
  auto file = create(disk, "/d/f");
  ASSERT_TRUE(file->write(0, std::string(900, 'x')));
  EXPECT_EQ(disk.free_bytes("/d"), 100U);

  const auto refused = file->write(900, std::string(101, 'x'));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, DiskFault::Full);
  EXPECT_TRUE(file->write(0, std::string(1000, 'y')));
}

TEST(FakeDisk, LocksADirectoryOnceUntilReleasedOrRebooted) {
  FakeDisk disk;
  disk.create_directories("/d");
  auto lock = disk.lock_directory("/d");
  ASSERT_TRUE(lock);
  EXPECT_EQ(disk.lock_directory("/d").error().fault, DiskFault::Locked);

  lock->reset();
  auto again = disk.lock_directory("/d");
  ASSERT_TRUE(again);

  Prng prng(1);
  disk.crash_now();
  disk.reboot(prng);
  EXPECT_TRUE(disk.lock_directory("/d"));
}

}  // namespace
}  // namespace paddock::fake_disk
