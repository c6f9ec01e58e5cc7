// SPDX-License-Identifier: Apache-2.0
//
// Transactions, states and numbers as people and programs read them.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "base/bytes.h"
#include "base/ids.h"
#include "data/state.h"
#include "txn/txn.pb.h"

namespace paddock::datatool {

/// "0x100000002".
[[nodiscard]] std::string hex(std::int64_t value);
/// Bytes that are no printable ASCII as \xNN, so that a line stays one.
[[nodiscard]] std::string printable(View bytes);
/// "create /a (5 bytes)".
[[nodiscard]] std::string describe(const txn::pb::Op& op);
[[nodiscard]] boost::json::object to_json(const txn::pb::Txn& txn);
/// Counts and digest.
[[nodiscard]] boost::json::object to_json(const data::State& state);

}  // namespace paddock::datatool
