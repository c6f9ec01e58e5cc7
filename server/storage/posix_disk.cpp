// SPDX-License-Identifier: Apache-2.0
#include "storage/posix_disk.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/assert.h"

namespace paddock::storage {
namespace {

DiskFault fault_of(int code) {
  switch (code) {
    case ENOENT:
      return DiskFault::NotFound;
    case EEXIST:
      return DiskFault::AlreadyExists;
    case ENOTDIR:
      return DiskFault::NotADirectory;
    case EACCES:
    case EPERM:
      return DiskFault::Denied;
    case EROFS:
      return DiskFault::ReadOnly;
    case ENOSPC:
    case EDQUOT:
      return DiskFault::Full;
    case EWOULDBLOCK:
      return DiskFault::Locked;
    default:
      return DiskFault::Io;
  }
}

std::string_view advice(DiskFault fault) {
  switch (fault) {
    case DiskFault::NotFound:
      return "check the path and that the volume is mounted";
    case DiskFault::AlreadyExists:
      return "move it away";
    case DiskFault::NotADirectory:
      return "check the path";
    case DiskFault::Denied:
      return "give the user that runs the server read and write permission";
    case DiskFault::ReadOnly:
      return "mount the file system writable; it may have been remounted after an error of the "
             "device";
    case DiskFault::Full:
      return "free or add space";
    case DiskFault::Locked:
      return "stop the other server or give this one a directory of its own";
    case DiskFault::Io:
      return "check the device and the kernel's log";
  }
  PADDOCK_UNREACHABLE();
}

std::unexpected<DiskError> refuse(std::string_view verb, const std::string& path, int code) {
  const DiskFault fault = fault_of(code);
  return std::unexpected(DiskError{
      {fmt::format("cannot {} {}: {}; {}", verb, path, errno_text(code), advice(fault))}, fault});
}

/// Calls `operation` again as long as a signal interrupts it.
template <class Operation>
auto uninterrupted(Operation operation) {
  auto result = operation();
  while (result < 0 && errno == EINTR) result = operation();
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

Descriptor open_descriptor(const std::string& path, int flags) {
  constexpr mode_t kFileMode = 0640;
  return Descriptor{
      uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, kFileMode); })};
}

off_t to_offset(std::uint64_t offset) {
  PADDOCK_ASSERT(offset <= static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()));
  return static_cast<off_t>(offset);
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = uninterrupted([&] {
        return ::pread(fd(), into.data() + done, into.size() - done, to_offset(offset + done));
      });
      if (got < 0) return refuse("read", path_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  DiskResult<> write(std::uint64_t offset, std::span<const View> parts) override {
    constexpr std::size_t kVectors = 64;
    std::array<iovec, kVectors> vectors;
    while (!parts.empty()) {
      const std::size_t count = std::min(parts.size(), kVectors);
      std::size_t bytes = 0;
      for (std::size_t i = 0; i < count; ++i) {
        vectors[i].iov_base = const_cast<char*>(parts[i].data());  // writev's contract: only read
        vectors[i].iov_len = parts[i].size();
        bytes += parts[i].size();
      }
      if (auto done = write_vectors(offset, {vectors.data(), count}); !done) return done;
      offset += bytes;
      parts = parts.subspan(count);
    }
    return {};
  }

  DiskResult<> sync() override {
    if (uninterrupted([&] { return ::fdatasync(fd()); }) != 0) return refuse("sync", path_, errno);
    return {};
  }

  DiskResult<> allocate(std::uint64_t size) override {
    const int code = ::posix_fallocate(fd(), 0, to_offset(size));
    if (code != 0) return refuse("reserve space for", path_, code);
    return {};
  }

  DiskResult<> truncate(std::uint64_t size) override {
    if (uninterrupted([&] { return ::ftruncate(fd(), to_offset(size)); }) != 0) {
      return refuse("truncate", path_, errno);
    }
    return {};
  }

  DiskResult<std::uint64_t> size() override {
    struct stat status{};
    if (::fstat(fd(), &status) != 0) return refuse("stat", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  [[nodiscard]] int fd() const { return descriptor_.get(); }

  DiskResult<> write_vectors(std::uint64_t offset, std::span<iovec> vectors) {
    while (!vectors.empty()) {
      const ssize_t wrote = uninterrupted([&] {
        return ::pwritev(fd(), vectors.data(), static_cast<int>(vectors.size()), to_offset(offset));
      });
      if (wrote < 0) return refuse("write", path_, errno);
      auto left = static_cast<std::size_t>(wrote);
      offset += left;
      while (!vectors.empty() && left >= vectors.front().iov_len) {
        left -= vectors.front().iov_len;
        vectors = vectors.subspan(1);
      }
      if (vectors.empty()) break;
      if (wrote == 0) return refuse("write", path_, ENOSPC);
      vectors.front().iov_base = static_cast<char*>(vectors.front().iov_base) + left;
      vectors.front().iov_len -= left;
    }
    return {};
  }

  Descriptor descriptor_;
  std::string path_;
};

class PosixLock final : public DirectoryLock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

/// The process id that a lock file's holder has written, or empty.
std::string holder_of(int fd) {
  std::array<char, 32> text{};
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  std::string holder(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  const bool digits = std::ranges::all_of(holder, [](char c) { return c >= '0' && c <= '9'; });
  return digits ? holder : std::string{};
}

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::Read:
      return O_RDONLY;
    case OpenMode::ReadWrite:
      return O_RDWR;
    case OpenMode::Create:
      return O_RDWR | O_CREAT | O_TRUNC;
  }
  PADDOCK_UNREACHABLE();
}

}  // namespace

