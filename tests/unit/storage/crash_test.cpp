// SPDX-License-Identifier: Apache-2.0
//
// A scripted life of a store is stopped at each of its disk operations, with several outcomes each
// of what was not synced, and looked at after the reboot: everything that was reported durable is
// there, nothing but what was written, and a crash alone is never taken for damage.
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "log_helpers.h"
#include "snapshot_bytes.h"
#include "storage/store.h"

namespace paddock::storage {
namespace {

using testing::FakeDisk;

const std::string kData = "/data";

StoreOptions tiny_store() {
  StoreOptions options;
  options.data_directory = kData;
  options.log_directory = "/logs";
  options.server_id = ServerId{1};
  options.segment_bytes = 4096;
  options.snapshots_kept = 2;
  options.space.reserve_bytes = 0;
  options.snapshot.sync_every_bytes = 1000;
  return options;
}

/// What may be on the disk, as far as the store has told.
struct Expectation {
  bool initialized = false;
  /// Records from the base on, by zxid; those above `durable` may be there, in order.
  std::map<std::int64_t, std::string> records;
  std::int64_t durable = 0;
  std::int64_t epoch = 0;
  std::int64_t epoch_attempted = 0;
  std::int64_t snapshot = 0;
  /// As far as that is told, and it may be more.
  std::int64_t committed = 0;
  /// A truncation that was begun: the log may end anywhere from here on.
  std::optional<std::int64_t> truncating;
  /// An installation that was begun: the state may be this snapshot and nothing else.
  std::optional<std::int64_t> installing;
};

std::string state_at(std::int64_t zxid) {
  return "the state at " + std::to_string(zxid) +
         std::string(700, static_cast<char>('a' + zxid % 26));
}

/// One store over several lives of its process.
class World {
 public:
  explicit World(std::uint64_t seed) : prng_(seed) {
    disk_.create_directories(kData);
    disk_.create_directories("/logs");
  }

  FakeDisk& disk() { return disk_; }
  Prng& prng() { return prng_; }
  [[nodiscard]] bool alive() const { return !disk_.crashed() && !::testing::Test::HasFailure(); }

  /// Power fails, or only the process dies: then what was not synced is seen again, and may be lost
  /// later.
  void restart() {
    store_.reset();
    if (prng_.chance(1, 4)) {
      disk_.revive();
    } else {
      disk_.reboot(prng_);
    }
  }

  /// Opens the store and compares what is there with what must be.
  void start() {
    if (!alive()) return;
    auto store = Store::open(disk_, tiny_store());
    if (!alive()) return;
    ASSERT_TRUE(store.has_value()) << store.error().message;
    store_ = std::move(*store);
    if (store_->fresh()) {
      ASSERT_FALSE(expected_.initialized);
      if (!store_->initialize({.disk_id = "0123456789abcdef", .ensemble_id = "e"})) return;
    } else {
      check_recovered();
    }
    expected_.initialized = true;
  }

  void commit(std::int64_t count) {
    if (!alive()) return;
    LogBatch batch;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t zxid = ++attempted_;
      // Often the very bytes of an earlier life, so that torn ones might continue the chain.
      std::string payload = testing::payload_of(Zxid{zxid});
      if (prng_.chance(1, 3)) payload += "life " + std::to_string(prng_.below(5));
      expected_.records[zxid] = payload;
      batch.add(Zxid{zxid}, payload);
    }
    const auto durable = store_->log().commit(batch);
    if (durable) expected_.durable = durable->value;
    if (alive()) {
      ASSERT_EQ(durable, Zxid{attempted_});
    }
  }

  void prepare_spare() {
    if (alive()) check_success(store_->log().prepare_spare());
  }

  void set_epoch(std::int64_t epoch) {
    if (!alive()) return;
    expected_.epoch_attempted = epoch;
    const auto written =
        store_->update_metadata([&](Metadata& next) { next.set_current_epoch(epoch); });
    if (written) expected_.epoch = epoch;
    check_success(written);
  }

