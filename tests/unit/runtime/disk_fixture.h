// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the disk's queue share: a store on a fake disk, records, and the file of a
// leader's snapshot.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fake_disk/fake_disk.h"
#include "storage/snapshots.h"
#include "storage/store.h"

namespace paddock::runtime::testing {

using fake_disk::FakeDisk;

inline const std::string kHome = "/data/paddock";

inline storage::StoreOptions store_options() {
  storage::StoreOptions options;
  options.data_directory = "/data";
  options.server_id = ServerId{1};
  options.segment_bytes = 4096;
  options.snapshots_kept = 1;
  options.space.reserve_bytes = 0;
  return options;
}

/// Opens what is there, or makes it.
inline std::unique_ptr<storage::Store> open_store(FakeDisk& disk) {
  disk.create_directories("/data");
  auto store = storage::Store::open(disk, store_options());
  EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().message);
  if ((*store)->fresh()) {
    EXPECT_TRUE((*store)->initialize({.disk_id = std::string(16, 'd'), .ensemble_id = "e"}));
  }
  return std::move(*store);
}

inline std::string payload_of(Zxid zxid) {
  return "transaction " + std::to_string(zxid.value) + std::string(100, 'x');
}

inline storage::LogBatch batch_of(std::int64_t first, std::int64_t last) {
  storage::LogBatch batch;
  for (std::int64_t zxid = first; zxid <= last; ++zxid) {
    batch.add(Zxid{zxid}, payload_of(Zxid{zxid}));
  }
  return batch;
}

inline void commit(storage::Store& store, std::int64_t first, std::int64_t last) {
  for (std::int64_t zxid = first; zxid <= last; ++zxid) {
    storage::LogBatch batch = batch_of(zxid, zxid);
    ASSERT_TRUE(store.log().commit(batch));
  }
}

inline std::vector<std::int64_t> range(std::int64_t first, std::int64_t last) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t number = first; number <= last; ++number) numbers.push_back(number);
  return numbers;
}

inline std::vector<std::int64_t> zxids_of(storage::Store& store) {
  std::vector<std::int64_t> zxids;
  EXPECT_TRUE(store.log().replay(store.log().base(), [&](Zxid zxid, View payload) -> Result<> {
    EXPECT_EQ(payload, payload_of(zxid));
    zxids.push_back(zxid.value);
    return {};
  }));
  return zxids;
}

inline void take_snapshot(storage::Store& store, Zxid zxid, View state = "own state") {
  auto writer = store.begin_snapshot({.zxid = zxid});
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->add(1, state));
  ASSERT_TRUE(store.complete_snapshot(std::move(*writer)));
}

/// The bytes of a snapshot's file.
inline std::string leaders_snapshot(Zxid zxid, View state = "the leader's state") {
  FakeDisk disk;
  disk.create_directories("/elsewhere");
  auto writer =
      storage::SnapshotWriter::create(disk, "/elsewhere", {.zxid = zxid, .ensemble_id = "e"});
  EXPECT_TRUE(writer);
  EXPECT_TRUE((*writer)->add(1, state));
  EXPECT_TRUE((*writer)->finish());
  return disk.contents(storage::snapshot_path("/elsewhere", zxid));
}

}  // namespace paddock::runtime::testing
