// SPDX-License-Identifier: Apache-2.0
//
// A disk in memory that lies as real ones do, by seed. What was written is visible at once and
// durable only after sync(); names only after sync_directory(). A crash loses, keeps or tears
// everything that was not, sector by sector and name by name, each on its own. It may also rot,
// fill up and fail. For unit tests and the simulation. Any thread. Invariant: what was synced
// survives reboot() bit by bit, unless a test rots it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"
#include "storage/disk.h"

namespace paddock::fake_disk {

struct Inode;

class FakeDisk final : public storage::Disk {
 public:
  /// In the message of every error after the crash.
  static constexpr std::string_view kCrashed = "the fake disk has crashed";

  FakeDisk();
  ~FakeDisk() override;

  [[nodiscard]] storage::DiskResult<std::unique_ptr<storage::File>> open(
      const std::string& path, storage::OpenMode mode) override;
  [[nodiscard]] storage::DiskResult<storage::PathKind> kind(const std::string& path) override;
  [[nodiscard]] storage::DiskResult<std::vector<std::string>> list(
      const std::string& directory) override;
  [[nodiscard]] storage::DiskResult<> make_directory(const std::string& path) override;
  [[nodiscard]] storage::DiskResult<> rename(const std::string& from,
                                             const std::string& to) override;
  [[nodiscard]] storage::DiskResult<> remove(const std::string& path) override;
  [[nodiscard]] storage::DiskResult<> sync_directory(const std::string& path) override;
  [[nodiscard]] storage::DiskResult<std::uint64_t> free_bytes(const std::string& path) override;
  [[nodiscard]] storage::DiskResult<std::unique_ptr<storage::DirectoryLock>> lock_directory(
      const std::string& directory) override;

  /// Changes asked for so far: writes, syncs, names. Reads are not counted.
  [[nodiscard]] std::uint64_t operations() const;
  [[nodiscard]] std::uint64_t syncs() const;

  /// The disk crashes in its operation number `operation` (counted from 1 as operations() does),
  /// which may or may not take effect. 0: never.
  void crash_at(std::uint64_t operation);
  void crash_now();
  [[nodiscard]] bool crashed() const;
  /// Operation number `operation` fails and does nothing; a sync loses what it should have written.
  void fail_at(std::uint64_t operation);

  /// Decides what survived, drops locks and makes the disk usable again. Files from before are
  /// dead.
  void reboot(Prng& prng);

  /// The process died and is started again, the machine ran on: what was written stays visible and
  /// is still not durable. Drops locks; files from before are dead.
  void revive();

  /// Another disk that holds what this one would hold after a crash that lost nothing.
  [[nodiscard]] std::unique_ptr<FakeDisk> copy() const;
  /// All files, by path, in order.
  [[nodiscard]] std::vector<std::string> files() const;

  /// Creates a directory and its parents, durably.
  void create_directories(const std::string& path);
  /// Refused to everyone until allowed again.
  void deny(const std::string& path);
  void allow(const std::string& path);

  /// Flips the bits of `mask` in one byte, on the disk itself.
  void rot(const std::string& path, std::uint64_t offset, unsigned char mask);
  /// What a reader sees.
  [[nodiscard]] std::string contents(const std::string& path) const;
  /// Makes or replaces a file, durably.
  void set_contents(const std::string& path, std::string bytes);
  /// Removes a file or a directory with all in it, durably.
  void erase(const std::string& path);
  [[nodiscard]] bool exists(const std::string& path) const;

  /// How much all files together may hold.
  void set_capacity(std::uint64_t bytes);
  [[nodiscard]] std::uint64_t used() const;

 private:
  friend class FakeFile;
  friend class FakeLock;

  enum class Verdict : std::uint8_t {
    Proceed,
    ProceedAndCrash,
    Fail,
    Refuse
  };
  [[nodiscard]] Verdict begin_operation();
  void start_again();
  template <class Effect>
  [[nodiscard]] storage::DiskResult<> operate(std::string_view failure,
                                              const std::string& path,
                                              Effect effect);
  [[nodiscard]] std::shared_ptr<Inode> find(const std::string& path) const;
  [[nodiscard]] storage::DiskResult<std::shared_ptr<Inode>> lookup(const std::string& path) const;
  [[nodiscard]] storage::DiskResult<std::shared_ptr<Inode>> parent_of(
      const std::string& path) const;
  [[nodiscard]] std::shared_ptr<Inode> make_inode();
  [[nodiscard]] storage::DiskResult<> create_entry(const std::string& path,
                                                   std::shared_ptr<Inode> inode);
  [[nodiscard]] std::uint64_t used_locked() const;

  mutable std::mutex mutex_;
  std::shared_ptr<Inode> root_;
  // In order of creation, so that reboot() is repeatable.
  std::vector<std::weak_ptr<Inode>> inodes_;
  std::map<std::string, bool> denied_;
  std::uint64_t capacity_ = ~std::uint64_t{0};
  std::uint64_t operations_ = 0;
  std::uint64_t syncs_ = 0;
  std::uint64_t crash_at_ = 0;
  std::uint64_t fail_at_ = 0;
  std::uint64_t generation_ = 0;
  bool crashed_ = false;
};

}  // namespace paddock::fake_disk
