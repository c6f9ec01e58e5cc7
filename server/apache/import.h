// SPDX-License-Identifier: Apache-2.0
//
// The state of an Apache ZooKeeper server out of its data directory: the newest snapshot that can
// be read and the logs above it, replayed as that server does at its start. Nothing is written. One
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "data/state.h"
#include "storage/disk.h"

namespace paddock::apache {

struct ImportOptions {
  /// dataDir or the directory version-2 in it.
  std::string data;
  /// dataLogDir; empty: the same.
  std::string log{};
  /// Goes on when a digest is not what it should be.
  bool ignores_digest = false;
};

struct Imported {
  std::unique_ptr<data::State> state;
  std::string snapshot;  // the file
  Zxid snapshot_zxid;
  std::uint64_t transactions = 0;
  /// The last transaction after which the tree's digest was compared, and was right.
  std::optional<Zxid> digest_checked;
  /// What it had promised to leaders.
  std::int64_t epoch = 0;
  /// Sentences about what was passed over.
  std::vector<std::string> warnings;
};

[[nodiscard]] Result<Imported> import_directory(storage::Disk& disk, const ImportOptions& options);

}  // namespace paddock::apache
