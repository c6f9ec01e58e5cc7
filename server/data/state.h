// SPDX-License-Identifier: Apache-2.0
//
// The state that the members of an ensemble share, as a value without a server around it: the tree,
// the sessions, and what the ensemble agrees on about itself. One thread.
#pragma once

#include <map>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "session/session_table.h"
#include "storage/ensemble_mark.h"
#include "tree/data_tree.h"

namespace paddock::data {

struct State {
  tree::DataTree tree;
  std::map<SessionId, session::Session> sessions{};
  storage::EnsembleMark mark{};
  /// Of the last transaction that was applied, or of the snapshot.
  WallTime time{};
};

/// Applies an encoded transaction, as a server does that replays its log. *Errors*: bytes that are
/// none, or one that does not fit the state; the state is as it was.
[[nodiscard]] Result<> apply(State& state, Zxid zxid, View payload);

}  // namespace paddock::data
