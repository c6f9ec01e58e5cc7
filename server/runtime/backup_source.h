// SPDX-License-Identifier: Apache-2.0
//
// What backups are made of: a snapshot as a stream, and what was committed since. The log is read
// on the admin worker's thread, and a snapshot's file is opened on the background thread.
#pragma once

#include <cstdint>

#include "gate/shared_tree.h"
#include "http/message.h"
#include "runtime/background.h"
#include "storage/store.h"

namespace paddock::runtime {

class BackupSource {
 public:
  /// `slot`: the admin threads' reader's slot of `tree`.
  BackupSource(storage::Store& store,
               gate::SharedTree& tree,
               std::size_t slot,
               Background& background)
      : store_(store), tree_(tree), slot_(slot), background_(background) {}

  /// A snapshot of now, or a later moment: the file in pieces. Headers: X-Paddock-Zxid; behind it
  /// X-Paddock-Sha256.
  [[nodiscard]] http::Response answer_snapshot(const http::Request& request);
  /// Committed transactions above ?after=, as data/transactions.h has them, a few MiB at a time.
  /// Headers: X-Paddock-Last, the last one of the answer; X-Paddock-Committed.
  [[nodiscard]] http::Response answer_log(const http::Request& request);

  /// What ZooKeeper's command does to a server that runs, nothing does here; says what to do.
  [[nodiscard]] static http::Response answer_restore(const http::Request& request);

 private:
  [[nodiscard]] Zxid applied();
  [[nodiscard]] std::string ensemble_header() const;
  [[nodiscard]] http::Response stream(Zxid zxid);

  storage::Store& store_;
  gate::SharedTree& tree_;
  std::size_t slot_;
  Background& background_;
};

}  // namespace paddock::runtime
