// SPDX-License-Identifier: Apache-2.0
//
// Numbers and dates as Java prints them, which is what readers of these texts parse.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.h"

namespace paddock::admin {

/// At least one decimal, no more than needed: "0.0", "19.1111".
[[nodiscard]] std::string java_double(double value);

/// "0x" and the 64 bits without leading zeros.
[[nodiscard]] std::string hex(std::int64_t value);
[[nodiscard]] inline std::string hex(SessionId session) {
  return hex(raw(session));
}
[[nodiscard]] inline std::string hex(Zxid zxid) {
  return hex(zxid.value);
}

/// A time on the wall clock in UTC: "Sun Nov 22 01:04:03 UTC 2026".
[[nodiscard]] std::string java_date(std::int64_t wall_ms);

}  // namespace paddock::admin
