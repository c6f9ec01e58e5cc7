// SPDX-License-Identifier: Apache-2.0
#include "datatool/describe.h"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "tree/data_tree.h"
#include "tree/owner.h"

namespace paddock::datatool {
namespace {

std::string kind_of_owner(std::int64_t owner) {
  if (owner == 0) return "";
  if (tree::is_container(owner)) return ", container";
  if (tree::is_ttl(owner)) return fmt::format(", ttl {} ms", tree::ttl_ms(owner));
  return fmt::format(", ephemeral of {}", hex(owner));
}

}  // namespace

std::string hex(std::int64_t value) {
  return fmt::format("0x{:x}", static_cast<std::uint64_t>(value));
}

std::string printable(View bytes) {
  constexpr unsigned char kFirst = 0x20;
  constexpr unsigned char kLast = 0x7e;
  std::string text;
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    if (code >= kFirst && code <= kLast) {
      text.push_back(byte);
    } else {
      text += fmt::format("\\x{:02x}", code);
    }
  }
  return text;
}

std::string describe(const txn::pb::Op& op) {
  switch (op.change_case()) {
    case txn::pb::Op::kCreate:
      return fmt::format("create {} ({} bytes{})",
                         printable(op.create().path()),
                         op.create().data().size(),
                         kind_of_owner(op.create().owner()));
    case txn::pb::Op::kDelete:
      return fmt::format("delete {}", printable(op.delete_().path()));
    case txn::pb::Op::kSetData:
      return fmt::format("set {} ({} bytes, version {})",
                         printable(op.set_data().path()),
                         op.set_data().data().size(),
                         op.set_data().version());
    case txn::pb::Op::kSetAcl:
      return fmt::format(
          "setAcl {} (version {})", printable(op.set_acl().path()), op.set_acl().version());
    case txn::pb::Op::kCheck:
      return fmt::format("check {}", printable(op.check().path()));
    case txn::pb::Op::kCreateSession:
      return fmt::format("createSession (timeout {} ms)", op.create_session().timeout_ms());
    case txn::pb::Op::kMoveSession:
      return fmt::format("moveSession (to server {})", op.move_session().server());
    case txn::pb::Op::kCloseSession:
      return "closeSession";
    case txn::pb::Op::CHANGE_NOT_SET:
      break;
  }
  return "an operation of a newer version";
}

boost::json::object to_json(const txn::pb::Txn& txn) {
  boost::json::array ops;
  for (const txn::pb::Op& op : txn.ops()) ops.emplace_back(describe(op));
  boost::json::object object{{"zxid", hex(txn.zxid())},
                             {"session", hex(txn.session())},
                             {"xid", txn.xid()},
                             {"time_ms", txn.time_ms()},
                             {"multi", txn.multi()},
                             {"operations", std::move(ops)}};
  if (txn.has_charter()) object["feature_level"] = txn.charter().feature_level();
  return object;
}

boost::json::object to_json(const data::State& state) {
  const tree::TreeCounts counts = state.tree.counts();
  return {{"zxid", hex(state.tree.last_zxid().value)},
          {"znodes", counts.nodes},
          {"ephemerals", counts.ephemerals},
          {"sessions", state.sessions.size()},
          {"data_bytes", counts.data_bytes},
          {"digest", hex(static_cast<std::int64_t>(state.tree.digest()))},
          {"ensemble_id", printable(state.mark.ensemble_id)},
          {"feature_level", state.mark.feature_level}};
}

}  // namespace paddock::datatool
