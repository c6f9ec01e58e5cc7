// SPDX-License-Identifier: Apache-2.0
//
// How a store is opened: looks at the directories step by step and either arrives at a state that
// may be used or says what stands in the way. Until it is sure that the data is ours, nothing is
// written. Called once, by Store::open.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/log.h"
#include "storage/metadata_file.h"
#include "storage/store.h"

namespace paddock::storage {

/// Where everything is.
struct StoreLayout {
  std::string data_root;  // dataDir
  std::string log_root;   // dataLogDir, or dataDir
  std::string home;       // metadata, snapshots, reserve, lock
  std::string log_home;   // the same as home, or a lock and a reserve of its own
  std::string log;        // segments
  std::string metadata;

  [[nodiscard]] bool separate() const { return home != log_home; }
};

[[nodiscard]] StoreLayout layout_of(const StoreOptions& options);
[[nodiscard]] LogOptions log_options(const StoreOptions& options,
                                     const StoreLayout& layout,
                                     const Metadata& metadata);

struct OpenedStore {
  StoreLayout layout;
  std::vector<std::unique_ptr<DirectoryLock>> locks;
  /// None, or marked as initializing: the store is fresh and there is no log.
  std::optional<MetadataFile> metadata;
  std::unique_ptr<Log> log;
  Recovery recovery;
  std::set<Zxid> verified_snapshots;
};

[[nodiscard]] std::expected<OpenedStore, StoreError> open_store(Disk& disk,
                                                                const StoreOptions& options);

/// The last step of an installation: the log begins behind the snapshot that `info` is of.
void set_installed(Metadata& metadata, const SnapshotInfo& info);

[[nodiscard]] EnsembleMark mark_of(const SnapshotInfo& info);
/// Whether the record says of the ensemble what `mark` says, or more; and makes it do so.
[[nodiscard]] bool is_marked(const Metadata& metadata, const EnsembleMark& mark);
void put_mark(Metadata& metadata, const EnsembleMark& mark);

/// A part of an installation: no other snapshot stays. May be done again after a crash.
[[nodiscard]] Result<> remove_other_snapshots(Disk& disk, const std::string& directory, Zxid keep);

}  // namespace paddock::storage
