// SPDX-License-Identifier: Apache-2.0
//
// A log whose segments were damaged in any way: it opens with a prefix of what was written, and
// then takes new records, or it says that it is damaged. It never yields a record that nobody
// wrote.
#include <string>
#include <vector>

#include "base/assert.h"
#include "base/prng.h"
#include "damage.h"
#include "fake_disk/fake_disk.h"
#include "input.h"
#include "storage/log.h"

namespace paddock::fuzz {
namespace {

using fake_disk::FakeDisk;

const std::string kDirectory = "/log";
constexpr std::int64_t kRecords = 90;
constexpr std::int64_t kRecordsMore = 40;

storage::LogOptions options() {
  return {.directory = kDirectory, .log_id = 77, .segment_bytes = 8192, .retired_max = 2};
}

std::string make_payload(std::int64_t zxid) {
  Prng prng(static_cast<std::uint64_t>(zxid));
  std::string payload(prng.below(300), '\0');
  for (char& byte : payload) byte = static_cast<char>(prng());
  return payload;
}

const std::string& payload_of(Zxid zxid) {
  static const std::vector<std::string> kPayloads = [] {
    std::vector<std::string> all;
    for (std::int64_t i = 0; i <= kRecords + kRecordsMore; ++i) all.push_back(make_payload(i));
    return all;
  }();
  return kPayloads.at(static_cast<std::size_t>(zxid.value));
}

void commit(storage::Log& log, std::int64_t first, std::int64_t last) {
  storage::LogBatch batch;
  for (std::int64_t zxid = first; zxid <= last; ++zxid)
    batch.add(Zxid{zxid}, payload_of(Zxid{zxid}));
  const auto done = log.commit(batch);
  PADDOCK_ASSERT(done.has_value() && done->value == last);
}

/// The segments of a log of kRecords records.
Files healthy() {
  FakeDisk disk;
  disk.create_directories(kDirectory);
  auto log = storage::Log::create(disk, options(), Zxid{0});
  PADDOCK_ASSERT(log.has_value());
  for (std::int64_t first = 1; first <= kRecords; first += 3) commit(**log, first, first + 2);
  log->reset();
  return files_in(disk, kDirectory);
}

/// Everything from the log's base to its end is there, as it was written.
void check_records(storage::Log& log) {
  std::int64_t next = log.base().value + 1;
  const auto done = log.replay(log.base(), [&](Zxid zxid, View payload) -> Result<> {
    PADDOCK_ASSERT(zxid.value == next++);
    PADDOCK_ASSERT(payload == payload_of(zxid));
    return {};
  });
  PADDOCK_ASSERT(done.has_value());
  PADDOCK_ASSERT(next == log.last().value + 1);
}

void check(Input input) {
  static const Files kHealthy = healthy();
  Files files = kHealthy;
  const storage::LogStart start{.from = Zxid{input.byte() % 4 == 0 ? 30 : 0},
                                .durable = Zxid{input.byte() % 4 == 0 ? 60 : 0}};
  if (input.byte() % 4 == 0) {
    pick(files, input) = input.rest();
  } else {
    while (!input.empty()) damage_once(files, input);
  }
  FakeDisk disk;
  put(disk, kDirectory, files);

  auto log = storage::Log::open(disk, options(), start);
  if (!log) {
    PADDOCK_ASSERT(!log.error().message.empty());
    return;
  }
  PADDOCK_ASSERT((*log)->base() <= start.from);
  PADDOCK_ASSERT((*log)->last() >= start.durable);
  check_records(**log);
  const std::int64_t last = (*log)->last().value;
  commit(**log, last + 1, last + kRecordsMore);
  check_records(**log);
  log->reset();
  log = storage::Log::open(disk, options(), {.durable = Zxid{last + kRecordsMore}});
  PADDOCK_ASSERT(log.has_value() || last < start.from.value);
  if (log) check_records(**log);
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
