// SPDX-License-Identifier: Apache-2.0
//
// One comparison of the trees of all servers: what each has answered for one zxid, and who is
// wrong. Right is what a quorum has; without one nothing can be said. A pure value of the leader.
#pragma once

#include <cstdint>
#include <map>

#include "base/ids.h"
#include "election/configuration.h"
#include "election/server_set.h"

namespace paddock::replica {

class Comparison {
 public:
  explicit Comparison(Zxid zxid) : zxid_(zxid) {}

  /// The last answer of a server is the one that counts.
  void add(ServerId server, std::uint64_t digest);
  [[nodiscard]] Zxid zxid() const { return zxid_; }

  /// Not all answers were the same.
  [[nodiscard]] bool differs() const { return answers_.size() > 1; }
  /// Those whose tree is not a quorum's; only servers of `voters` count for it.
  [[nodiscard]] election::ServerSet wrong(const election::Quorums& quorums,
                                          const election::ServerSet& voters) const;

 private:
  Zxid zxid_;
  std::map<std::uint64_t, election::ServerSet> answers_;  // by digest
};

}  // namespace paddock::replica
