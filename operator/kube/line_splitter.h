// SPDX-License-Identifier: Apache-2.0
//
// Lines out of a stream of bytes, wherever its chunks end. Pure. Invariant: each byte is looked at
// once, however long a line is and however small the chunks.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"

namespace paddock::kube {

class LineSplitter {
 public:
  /// A line that is longer makes the stream useless: nothing tells how long it may get.
  explicit LineSplitter(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

  /// The views that next() has returned end.
  void put(View bytes);
  /// The next whole line, without its end; empty lines are left out.
  [[nodiscard]] std::optional<View> next();
  /// A line is longer than allowed; there is no next one.
  [[nodiscard]] bool has_overflown() const { return has_overflown_; }
  /// The stream would end within a line.
  [[nodiscard]] bool is_within_line() const { return begin_ < bytes_.size(); }

 private:
  const std::size_t line_bytes_max_;
  std::string bytes_;
  std::size_t begin_ = 0;    // of the line that next() looks for
  std::size_t scanned_ = 0;  // up to here that line has no end
  bool has_overflown_ = false;
};

}  // namespace paddock::kube
