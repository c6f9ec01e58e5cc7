// SPDX-License-Identifier: Apache-2.0
//
// Paths as a client sees them: which are legal, and how they map to the server's when the session
// lives under a chroot. Stateless and pure. Source: ZooKeeper PathUtils, client.Chroot.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace paddock::client {

/// What is wrong with `path`, as text for a person; nothing if it is legal.
[[nodiscard]] std::optional<std::string_view> path_error(View path);

/// The same for the path of a sequential node, which may end in '/' because a number follows.
[[nodiscard]] std::optional<std::string_view> sequential_path_error(View path);

/// The path without its last component; "/" has no parent and gives "".
[[nodiscard]] View parent_path(View path);

class Chroot {
 public:
  Chroot() = default;
  /// `root` is empty or a legal path; "/" counts as empty.
  explicit Chroot(std::string root) : root_(root == "/" ? std::string{} : std::move(root)) {}

  [[nodiscard]] const std::string& root() const { return root_; }
  [[nodiscard]] std::string to_server(View client_path) const;

  [[nodiscard]] bool contains(View server_path) const;

  /// A path outside of the chroot (the ensemble's configuration node) comes back unchanged.
  [[nodiscard]] View to_client(View server_path) const;

 private:
  std::string root_;
};

}  // namespace paddock::client
