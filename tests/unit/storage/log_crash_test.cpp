// SPDX-License-Identifier: Apache-2.0
//
// Truncation and restart of the log, stopped at each of their disk operations and at every record:
// what is found afterwards is the old history from its beginning, at least as far as it was to be
// kept, or that and a beginning of the new one. Never a mixture, and nothing of the old one once
// the truncation was reported. ZOOKEEPER-1154, 1156, 1489: truncation kept or deleted the wrong
// records across files.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "log_helpers.h"

namespace paddock::storage {
namespace {

using testing::create_log;
using testing::FakeDisk;
using testing::payload_of;
using testing::small_log;

constexpr std::int64_t kLast = 24;

struct Found {
  Zxid zxid;
  std::string payload;
  friend bool operator==(const Found&, const Found&) = default;
};
using History = std::vector<Found>;

/// All records take three segments.
LogOptions tiny_log() {
  return small_log(4096);
}

/// Records of one leader's time; others have other payloads for the same zxids.
History history(std::int64_t first, std::int64_t last, const std::string& leader) {
  History records;
  for (std::int64_t zxid = first; zxid <= last; ++zxid) {
    records.push_back({Zxid{zxid}, payload_of(Zxid{zxid}) + std::string(300, 'x') + leader});
  }
  return records;
}

Result<> append(Log& log, const History& records) {
  for (std::size_t at = 0; at < records.size();) {
    LogBatch batch;
    for (std::size_t i = 0; i < 3 && at < records.size(); ++i, ++at) {
      batch.add(records[at].zxid, records[at].payload);
    }
    PADDOCK_TRY(log.commit(batch));
  }
  return {};
}

History contents(Log& log) {
  History records;
  const auto done = log.replay(log.base(), [&](Zxid zxid, View payload) -> Result<> {
    records.push_back({zxid, std::string(payload)});
    return {};
  });
  EXPECT_TRUE(done) << done.error().message;
  return records;
}

History join(History first, const History& second) {
  std::ranges::copy(second, std::back_inserter(first));
  return first;
}

bool begins_with(const History& whole, const History& part) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

/// A log of one history, closed, from which every attempt starts.
std::unique_ptr<FakeDisk> healthy_disk(bool has_spare) {
  FakeDisk disk;
  auto log = create_log(disk, tiny_log());
  EXPECT_TRUE(append(*log, history(1, kLast, "old")));
  if (has_spare) {
    EXPECT_TRUE(log->prepare_spare());
  }
  log.reset();
  return disk.copy();
}

/// Power fails, or only the process ends and power fails later.
void reboot(FakeDisk& disk, Prng& prng) {
  disk.crash_now();
  if (prng.chance(1, 3)) {
    disk.revive();
  } else {
    disk.reboot(prng);
  }
}

std::unique_ptr<Log> reopen(FakeDisk& disk, Zxid from = Zxid{0}) {
  return testing::open_log(disk, tiny_log(), {.from = from});
}

/// Calls `attempt(operation)` until it says that its crash came too late to matter.
void at_every_operation(const std::function<bool(std::uint64_t)>& attempt) {
  for (std::uint64_t operation = 1;; ++operation) {
    SCOPED_TRACE("crash at operation " + std::to_string(operation));
    const bool crashed = attempt(operation);
    if (!crashed || ::testing::Test::HasFailure()) return;
  }
}

/// Truncates to `keep` and appends what another leader has, with a crash on the way.
bool crash_in_truncation(const FakeDisk& healthy, std::int64_t keep, std::uint64_t operation) {
  const std::unique_ptr<FakeDisk> disk = healthy.copy();
  Prng prng(operation * 1000 + static_cast<std::uint64_t>(keep));
  const History old = history(1, kLast, "old");
  const History kept = history(1, keep, "old");
  const History changed = join(kept, history(keep + 1, keep + 8, "new"));
  bool is_truncated = false;
  bool is_changed = false;
  {
    auto log = reopen(*disk);
    disk->crash_at(disk->operations() + operation);
    is_truncated = log->truncate(Zxid{keep}).has_value();
    if (is_truncated) {
      is_changed = append(*log, history(keep + 1, keep + 8, "new")).has_value();
    }
  }
  const bool crashed = disk->crashed();
  reboot(*disk, prng);

  auto log = reopen(*disk);
  History found = contents(*log);
  EXPECT_TRUE(begins_with(found, kept));
  EXPECT_TRUE((!is_truncated && begins_with(old, found)) || begins_with(changed, found));
  if (is_changed) {
    EXPECT_EQ(found, changed);
  }

  // The other leader's way goes on, and the old history never comes back.
  EXPECT_TRUE(log->truncate(Zxid{keep}));
  EXPECT_EQ(contents(*log), kept);
  EXPECT_TRUE(append(*log, history(keep + 1, keep + 5, "newest")));
  log.reset();
  reboot(*disk, prng);
  EXPECT_EQ(contents(*reopen(*disk)), join(kept, history(keep + 1, keep + 5, "newest")));
  return crashed;
}

TEST(LogCrash, TruncationIsWholeAtEveryRecordAndOperation) {
  const std::unique_ptr<FakeDisk> with_spare = healthy_disk(true);
  const std::unique_ptr<FakeDisk> without_spare = healthy_disk(false);
  for (std::int64_t keep = 0; keep <= kLast; ++keep) {
    SCOPED_TRACE("truncated to " + std::to_string(keep));
    at_every_operation([&](std::uint64_t operation) {
      return crash_in_truncation(keep % 2 == 0 ? *with_spare : *without_spare, keep, operation);
    });
    if (HasFailure()) return;
  }
}

/// Restarts behind `base` and appends, with a crash on the way.
bool crash_in_restart(const FakeDisk& healthy,
                      Zxid base,
                      std::uint64_t operation,
                      std::uint64_t seed) {
  const std::unique_ptr<FakeDisk> disk = healthy.copy();
  Prng prng(operation * 1000 + seed);
  const History old = history(1, kLast, "old");
  const History next = history(base.value + 1, base.value + 12, "new");
  bool is_restarted = false;
  bool is_appended = false;
  {
    auto log = reopen(*disk);
    disk->crash_at(disk->operations() + operation);
    is_restarted = log->restart(base).has_value();
    if (is_restarted) is_appended = append(*log, next).has_value();
  }
  const bool crashed = disk->crashed();
  reboot(*disk, prng);

  // The old beginning is there as a whole, or the log begins behind `base`.
  auto opened = Log::open(*disk, tiny_log(), {.from = Zxid{0}});
  if (opened) {
    EXPECT_FALSE(is_restarted);
    EXPECT_EQ(contents(**opened), old);
    EXPECT_TRUE((*opened)->restart(base));
    opened->reset();
  } else {
    EXPECT_EQ(opened.error().fault, LogFault::Gap) << opened.error().message;
  }
  auto log = reopen(*disk, base);
  EXPECT_EQ(log->base(), base);
  EXPECT_TRUE(begins_with(next, contents(*log)));
  if (is_appended) {
    EXPECT_EQ(contents(*log), next);
  }
  log.reset();
  reboot(*disk, prng);
  EXPECT_EQ(reopen(*disk, base)->base(), base);
  return crashed;
}

// ZOOKEEPER-2872, 3598, 3642: what was there before a snapshot was mixed with what came after it.
TEST(LogCrash, RestartIsOneStepAtEveryOperation) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const std::unique_ptr<FakeDisk> healthy = healthy_disk(seed % 2 == 0);
    for (const Zxid base : {Zxid{10}, Zxid{kLast}, Zxid{1000}}) {
      SCOPED_TRACE("restarted behind " + std::to_string(base.value) + ", seed " +
                   std::to_string(seed));
      at_every_operation([&](std::uint64_t operation) {
        return crash_in_restart(*healthy, base, operation, seed);
      });
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace paddock::storage
