// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"
#include "jute/records.h"
#include "request/prepare.h"
#include "txn/txn.pb.h"

namespace paddock::request {

namespace {

using jute::Opcode;

bool replies_with_stat_and_path(Opcode opcode) {
  return opcode == Opcode::Create2 || opcode == Opcode::CreateContainer ||
         opcode == Opcode::CreateTtl;
}

void write_result(const txn::pb::Op& op, const jute::Stat& stat, jute::Writer& out) {
  const auto opcode = static_cast<Opcode>(op.opcode());
  if (opcode == Opcode::Create) {
    out.put(jute::PathResponse{op.create().path()});
  } else if (replies_with_stat_and_path(opcode)) {
    out.put(jute::PathStatResponse{op.create().path(), stat});
  } else if (opcode == Opcode::SetData || opcode == Opcode::SetAcl) {
    out.put(jute::StatResponse{stat});
  } else if (opcode == Opcode::Reconfig) {
    out.put(jute::DataResponse{op.set_data().data(), stat});
  }
}

/// The type in front of a result: creates that answer with a stat all call themselves create2.
Opcode result_type(const txn::pb::Op& op) {
  const auto opcode = static_cast<Opcode>(op.opcode());
  return replies_with_stat_and_path(opcode) ? Opcode::Create2 : opcode;
}

}  // namespace

void write_reply(const txn::pb::Txn& txn, const std::vector<jute::Stat>& stats, jute::Writer& out) {
  PADDOCK_ASSERT(stats.size() == static_cast<std::size_t>(txn.ops_size()));
  for (int i = 0; i < txn.ops_size(); ++i) {
    const txn::pb::Op& op = txn.ops(i);
    if (txn.multi()) out.put(jute::MultiHeader{result_type(op), false, 0});
    write_result(op, stats[static_cast<std::size_t>(i)], out);
  }
  if (txn.multi()) out.put(jute::kMultiEnd);
}

void write_multi_errors(const std::vector<ErrorCode>& errors, jute::Writer& out) {
  for (const ErrorCode err : errors) {
    out.put(jute::MultiHeader{Opcode::Error, false, static_cast<std::int32_t>(err)});
    out.put(jute::ErrorResponse{err});
  }
  out.put(jute::kMultiEnd);
}

}  // namespace paddock::request
