// SPDX-License-Identifier: Apache-2.0
//
// Takes jute's big-endian values out of bytes that came from a file, and remembers where: what is
// wrong is told with its offset. After a failure it stays failed.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "tree/acl.h"

namespace paddock::apache {

using AclList = std::vector<tree::AclEntry>;

class Input {
 public:
  explicit Input(View bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t offset() const { return at_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }

  template <std::integral T>
  [[nodiscard]] T integer() {
    if (!ok_ || left() < sizeof(T)) return fail<T>();
    const T value = load_be<T>(bytes_.data() + at_);
    at_ += sizeof(T);
    return value;
  }
  [[nodiscard]] std::int32_t int32() { return integer<std::int32_t>(); }
  [[nodiscard]] std::int64_t int64() { return integer<std::int64_t>(); }
  /// A string or buffer; -1 is null.
  [[nodiscard]] View text();
  [[nodiscard]] AclList acls();
  /// How many elements a vector has; each takes at least `bytes_each`.
  [[nodiscard]] std::int32_t count(std::size_t bytes_each);

 private:
  template <class T>
  T fail() {
    ok_ = false;
    return T{};
  }

  View bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace paddock::apache
