// SPDX-License-Identifier: Apache-2.0
#include "floor/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include "floor/failed.h"

namespace paddock::bench {

Disk::~Disk() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<> Disk::prepare(const std::string& folder) {
  descriptor_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return failed("cannot make a file in " + folder);
  for (std::size_t i = 0; i < kBlocks; ++i) PADDOCK_TRY(write_block());
  return ::fsync(descriptor_) == 0 ? Result<>{} : failed("cannot sync");
}

Result<> Disk::write_and_sync() {
  PADDOCK_TRY(write_block());
  return ::fdatasync(descriptor_) == 0 ? Result<>{} : failed("cannot sync");
}

Result<> Disk::write_block() {
  const auto at = static_cast<off_t>(next_++ % kBlocks * kBlock);
  const ssize_t written = ::pwrite(descriptor_, block_.data(), block_.size(), at);
  return written == static_cast<ssize_t>(kBlock) ? Result<>{} : failed("cannot write");
}

}  // namespace paddock::bench
