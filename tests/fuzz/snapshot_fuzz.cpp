// SPDX-License-Identifier: Apache-2.0
//
// A snapshot file that was damaged in any way: what is read from it is what was written, or it is
// refused.
#include "base/assert.h"
#include "base/prng.h"
#include "damage.h"
#include "fake_disk/fake_disk.h"
#include "input.h"
#include "storage/snapshot_reader.h"
#include "storage/snapshot_writer.h"

namespace paddock::fuzz {
namespace {

using fake_disk::FakeDisk;

const std::string kDirectory = "/data";
const std::string kPath = "/data/snapshot.0000000000000007";

/// One that compresses well, one that does not, one that is empty, and a large one.
std::vector<std::string> chunks() {
  Prng prng(1);
  std::string noise(700, '\0');
  for (char& byte : noise) byte = static_cast<char>(prng());
  return {std::string(3000, 'x'), noise, "", std::string(9000, 'y') + noise};
}

Files healthy() {
  FakeDisk disk;
  disk.create_directories(kDirectory);
  auto writer = storage::SnapshotWriter::create(disk, kDirectory, {.zxid = Zxid{7}});
  PADDOCK_ASSERT(writer.has_value());
  std::uint32_t kind = 0;
  for (const std::string& chunk : chunks())
    PADDOCK_ASSERT((*writer)->add(kind++, chunk).has_value());
  PADDOCK_ASSERT((*writer)->finish().has_value());
  return files_in(disk, kDirectory);
}

/// Whether the whole file can be read; every chunk that can is the right one.
bool reads_whole(FakeDisk& disk) {
  const std::vector<std::string> expected = chunks();
  auto reader = storage::SnapshotReader::open(disk, kPath);
  if (!reader) return false;
  PADDOCK_ASSERT((*reader)->info().zxid == Zxid{7});
  storage::ChunkDecoder decoder;
  storage::StoredChunk chunk;
  for (std::size_t count = 0;; ++count) {
    const auto more = (*reader)->next(chunk);
    if (!more) return false;
    if (!*more) {
      PADDOCK_ASSERT(count == expected.size());
      return true;
    }
    PADDOCK_ASSERT(count < expected.size());
    PADDOCK_ASSERT(chunk.kind == count);
    const auto content = decoder.decode(chunk);
    PADDOCK_ASSERT(content.has_value() && *content == expected[count]);
  }
}

/// A chunk of any bytes, as if its checksum had been right.
void decode_any(Input input) {
  storage::StoredChunk chunk;
  chunk.compressed = true;
  chunk.raw_size = input.word();
  chunk.bytes.append(input.rest());
  storage::ChunkDecoder decoder;
  const auto content = decoder.decode(chunk);
  if (content) PADDOCK_ASSERT(content->size() == chunk.raw_size);
}

void check(Input input) {
  static const Files kHealthy = healthy();
  const std::uint8_t mode = input.byte() % 4;
  if (mode == 0) return decode_any(input);
  Files files = kHealthy;
  if (mode == 1) {
    files.begin()->second = input.rest();
  } else {
    while (!input.empty()) damage_once(files, input);
  }
  FakeDisk disk;
  put(disk, kDirectory, files);

  const bool is_whole = reads_whole(disk);
  PADDOCK_ASSERT(storage::verify_snapshot(disk, kPath).has_value() == is_whole);
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