DiskResult<std::unique_ptr<File>> PosixDisk::open(const std::string& path, OpenMode mode) {
  Descriptor descriptor = open_descriptor(path, flags_of(mode));
  if (!descriptor.valid()) {
    return refuse(mode == OpenMode::Create ? "create" : "open", path, errno);
  }
  return std::make_unique<PosixFile>(std::move(descriptor), path);
}

DiskResult<PathKind> PosixDisk::kind(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return PathKind::Missing;
    return refuse("stat", path, errno);
  }
  if (S_ISDIR(status.st_mode)) return PathKind::Directory;
  return S_ISREG(status.st_mode) ? PathKind::File : PathKind::Other;
}

DiskResult<std::vector<std::string>> PosixDisk::list(const std::string& directory) {
  DIR* stream = ::opendir(directory.c_str());
  if (stream == nullptr) return refuse("list", directory, errno);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int code = errno;
  ::closedir(stream);
  if (code != 0) return refuse("list", directory, code);
  std::ranges::sort(names);
  return names;
}

DiskResult<> PosixDisk::make_directory(const std::string& path) {
  constexpr mode_t kDirectoryMode = 0750;
  if (::mkdir(path.c_str(), kDirectoryMode) == 0) return {};
  const int code = errno;
  if (code == EEXIST && kind(path) == PathKind::Directory) return {};
  return refuse("create directory", path, code);
}

DiskResult<> PosixDisk::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return refuse("rename to " + to, from, errno);
  return {};
}

DiskResult<> PosixDisk::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return refuse("remove", path, errno);
  return {};
}

DiskResult<> PosixDisk::sync_directory(const std::string& path) {
  const Descriptor descriptor = open_descriptor(path, O_RDONLY | O_DIRECTORY);
  if (!descriptor.valid()) return refuse("open directory", path, errno);
  if (uninterrupted([&] { return ::fsync(descriptor.get()); }) != 0) {
    return refuse("sync directory", path, errno);
  }
  return {};
}

DiskResult<std::uint64_t> PosixDisk::free_bytes(const std::string& path) {
  struct statvfs status{};
  if (::statvfs(path.c_str(), &status) != 0) return refuse("ask for free space at", path, errno);
  return std::uint64_t{status.f_bavail} * std::uint64_t{status.f_frsize};
}

DiskResult<std::unique_ptr<DirectoryLock>> PosixDisk::lock_directory(const std::string& directory) {
  const std::string path = directory + "/lock";
  Descriptor descriptor = open_descriptor(path, O_RDWR | O_CREAT);
  if (!descriptor.valid()) return refuse("create", path, errno);
  if (uninterrupted([&] { return ::flock(descriptor.get(), LOCK_EX | LOCK_NB); }) != 0) {
    const int code = errno;
    if (code != EWOULDBLOCK) return refuse("lock", path, code);
    const std::string holder = holder_of(descriptor.get());
    return std::unexpected(
        DiskError{{fmt::format("{} is in use by another server{}; {}",
                               directory,
                               holder.empty() ? "" : fmt::format(" (process {})", holder),
                               advice(DiskFault::Locked))},
                  DiskFault::Locked});
  }
  // The number only serves the message above; a failure to write it changes nothing.
  const std::string self = std::to_string(::getpid());
  if (::ftruncate(descriptor.get(), 0) == 0) {
    [[maybe_unused]] const ssize_t wrote = ::pwrite(descriptor.get(), self.data(), self.size(), 0);
  }
  return std::make_unique<PosixLock>(std::move(descriptor));
}

}  // namespace paddock::storage
