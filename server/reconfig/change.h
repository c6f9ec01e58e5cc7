// SPDX-License-Identifier: Apache-2.0
//
// What a reconfig request makes of the members: some join or leave, or all are given anew. Pure;
// who is in sync, and who may ask, is for the caller. Source: ZooKeeper PrepRequestProcessor,
// reconfig.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include "base/bytes.h"
#include "base/error_code.h"
#include "reconfig/members.h"

namespace paddock::reconfig {

struct Change {
  /// `server.N=…` of servers that join or change, with ',' between them.
  View joining = {};
  /// Ids of servers that leave, with ',' between them.
  View leaving = {};
  /// Not empty: all the members, as parse_members() reads them; the others do not count then.
  View members = {};
  /// The version that the change is meant for; -1: whatever it is.
  std::int64_t from_version = -1;
};

struct Refusal {
  ErrorCode err{};
  std::string why;
};

/// The members after `change`, not numbered yet. *Errors*: BadVersion, BadArguments.
[[nodiscard]] std::expected<Members, Refusal> judge(const Members& current,
                                                    const Change& change,
                                                    std::size_t voters_min);

}  // namespace paddock::reconfig
