// SPDX-License-Identifier: Apache-2.0
//
// A fact that may not be known: who was asked did not answer in time. Not known is not absent, and
// so this is no optional: what is there to decide is decided by name. A value.
#pragma once

#include <optional>
#include <utility>

#include "base/assert.h"

namespace paddock::observe {

template <class T>
class Known {
 public:
  /// Unknown.
  Known() = default;
  explicit Known(T value) : value_(std::move(value)) {}

  [[nodiscard]] bool is_known() const { return value_.has_value(); }
  [[nodiscard]] const T& value() const {
    PADDOCK_ASSERT(value_.has_value());
    return *value_;
  }
  /// False also if it is not known.
  template <class Predicate>
  [[nodiscard]] bool is_known_and(Predicate predicate) const {
    return value_.has_value() && predicate(*value_);
  }

 private:
  std::optional<T> value_;
};

}  // namespace paddock::observe
