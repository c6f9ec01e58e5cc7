// SPDX-License-Identifier: Apache-2.0
//
// Reads a whole subtree with many requests in flight, for the commands that walk one. Holds it in
// memory: paths only, no data. Blocking; the main thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "client/blocking_client.h"
#include "client_cli/failure.h"

namespace paddock::cli {

class Subtree {
 public:
  /// A node that vanishes meanwhile is left out, unless it is `root`. `watcher` may be null; else
  /// every node is watched for children.
  [[nodiscard]] static std::expected<Subtree, Failure> read(client::BlockingClient& client,
                                                            const std::string& root,
                                                            const client::Watcher& watcher);

  /// `root` first, every node before its children.
  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

  /// The nodes whose children may not be read.
  [[nodiscard]] const std::vector<std::string>& unreadable() const { return unreadable_; }

  /// Calls `visit` as `ls -R` lists: a node's children in order, then the children of each.
  void visit_in_listing_order(const std::function<void(const std::string&)>& visit) const;

 private:
  std::vector<std::string> paths_;
  std::vector<std::string> unreadable_;
  /// The paths of each node's children, sorted.
  std::map<std::string, std::vector<std::string>> children_;
};

}  // namespace paddock::cli
