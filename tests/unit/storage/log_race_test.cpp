// SPDX-License-Identifier: Apache-2.0
//
// What the background thread does while the log thread is in the middle of a step, without threads:
// the disk calls the test back.
#include <functional>
#include <utility>

#include <gtest/gtest.h>

#include "log_helpers.h"

namespace paddock::storage {
namespace {

using testing::commit;
using testing::FakeDisk;
using testing::kLogDirectory;
using testing::open_log;
using testing::range;
using testing::small_log;
using testing::zxids_of;

/// A fake disk that says when somebody asks for the size of a file or removes one.
class TellingDisk final : public Disk {
 public:
  explicit TellingDisk(FakeDisk& disk) : disk_(disk) {}

  std::function<void()> on_size;
  std::function<void()> on_remove;

  DiskResult<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    auto file = disk_.open(path, mode);
    if (!file) return std::unexpected(file.error());
    return std::make_unique<TellingFile>(*this, std::move(*file));
  }
  DiskResult<PathKind> kind(const std::string& path) override { return disk_.kind(path); }
  DiskResult<std::vector<std::string>> list(const std::string& path) override {
    return disk_.list(path);
  }
  DiskResult<> make_directory(const std::string& path) override {
    return disk_.make_directory(path);
  }
  DiskResult<> rename(const std::string& from, const std::string& to) override {
    return disk_.rename(from, to);
  }
  DiskResult<> remove(const std::string& path) override {
    if (on_remove) on_remove();
    return disk_.remove(path);
  }
  DiskResult<> sync_directory(const std::string& path) override {
    return disk_.sync_directory(path);
  }
  DiskResult<std::uint64_t> free_bytes(const std::string& path) override {
    return disk_.free_bytes(path);
  }
  DiskResult<std::unique_ptr<DirectoryLock>> lock_directory(const std::string& path) override {
    return disk_.lock_directory(path);
  }

 private:
  class TellingFile final : public File {
   public:
    TellingFile(TellingDisk& disk, std::unique_ptr<File> file)
        : disk_(disk), file_(std::move(file)) {}
    DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
      return file_->read(offset, into);
    }
    DiskResult<> write(std::uint64_t offset, std::span<const View> parts) override {
      return file_->write(offset, parts);
    }
    DiskResult<> sync() override { return file_->sync(); }
    DiskResult<> allocate(std::uint64_t size) override { return file_->allocate(size); }
    DiskResult<> truncate(std::uint64_t size) override { return file_->truncate(size); }
    DiskResult<std::uint64_t> size() override {
      if (disk_.on_size) disk_.on_size();
      return file_->size();
    }

   private:
    TellingDisk& disk_;
    std::unique_ptr<File> file_;
  };

  FakeDisk& disk_;
};

// The background thread made the very segment that the log thread had just taken, in its place:
// what was committed from then on went into a file without a name and was gone after kill -9.
TEST(LogRace, KeepsTheSegmentThatIsTakenWhenASpareIsPreparedMeanwhile) {
  FakeDisk fake;
  fake.create_directories(kLogDirectory);
  TellingDisk disk(fake);
  auto created = Log::create(disk, small_log(), Zxid{0});
  ASSERT_TRUE(created);
  std::unique_ptr<Log> log = std::move(*created);
  ASSERT_TRUE(log->prepare_spare());
  bool is_inside = false;
  disk.on_size = [&] {
    if (std::exchange(is_inside, true)) return;
    EXPECT_TRUE(log->prepare_spare());
    is_inside = false;
  };

  for (std::int64_t zxid = 1; zxid <= 300; ++zxid) ASSERT_TRUE(commit(*log, zxid, zxid));

  disk.on_size = nullptr;
  log.reset();
  EXPECT_EQ(zxids_of(*open_log(fake), Zxid{0}), range(1, 300));
}

/// A log of records 1 to 200 in several segments on a disk that tells.
std::unique_ptr<Log> long_log(TellingDisk& disk) {
  auto created = Log::create(disk, small_log(), Zxid{0});
  EXPECT_TRUE(created);
  for (std::int64_t zxid = 1; zxid <= 200; ++zxid) EXPECT_TRUE(commit(**created, zxid, zxid));
  return std::move(*created);
}

/// Reads to the end, or to an error, and returns what was read.
std::int64_t records_left(LogReader& reader) {
  std::int64_t count = 0;
  for (auto record = reader.next(); record && record->has_value(); record = reader.next()) ++count;
  return count;
}

TEST(LogRace, EndsAReaderThatWasOpenedWhileTheLogRestarted) {
  FakeDisk fake;
  fake.create_directories(kLogDirectory);
  TellingDisk disk(fake);
  const std::unique_ptr<Log> log = long_log(disk);
  std::unique_ptr<LogReader> reader;
  disk.on_size = [&] {
    auto opened = log->read(Zxid{100});
    ASSERT_TRUE(opened);
    reader = std::move(*opened);
  };
  ASSERT_TRUE(log->restart(Zxid{5000}));
  ASSERT_NE(reader, nullptr);

  EXPECT_FALSE(reader->next());

  disk.on_size = nullptr;
  ASSERT_TRUE(commit(*log, 5001, 5001));
  EXPECT_FALSE(reader->next());
}

TEST(LogRace, EndsAReaderThatWasOpenedWhileTheLogWasTruncated) {
  FakeDisk fake;
  fake.create_directories(kLogDirectory);
  TellingDisk disk(fake);
  const std::unique_ptr<Log> log = long_log(disk);
  std::unique_ptr<LogReader> reader;
  disk.on_remove = [&] {
    if (reader != nullptr) return;
    auto opened = log->read(Zxid{150});
    ASSERT_TRUE(opened);
    reader = std::move(*opened);
  };
  ASSERT_TRUE(log->truncate(Zxid{20}));
  ASSERT_NE(reader, nullptr);
  disk.on_remove = nullptr;
  for (std::int64_t zxid = 21; zxid <= 300; ++zxid) ASSERT_TRUE(commit(*log, zxid, zxid));

  EXPECT_FALSE(reader->next());
}

// What a learner is to be sent may be released between the question where the log begins and the
// reading of it: only read() itself can tell.
TEST(LogRace, TellsByAKindThatTheLogBeginsAboveWhatIsAskedFor) {
  FakeDisk fake;
  fake.create_directories(kLogDirectory);
  TellingDisk disk(fake);
  const std::unique_ptr<Log> log = long_log(disk);
  ASSERT_LE(log->base(), Zxid{10});
  ASSERT_TRUE(log->release_up_to(Zxid{150}));

  const auto below = log->read(Zxid{10});

  ASSERT_FALSE(below);
  EXPECT_EQ(below.error().fault, LogFault::Gap);
  const Zxid base = log->base();
  EXPECT_EQ(log->read(Zxid{base.value - 1}).error().fault, LogFault::Gap);
  EXPECT_TRUE(log->read(base));
}

TEST(LogRace, ReleasesNothingThatAReaderHoldsThatWasOpenedBefore) {
  FakeDisk fake;
  fake.create_directories(kLogDirectory);
  TellingDisk disk(fake);
  const std::unique_ptr<Log> log = long_log(disk);
  auto reader = log->read(Zxid{10});
  ASSERT_TRUE(reader);

  ASSERT_TRUE(log->release_up_to(Zxid{200}));

  EXPECT_EQ(records_left(**reader), 190);
}

}  // namespace
}  // namespace paddock::storage
