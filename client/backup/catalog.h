// SPDX-License-Identifier: Apache-2.0
//
// What a repository holds, by the names of its objects, and what of it leads to a state. Names say
// everything, so that nothing needs to be read to decide:
//
//   base.<zxid>.<created>                 a snapshot
//   log.<after>.<last>.<first>.<last>     committed transactions; zxids, then their times
//   ensemble.<id>                         whose history it is
//
// All numbers have 16 hexadecimal digits; times are milliseconds since 1970. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"

namespace paddock::backup {

struct Base {
  Zxid zxid;
  WallTime created;
};

struct LogPart {
  Zxid after;
  Zxid last;
  WallTime first_time;
  WallTime last_time;
};

[[nodiscard]] std::string name_of(const Base& base);
[[nodiscard]] std::string name_of(const LogPart& part);
[[nodiscard]] std::string ensemble_name(const std::string& id);

struct Catalog {
  std::vector<Base> bases{};    // by zxid
  std::vector<LogPart> logs{};  // by the zxid that they begin after
  /// None: nothing was stored yet.
  std::optional<std::string> ensemble{};

  /// Where the log that is stored ends, and goes on; none without a base.
  [[nodiscard]] std::optional<Zxid> shipped() const;
};

/// The names of what no state from `since` on needs: bases before the newest one that is not
/// younger than that, and the log up to it. In an order in which a run that is ended leaves what is
/// whole.
[[nodiscard]] std::vector<std::string> outlived(const Catalog& catalog, WallTime since);

[[nodiscard]] Catalog read_catalog(const std::vector<std::string>& names);

/// Where to go: the last transaction at or below the zxid, and at or before the time.
struct Target {
  std::optional<Zxid> zxid{};
  std::optional<WallTime> time{};
};

struct Plan {
  Base base;
  std::vector<LogPart> logs{};  // in order, each going on from what is before
};

/// *Errors*: nothing in the repository leads there.
[[nodiscard]] Result<Plan> plan_restore(const Catalog& catalog, const Target& target);
/// The log that goes on from `from`, as far as there is no gap.
[[nodiscard]] std::vector<LogPart> logs_after(const Catalog& catalog, Zxid from);

}  // namespace paddock::backup
