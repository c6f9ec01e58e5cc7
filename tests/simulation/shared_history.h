// SPDX-License-Identifier: Apache-2.0
//
// What all clients together know of nodes that several of them write: at which zxid each changed
// and to what, and from where to where nobody can have changed it. Everything is learned from
// replies and events alone, in any order, so a write that was acknowledged and then lost, a read of
// the past, or an event that came after the data, shows as a change inside a span without one.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "jute/records.h"

namespace paddock::simulation {

class SharedHistory {
 public:
  /// A reply said so: the node was written by the transaction `stat.mzxid`, and up to `until`
  /// nothing else happened to it.
  void saw(const std::string& path,
           const std::string& data,
           const jute::Stat& stat,
           std::int64_t until);
  /// Something happened to the node in the transaction `zxid`.
  void changed(const std::string& path, std::int64_t zxid);
  /// Nothing happened to the node above `from` up to and including `until`.
  void unchanged(const std::string& path, std::int64_t from, std::int64_t until);
  /// Whoever finds `data`, finds the same transaction at all of `paths`: a multi is one.
  void written_together(const std::string& data, std::vector<std::string> paths);
  /// A reply said that the only write of `data` was not carried out.
  void refused(const std::string& data);

  /// The first contradiction; empty if there is none.
  [[nodiscard]] const std::string& violation() const { return violation_; }

 private:
  struct Version {
    std::string data;
    std::int32_t version = 0;
    std::int64_t czxid = 0;
    friend bool operator==(const Version&, const Version&) = default;
  };
  struct Node {
    std::set<std::int64_t> changes;
    std::map<std::int64_t, std::int64_t> quiet;  // spans (from, until], by from
    std::map<std::int64_t, Version> versions;    // by mzxid
  };
  void fail(std::string what);

  std::map<std::string, Node> nodes_;
  std::map<std::string, std::vector<std::string>> together_;  // by data
  std::set<std::string> seen_;
  std::set<std::string> refused_;
  std::string violation_;
};

}  // namespace paddock::simulation
