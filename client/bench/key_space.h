// SPDX-License-Identifier: Apache-2.0
//
// The znodes that a load works on: paths made from a pattern, kept side by side in one allocation,
// so that picking one is one multiplication. Immutable once made; read by every worker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace paddock::bench {

class KeySpace {
 public:
  /// `pattern` is an absolute path with one "{}", replaced by the key's number with leading zeros.
  /// Without
  /// "{}" the number is appended. `count` > 0.
  [[nodiscard]] static Result<KeySpace> make(std::string_view pattern, std::uint64_t count);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] View path(std::uint64_t key) const {
    return {paths_.data() + key * path_bytes_, path_bytes_};
  }
  /// The parent of the first key.
  [[nodiscard]] View parent() const { return parent_; }
  /// Every proper ancestor of the first key but the root, topmost first.
  [[nodiscard]] std::vector<std::string> ancestors() const;

 private:
  std::uint64_t count_ = 0;
  std::size_t path_bytes_ = 0;
  std::string paths_;
  std::string parent_;
};

/// `path` cut at every slash: "/a/b" gives "/a", "/a/b".
[[nodiscard]] std::vector<std::string> path_and_ancestors(std::string_view path);

/// Printable bytes that compress badly, the same ones for the same seed.
[[nodiscard]] std::string make_value(std::size_t size, std::uint64_t seed);

}  // namespace paddock::bench