  void take_snapshot() {
    if (!alive()) return;
    const std::int64_t zxid = expected_.durable;
    auto writer = store_->begin_snapshot({.zxid = Zxid{zxid}});
    if (!alive()) return;
    ASSERT_TRUE(writer);
    fill(**writer, zxid);
    const auto done = store_->complete_snapshot(std::move(*writer));
    if (done) expected_.snapshot = zxid;
    check_success(done);
  }

  void truncate(std::int64_t zxid) {
    if (!alive()) return;
    ASSERT_GE(zxid, expected_.snapshot);
    expected_.truncating = zxid;
    const auto done = store_->truncate(Zxid{zxid});
    if (done) end_log_at(zxid);
    check_success(done);
  }

  void install(std::int64_t zxid) {
    if (!alive()) return;
    expected_.installing = zxid;
    const std::string bytes =
        testing::snapshot_bytes({.zxid = Zxid{zxid}, .ensemble_id = "e"}, state_at(zxid));
    auto received = store_->begin_receive(Zxid{zxid});
    for (std::size_t at = 0; at < bytes.size() && alive(); at += 300) {
      static_cast<void>((*received)->append(View{bytes}.substr(at, 300)));
    }
    if (!alive()) return;
    const auto done = store_->complete_receive(std::move(*received));
    if (done) begin_at(zxid);
    if (alive()) {
      ASSERT_TRUE(done) << done.error().message;
    }
  }

  /// The leader goes away in the middle of its snapshot.
  void receive_half(std::int64_t zxid) {
    if (!alive()) return;
    auto received = store_->begin_receive(Zxid{zxid});
    if (alive()) static_cast<void>((*received)->append(std::string(700, 'x')));
  }

  void note_committed(std::int64_t zxid) {
    if (!alive()) return;
    const auto written = store_->note_committed(Zxid{zxid});
    if (written) expected_.committed = zxid;
    check_success(written);
  }

  void close() {
    if (alive()) check_success(store_->close());
    store_.reset();
  }

  [[nodiscard]] std::int64_t last() const { return expected_.durable; }

 private:
  void check_success(const Result<>& result) {
    if (alive()) {
      ASSERT_TRUE(result) << result.error().message;
    }
  }

  void fill(SnapshotWriter& writer, std::int64_t zxid) {
    const std::string state = state_at(zxid);
    for (std::size_t at = 0; at < state.size(); at += 100) {
      const auto added = writer.add(1, View{state}.substr(at, 100));
      if (!alive()) return;
      ASSERT_TRUE(added);
    }
  }

  void end_log_at(std::int64_t zxid) {
    expected_.records.erase(expected_.records.upper_bound(zxid), expected_.records.end());
    expected_.durable = attempted_ = zxid;
    expected_.truncating.reset();
  }

  void begin_at(std::int64_t zxid) {
    expected_.records.clear();
    expected_.durable = attempted_ = expected_.snapshot = expected_.committed = zxid;
    expected_.installing.reset();
  }

  void check_recovered() {
    const Recovery& recovery = store_->recovery();
    EXPECT_TRUE(recovery.warnings.empty());
    const std::int64_t snapshot = recovery.snapshot.value_or(Zxid{0}).value;
    // An own snapshot may be of the same zxid, but then the log reaches back behind it.
    if (expected_.installing == snapshot && store_->log().base() == Zxid{snapshot}) {
      begin_at(snapshot);
    }
    expected_.installing.reset();
    ASSERT_GE(snapshot, expected_.snapshot);
    expected_.snapshot = snapshot;
    check_snapshot(snapshot);
    check_log(snapshot);
    EXPECT_GE(recovery.committed.value, expected_.committed);
    EXPECT_GE(recovery.committed.value, snapshot);
    EXPECT_LE(recovery.committed, recovery.last);
    const auto names = disk_.list(kData + "/paddock");
    EXPECT_TRUE(std::ranges::none_of(
        *names, [](const std::string& name) { return name.starts_with("received."); }));
    const std::int64_t epoch = store_->metadata().current_epoch();
    EXPECT_TRUE(epoch == expected_.epoch || epoch == expected_.epoch_attempted) << epoch;
    expected_.epoch = expected_.epoch_attempted = epoch;
  }

