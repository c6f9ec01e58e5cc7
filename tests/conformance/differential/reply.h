// SPDX-License-Identifier: Apache-2.0
//
// A frame from a server as a list of typed values, so that two servers' frames can be compared
// where they must be equal and related where they cannot be: zxids, times and session ids.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "step.h"

namespace paddock::conformance {

enum class ValueKind {
  Number,      // Equal on both servers.
  Text,        // Likewise.
  Zxid,        // Of a transaction: related one to one, in order.
  HeaderZxid,  // At least every zxid seen before on the connection.
  EventZxid,   // -1 from releases before 3.9, then the transaction's.
  Session,     // Related one to one.
};

struct Value {
  ValueKind kind{};
  std::int64_t number = 0;
  std::string text;
  const char* name = "";

  friend bool operator==(const Value&, const Value&) = default;
};

/// A transaction and the time that a stat gives it: one transaction has one time.
struct Stamp {
  std::int64_t zxid = 0;
  std::int64_t time_ms = 0;
};

struct Reply {
  bool event = false;
  std::int32_t error = 0;
  std::vector<Value> values;
  std::vector<Stamp> stamps;
  bool malformed = false;
  bool multi_failed = false;
  /// Whether a create2 inside a multi was answered with a Stat, as releases before 3.9 do not.
  bool multi_create2 = false;
  /// The path that a create made, empty otherwise; of a multi, one for each operation.
  std::vector<std::string> created;
};

/// `request` is the one whose turn it is; it does not matter for an event.
[[nodiscard]] Reply decode_frame(View frame, const Request& request);

[[nodiscard]] bool is_event(View frame);

[[nodiscard]] std::string describe(const Reply& reply);

}  // namespace paddock::conformance
