// SPDX-License-Identifier: Apache-2.0
//
// The file of a snapshot as another server would ship it.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "fake_disk/fake_disk.h"
#include "storage/snapshot_writer.h"
#include "storage/snapshots.h"

namespace paddock::storage::testing {

/// `state` goes into the file in chunks of at most 100 bytes.
inline std::string snapshot_bytes(const SnapshotInfo& info, View state) {
  const std::string directory = "/elsewhere";
  fake_disk::FakeDisk disk;
  disk.create_directories(directory);
  auto writer = SnapshotWriter::create(disk, directory, info);
  EXPECT_TRUE(writer);
  for (std::size_t at = 0; at < state.size(); at += 100) {
    EXPECT_TRUE((*writer)->add(1, state.substr(at, 100)));
  }
  EXPECT_TRUE((*writer)->finish());
  return disk.contents(snapshot_path(directory, info.zxid));
}

}  // namespace paddock::storage::testing