  void check_snapshot(std::int64_t zxid) {
    if (zxid == 0) return;
    auto reader = store_->open_snapshot();
    ASSERT_TRUE(reader);
    StoredChunk chunk;
    ChunkDecoder decoder;
    std::string state;
    while (true) {
      const auto more = (*reader)->next(chunk);
      ASSERT_TRUE(more);
      if (!*more) break;
      state += *decoder.decode(chunk);
    }
    EXPECT_EQ(state, state_at(zxid));
  }

  void check_log(std::int64_t from) {
    const std::int64_t last = store_->log().last().value;
    ASSERT_EQ(store_->recovery().last.value, last);
    ASSERT_GE(last, expected_.truncating.value_or(expected_.durable));
    ASSERT_LE(last, attempted_);
    auto record = expected_.records.upper_bound(from);
    const auto replayed =
        store_->log().replay(Zxid{from}, [&](Zxid zxid, View payload) -> Result<> {
          EXPECT_NE(record, expected_.records.end());
          EXPECT_EQ(zxid.value, record->first);
          EXPECT_EQ(payload, record->second);
          ++record;
          return {};
        });
    ASSERT_TRUE(replayed) << replayed.error().message;
    if (last > from) {
      EXPECT_EQ(std::prev(record)->first, last);
    }
    end_log_at(last);
  }

  FakeDisk disk_;
  Prng prng_;
  std::unique_ptr<Store> store_;
  Expectation expected_;
  std::int64_t attempted_ = 0;
};

/// Everything a store does, in an order in which one thing disturbs another.
void first_life(World& world) {
  world.start();
  world.commit(3);
  world.set_epoch(1);
  world.prepare_spare();
  for (int i = 0; i < 12; ++i) world.commit(1 + i % 4);
  world.take_snapshot();
  world.commit(40);
  world.set_epoch(2);
  world.prepare_spare();
  for (int i = 0; i < 8; ++i) world.commit(5);
  world.take_snapshot();
  world.commit(2);
  world.take_snapshot();
  world.prepare_spare();
  world.commit(30);
  world.note_committed(world.last() - 28);
  world.receive_half(world.last() - 28);
  world.truncate(world.last() - 25);
  world.commit(4);
  world.set_epoch(3);
  world.commit(20);
  world.install(world.last() - 3);
  world.commit(5);
  world.receive_half(world.last() + 1000);
  world.install(world.last() + 1000);
  world.commit(5);
  world.take_snapshot();
  world.commit(5);
  // A snapshot of the same zxid as an own one.
  world.install(world.last() - 5);
  world.commit(5);
  world.prepare_spare();
  world.commit(10);
  world.close();
}

void second_life(World& world) {
  world.start();
  world.commit(2);
  world.set_epoch(world.last() + 10);
  for (int i = 0; i < 6; ++i) world.commit(1 + i);
  world.take_snapshot();
  world.prepare_spare();
  world.commit(30);
}

std::uint64_t operations_of(const std::function<void(World&)>& life) {
  World world(1);
  life(world);
  return world.disk().operations();
}

void crash_in_first_life(std::uint64_t operation, std::uint64_t seed) {
  SCOPED_TRACE("crash at operation " + std::to_string(operation) + ", seed " +
               std::to_string(seed));
  World world(seed);
  world.disk().crash_at(operation);
  first_life(world);
  ASSERT_TRUE(world.disk().crashed());
  world.restart();

  // The second life, recovery included, crashes as well.
  world.disk().crash_at(world.disk().operations() + 1 + world.prng().below(60));
  second_life(world);
  world.disk().crash_now();
  world.restart();

  second_life(world);
  ASSERT_TRUE(world.alive());
  world.close();
  world.start();
}

TEST(StoreCrash, LosesNothingDurableAtAnyOperation) {
  const std::uint64_t operations = operations_of(first_life);
  ASSERT_GT(operations, 200U);
  for (std::uint64_t operation = 1; operation <= operations; ++operation) {
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      crash_in_first_life(operation, operation * 1000 + seed);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace paddock::storage
