// SPDX-License-Identifier: Apache-2.0
//
// What a path on the command line is: a segment of a log, a snapshot, or a data directory.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "data/directory.h"
#include "data/state.h"
#include "storage/disk.h"

namespace paddock::datatool {

struct TargetOptions {
  std::string path;
  std::string log_directory{};
};

enum class TargetKind {
  Segment,
  Snapshot,
  Directory
};

[[nodiscard]] Result<TargetKind> kind_of(storage::Disk& disk, const std::string& path);

struct OpenedDirectory {
  std::unique_ptr<data::Directory> directory;
  bool is_in_use = false;
};

[[nodiscard]] Result<OpenedDirectory> open_directory(storage::Disk& disk,
                                                     const TargetOptions& target);

/// The state that a snapshot holds, or a directory after its last durable transaction.
[[nodiscard]] Result<std::unique_ptr<data::State>> load_state(storage::Disk& disk,
                                                              const TargetOptions& target);

}  // namespace paddock::datatool
