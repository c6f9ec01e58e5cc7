// SPDX-License-Identifier: Apache-2.0
//
// The members of an ensemble as one value, and the text in which the transaction log, the tree
// (/zookeeper/config) and the clients have them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "config/membership.h"
#include "election/configuration.h"

namespace paddock::reconfig {

struct Members {
  std::map<ServerId, config::Member> servers;
  config::Hierarchy hierarchy;
  /// The zxid of the transaction that made them so; 0 as configured in a file.
  std::int64_t version = 0;

  friend bool operator==(const Members&, const Members&) = default;
};

/// `server.N=…` lines in order of the ids, `group` and `weight` lines, and `version=<hex>`, without
/// a newline at the end. Source: ZooKeeper QuorumMaj.toString, QuorumHierarchical.toString.
[[nodiscard]] std::string to_text(const Members& members);

/// Reads what to_text() writes, also with ',' in place of newlines; each server at most once, ids
/// from 1 to 255. *Errors*: what is wrong with which line; the members are not looked at as a
/// whole.
[[nodiscard]] Result<Members> parse_members(View text);

/// Whether they can be an ensemble: somebody votes, no address is used twice, groups are complete.
[[nodiscard]] Result<> check(const Members& members);

/// Who votes, and what makes a quorum.
[[nodiscard]] election::Configuration configuration_of(const Members& members);

/// The same for what configuration_of() has made.
[[nodiscard]] Members members_of(const election::Configuration& configuration);

}  // namespace paddock::reconfig
