// SPDX-License-Identifier: Apache-2.0
//
// A file or directory of the fake disk: what is visible, what is durable, and what lies between.
// Owned by FakeDisk and used under its lock.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/prng.h"

namespace paddock::fake_disk {

struct Inode;
using Entries = std::map<std::string, std::shared_ptr<Inode>>;

/// A change of names that happens as a whole or not at all. No inode: the name goes.
struct NameChange {
  std::string remove;
  std::string name;
  std::shared_ptr<Inode> inode;

  void apply(Entries& entries) const;
};

/// How a reboot treats what was not synced.
enum class CrashStyle : std::uint8_t {
  LoseAll,
  KeepAll,
  EachOnItsOwn
};

struct Inode {
  bool directory = false;
  bool locked = false;

  // A file.
  std::string current;
  std::string durable;
  std::map<std::uint64_t, std::vector<std::string>>
      pending;  // by sector: each state since the sync

  // A directory.
  Entries entries;
  Entries durable_entries;
  std::vector<NameChange> changes;

  void resize(std::uint64_t size);
  void write(std::uint64_t offset, View bytes);
  /// Everything written becomes durable.
  void sync();
  /// Everything written stays visible and will never reach the disk.
  void lose_writes();
  void change(NameChange what);
  void sync_names();
  void crash(Prng& prng, CrashStyle style);

 private:
  void note_sectors(std::uint64_t begin, std::uint64_t end);
  void crash_file(Prng& prng, CrashStyle style);
  void crash_directory(Prng& prng, CrashStyle style);
};

}  // namespace paddock::fake_disk
