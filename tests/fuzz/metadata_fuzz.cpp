// SPDX-License-Identifier: Apache-2.0
//
// A metadata file that was damaged in any way: it gives the record that was written last, or none.
#include "base/assert.h"
#include "damage.h"
#include "fake_disk/fake_disk.h"
#include "input.h"
#include "storage/metadata_file.h"

namespace paddock::fuzz {
namespace {

using fake_disk::FakeDisk;

const std::string kDirectory = "/data";
const std::string kPath = "/data/metadata";

storage::Metadata record(std::int64_t epoch) {
  storage::Metadata metadata;
  metadata.set_disk_id("0123456789abcdef");
  metadata.set_server_id(1);
  metadata.set_accepted_epoch(epoch);
  metadata.mutable_committed()->set_text("server.1=a:2888:3888;2181");
  return metadata;
}

Files healthy() {
  FakeDisk disk;
  disk.create_directories(kDirectory);
  auto file = storage::MetadataFile::create(disk, kPath, record(1));
  PADDOCK_ASSERT(file.has_value());
  PADDOCK_ASSERT(file->write(record(2)).has_value());
  PADDOCK_ASSERT(file->write(record(3)).has_value());
  return files_in(disk, kDirectory);
}

void check(Input input) {
  static const Files kHealthy = healthy();
  Files files = kHealthy;
  if (input.byte() % 4 == 0) {
    files.begin()->second = input.rest();
  } else {
    while (!input.empty()) damage_once(files, input);
  }
  FakeDisk disk;
  put(disk, kDirectory, files);

  auto file = storage::MetadataFile::open(disk, kPath);
  if (!file) {
    PADDOCK_ASSERT(!file.error().message.empty());
    return;
  }
  PADDOCK_ASSERT(file->current().accepted_epoch() == 3);
  PADDOCK_ASSERT(file->write(record(4)).has_value());
  file = storage::MetadataFile::open(disk, kPath);
  PADDOCK_ASSERT(file.has_value() && file->current().accepted_epoch() == 4);
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
