// SPDX-License-Identifier: Apache-2.0
#include "stub/write_log.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace paddock::stub {

namespace {

constexpr std::size_t kBlock = 4096;
constexpr std::uint64_t kFileBytes = std::uint64_t{64} << 20U;

Result<> write_all(int descriptor, View bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t count =
        ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0) return fail("cannot write the log: " + errno_text(errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

}  // namespace

Result<WriteLog> WriteLog::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail("cannot open " + path + ": " + errno_text(errno));
  const std::string zeros(std::size_t{1} << 20U, '\0');
  for (std::uint64_t at = 0; at < kFileBytes; at += zeros.size()) {
    PADDOCK_TRY(write_all(descriptor, zeros, at));
  }
  if (::fsync(descriptor) != 0) return fail("cannot sync " + path + ": " + errno_text(errno));
  return WriteLog{descriptor};
}

Result<> WriteLog::sync_batch() {
  const std::size_t padding = (kBlock - batch_.size() % kBlock) % kBlock;
  if (padding > 0) std::memset(batch_.extend(padding), 0, padding);
  if (offset_ + batch_.size() > kFileBytes) offset_ = 0;
  PADDOCK_TRY(write_all(descriptor_, batch_.view(), offset_));
  offset_ += batch_.size();
  batch_.clear();
  if (::fdatasync(descriptor_) != 0) return fail("cannot sync the log: " + errno_text(errno));
  return {};
}

}  // namespace paddock::stub
