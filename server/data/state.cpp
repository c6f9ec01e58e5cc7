// SPDX-License-Identifier: Apache-2.0
#include "data/state.h"

#include <algorithm>

#include <fmt/format.h>

#include "data/fit.h"
#include "tree/changes.h"
#include "txn/txn.pb.h"

namespace paddock::data {
namespace {

void apply_to_sessions(State& state, const txn::pb::Txn& txn) {
  const SessionId id{txn.session()};
  for (const txn::pb::Op& op : txn.ops()) {
    if (op.has_create_session()) {
      state.sessions[id] = {.id = id,
                            .timeout = milliseconds(op.create_session().timeout_ms()),
                            .home = ServerId{op.create_session().server()}};
    } else if (op.has_move_session() && state.sessions.contains(id)) {
      state.sessions[id].timeout = milliseconds(op.move_session().timeout_ms());
      state.sessions[id].home = ServerId{op.move_session().server()};
    } else if (op.has_close_session()) {
      state.sessions.erase(id);
    }
  }
}

}  // namespace

Result<> apply(State& state, Zxid zxid, View payload) {
  txn::pb::Txn txn;
  if (!txn.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return fail(fmt::format("the record of 0x{:x} is no transaction", zxid.value));
  }
  if (txn.zxid() != zxid.value || zxid <= state.tree.last_zxid()) {
    return fail(fmt::format("the transaction 0x{:x} in the record of 0x{:x} does not follow 0x{:x}",
                            txn.zxid(),
                            zxid.value,
                            state.tree.last_zxid().value));
  }
  if (const std::string problem = misfit(state.tree, txn); !problem.empty()) {
    return fail(
        fmt::format("the transaction 0x{:x} does not fit the state: {}", zxid.value, problem));
  }
  tree::Changes changes;
  state.tree.apply(txn, changes);
  apply_to_sessions(state, txn);
  if (txn.has_charter()) {
    state.mark.ensemble_id = txn.charter().ensemble_id();
    state.mark.feature_level = std::max(state.mark.feature_level, txn.charter().feature_level());
  }
  state.time = WallTime{txn.time_ms()};
  return {};
}

}  // namespace paddock::data
