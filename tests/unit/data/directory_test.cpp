// SPDX-License-Identifier: Apache-2.0
#include "data/directory.h"

#include <gtest/gtest.h>

#include "data/segment.h"
#include "data/snapshot_io.h"
#include "fake_disk/fake_disk.h"
#include "txn/txn.pb.h"

namespace paddock::data {
namespace {

const std::string kData = "/data";
const std::string kHome = "/data/paddock";

storage::StoreOptions options() {
  storage::StoreOptions options;
  options.data_directory = kData;
  options.segment_bytes = 65536;
  options.space.reserve_bytes = 0;
  return options;
}

std::string create(std::int64_t zxid, const std::string& path) {
  txn::pb::Txn txn;
  txn.set_zxid(zxid);
  txn.set_time_ms(zxid * 10);
  txn::pb::Op& op = *txn.add_ops();
  op.mutable_create()->set_path(path);
  op.mutable_create()->set_data("data");
  txn::pb::Acl& acl = *op.mutable_create()->add_acl();
  acl.set_perms(31);
  acl.set_scheme("world");
  acl.set_id("anyone");
  op.mutable_create()->set_parent_cversion(static_cast<std::int32_t>(zxid));
  return txn.SerializeAsString();
}

class DataDirectory : public ::testing::Test {
 protected:
  DataDirectory() {
    disk_.create_directories(kData);
    auto store = storage::Store::open(disk_, options());
    EXPECT_TRUE(store);
    store_ = std::move(*store);
    EXPECT_TRUE(store_->initialize({.disk_id = "0123456789abcdef", .ensemble_id = {}}));
  }

  void commit(std::int64_t first, std::int64_t last) {
    storage::LogBatch batch;
    for (std::int64_t zxid = first; zxid <= last; ++zxid) {
      const std::string bytes = create(zxid, "/n" + std::to_string(zxid));
      std::ranges::copy(bytes, batch.add(Zxid{zxid}, bytes.size()).begin());
    }
    ASSERT_TRUE(store_->log().commit(batch));
  }

  Result<std::unique_ptr<Directory>> open(bool is_in_use = false) {
    return Directory::open(disk_, {.data = kData, .is_in_use = is_in_use});
  }

  fake_disk::FakeDisk disk_;
  std::unique_ptr<storage::Store> store_;
};

TEST_F(DataDirectory, IsReadWithoutAnyChange) {
  commit(1, 5);
  ASSERT_TRUE(store_->close());
  store_.reset();
  const std::uint64_t before = disk_.operations();
  auto directory = open();
  ASSERT_TRUE(directory) << directory.error().message;
  const auto state = (*directory)->load();
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ((*state)->tree.last_zxid(), Zxid{5});
  EXPECT_NE((*state)->tree.find("/n5"), nullptr);
  EXPECT_EQ((*state)->time.ms, 50);
  EXPECT_EQ(disk_.operations(), before);
}

TEST_F(DataDirectory, IsReadUpToATransaction) {
  commit(1, 5);
  auto directory = open();
  ASSERT_TRUE(directory);
  const auto state = (*directory)->load(Zxid{3});
  ASSERT_TRUE(state);
  EXPECT_NE((*state)->tree.find("/n3"), nullptr);
  EXPECT_EQ((*state)->tree.find("/n4"), nullptr);
}

TEST_F(DataDirectory, InUseShowsWhatIsProvedToBeDurable) {
  commit(1, 3);
  commit(4, 5);
  // The second batch says that the first is durable, and nothing says it of the second.
  auto directory = open(true);
  ASSERT_TRUE(directory) << directory.error().message;
  EXPECT_EQ((*directory)->durable(), Zxid{3});
  const auto state = (*directory)->load();
  ASSERT_TRUE(state);
  EXPECT_EQ((*state)->tree.last_zxid(), Zxid{3});
}

TEST_F(DataDirectory, ThatHoldsNothingIsRefused) {
  fake_disk::FakeDisk empty;
  empty.create_directories(kData);
  const auto directory = Directory::open(empty, {.data = kData});
  ASSERT_FALSE(directory);
  EXPECT_NE(directory.error().message.find("holds no data"), std::string::npos);
}

TEST_F(DataDirectory, SaysWhatOfALogDoesNotFit) {
  commit(1, 1);
  storage::LogBatch batch;
  const std::string bytes = create(2, "/not/there");
  std::ranges::copy(bytes, batch.add(Zxid{2}, bytes.size()).begin());
  ASSERT_TRUE(store_->log().commit(batch));
  auto directory = open();
  ASSERT_TRUE(directory);
  const auto state = (*directory)->load();
  ASSERT_FALSE(state);
  EXPECT_NE(state.error().message.find("0x2"), std::string::npos) << state.error().message;
  EXPECT_NE(state.error().message.find("/not/there"), std::string::npos);
}

TEST_F(DataDirectory, ItsStateGoesThroughASnapshot) {
  commit(1, 600);
  auto directory = open();
  ASSERT_TRUE(directory);
  auto state = (*directory)->load();
  ASSERT_TRUE(state);
  (*state)->sessions[SessionId{7}] = {.id = SessionId{7}, .timeout = milliseconds(4000)};
  (*state)->mark.ensemble_id = "ensemble-a";
  const auto path = write_snapshot(disk_, kData, **state, WallTime{9});
  ASSERT_TRUE(path) << path.error().message;
  const auto loaded = load_snapshot(disk_, *path);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ((*loaded)->tree.digest(), (*state)->tree.digest());
  EXPECT_EQ((*loaded)->tree.last_zxid(), Zxid{600});
  EXPECT_EQ((*loaded)->sessions.at(SessionId{7}).timeout, milliseconds(4000));
  EXPECT_EQ((*loaded)->mark.ensemble_id, "ensemble-a");
}

TEST_F(DataDirectory, ASegmentIsWalked) {
  commit(1, 3);
  std::vector<Zxid> seen;
  const auto found = walk_segment(
      disk_, kHome + "/log/segment.0000000000000001", [&](const SegmentRecord& record) -> Result<> {
        seen.push_back(record.zxid);
        return {};
      });
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->records, 3U);
  EXPECT_EQ(found->last, Zxid{3});
  EXPECT_EQ(seen, (std::vector{Zxid{1}, Zxid{2}, Zxid{3}}));
}

}  // namespace
}  // namespace paddock::data
