// SPDX-License-Identifier: Apache-2.0
//
// A server's data directory, opened to be looked at: by the code that a server starts with, over a
// disk that keeps what is written to itself (overlay_disk.h). A directory that a server uses may be
// opened, too: then only what is known to be durable counts. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "data/overlay_disk.h"
#include "data/state.h"
#include "storage/store.h"

namespace paddock::data {

struct DirectoryOptions {
  /// dataDir, or the directory `paddock` in it.
  std::string data;
  /// dataLogDir; empty: the same.
  std::string log{};
  /// A server uses it now.
  bool is_in_use = false;
};

class Directory {
 public:
  /// *Errors*: what a server would say that does not start from it.
  [[nodiscard]] static Result<std::unique_ptr<Directory>> open(storage::Disk& disk,
                                                               DirectoryOptions options);

  [[nodiscard]] const storage::Metadata& metadata() const { return metadata_; }
  [[nodiscard]] const storage::Recovery& recovery() const { return store_->recovery(); }
  /// What the log holds up to here is durable.
  [[nodiscard]] Zxid durable() const { return durable_; }
  /// Where snapshots are, and where segments are.
  [[nodiscard]] std::string home() const;
  [[nodiscard]] std::string log() const;
  /// To read the files with: as they were when the directory was opened, if it is in use.
  [[nodiscard]] storage::Disk& disk() { return overlay_; }

  /// The state after the last transaction at or below `zxid` that is durable; none: after the last
  /// one. *Errors*: no snapshot reaches back so far, or something is damaged.
  [[nodiscard]] Result<std::unique_ptr<State>> load(std::optional<Zxid> zxid = {});

  /// Calls `each` for the durable records above `from`, in order.
  [[nodiscard]] Result<> replay(Zxid from,
                                const std::function<Result<>(Zxid zxid, View payload)>& each);

 private:
  Directory(storage::Disk& disk, DirectoryOptions options);
  [[nodiscard]] Result<> open();
  [[nodiscard]] Result<> read_metadata();
  [[nodiscard]] Result<> freeze_log();
  [[nodiscard]] Result<> find_durable();
  [[nodiscard]] Result<std::vector<std::string>> segments();

  OverlayDisk overlay_;
  DirectoryOptions options_;
  storage::Metadata metadata_;
  std::unique_ptr<storage::Store> store_;
  Zxid durable_;
};

}  // namespace paddock::data
