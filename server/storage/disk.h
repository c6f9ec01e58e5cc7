// SPDX-License-Identifier: Apache-2.0
//
// The seam between storage and the world: everything that reaches a disk goes through `Disk` and
// `File`, so that the same code runs on a real disk (posix_disk.h) and on one that crashes, tears
// and rots by seed (tests/support/fake_disk). Any thread may use a Disk; a File has one writer at a
// time, and readers beside it. Invariant: nothing written is promised to survive before sync(), and
// no name before sync_directory().
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace paddock::storage {

enum class DiskFault : std::uint8_t {
  NotFound,
  AlreadyExists,
  NotADirectory,
  Denied,
  ReadOnly,
  Full,
  Locked,
  Io,
};

/// What the disk refused, as text for an operator and as a kind to decide on. Converts to `Error`.
struct DiskError : Error {
  DiskFault fault = DiskFault::Io;
};

template <class T = void>
using DiskResult = std::expected<T, DiskError>;

/// What a write cannot tear: a sector is either old or new after a crash.
inline constexpr std::uint64_t kSectorBytes = 512;

class File {
 public:
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  virtual ~File() = default;

  /// Fills `into` from `offset` and returns how many bytes there were: fewer only at the end of the
  /// file.
  [[nodiscard]] virtual DiskResult<std::size_t> read(std::uint64_t offset,
                                                     std::span<char> into) = 0;

  /// Writes all parts one after the other at `offset`, growing the file where needed.
  [[nodiscard]] virtual DiskResult<> write(std::uint64_t offset, std::span<const View> parts) = 0;
  [[nodiscard]] DiskResult<> write(std::uint64_t offset, View bytes) {
    return write(offset, std::span<const View>{&bytes, 1});
  }

  /// Makes all that was written durable, and the size. After an error nothing about what was
  /// written since the last success is known, and asking again tells nothing: the caller has to
  /// stop.
  [[nodiscard]] virtual DiskResult<> sync() = 0;

  /// Grows the file to `size` bytes of zeros and takes the space for them from the disk now.
  [[nodiscard]] virtual DiskResult<> allocate(std::uint64_t size) = 0;
  [[nodiscard]] virtual DiskResult<> truncate(std::uint64_t size) = 0;
  [[nodiscard]] virtual DiskResult<std::uint64_t> size() = 0;
};

/// Holds a directory for this process until destroyed.
class DirectoryLock {
 public:
  DirectoryLock() = default;
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;
  virtual ~DirectoryLock() = default;
};

enum class OpenMode : std::uint8_t {
  Read,
  ReadWrite,
  /// Read and write an empty file of this name: created, or emptied if it exists.
  Create,
};

enum class PathKind : std::uint8_t {
  Missing,
  File,
  Directory,
  Other
};

class Disk {
 public:
  Disk() = default;
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  virtual ~Disk() = default;

  [[nodiscard]] virtual DiskResult<std::unique_ptr<File>> open(const std::string& path,
                                                               OpenMode mode) = 0;
  [[nodiscard]] virtual DiskResult<PathKind> kind(const std::string& path) = 0;

  /// The names in a directory, sorted, without "." and "..".
  [[nodiscard]] virtual DiskResult<std::vector<std::string>> list(const std::string& directory) = 0;

  /// Creates one directory; its parent must exist. It is no error if it is there already.
  [[nodiscard]] virtual DiskResult<> make_directory(const std::string& path) = 0;

  /// Replaces `to` by `from` in one step. Both are names in the same directory.
  [[nodiscard]] virtual DiskResult<> rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual DiskResult<> remove(const std::string& path) = 0;

  /// Makes the names in a directory durable: what was created, renamed and removed in it.
  [[nodiscard]] virtual DiskResult<> sync_directory(const std::string& path) = 0;

  /// What an unprivileged process may still write on the file system that holds `path`.
  [[nodiscard]] virtual DiskResult<std::uint64_t> free_bytes(const std::string& path) = 0;

  /// Takes the file `lock` in `directory` for this process. *Errors*: Locked, naming the holder.
  [[nodiscard]] virtual DiskResult<std::unique_ptr<DirectoryLock>> lock_directory(
      const std::string& directory) = 0;
};

}  // namespace paddock::storage
