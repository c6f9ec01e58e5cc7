// SPDX-License-Identifier: Apache-2.0
//
// Cuts a fuzzer's bytes into the parts that a target needs. Everything is total: when nothing is
// left, numbers are 0 and views are empty.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"

namespace paddock::fuzz {

class Input {
 public:
  Input(const std::uint8_t* bytes, std::size_t size)
      : left_(reinterpret_cast<const char*>(bytes), size) {}

  [[nodiscard]] bool empty() const { return left_.empty(); }

  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const char value = left_.front();
    left_.remove_prefix(1);
    return static_cast<std::uint8_t>(value);
  }
  std::uint16_t word() {
    const unsigned high = byte();
    return static_cast<std::uint16_t>(high << 8U | byte());
  }

  /// A number of bytes that the input gives itself in front of them.
  View part() { return take(word()); }
  View rest() { return take(left_.size()); }

  /// An element of a fixed list.
  template <class List>
  const auto& one_of(const List& list) {
    return list[byte() % std::size(list)];
  }

 private:
  View take(std::size_t size) {
    const View part = left_.substr(0, std::min(size, left_.size()));
    left_.remove_prefix(part.size());
    return part.empty() ? kEmpty : part;
  }

  View left_;
};

}  // namespace paddock::fuzz
