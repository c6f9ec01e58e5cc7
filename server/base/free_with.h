// SPDX-License-Identifier: Apache-2.0
//
// Owns what a C library has made: std::unique_ptr<X, FreeWith<&X_free>>.
#pragma once

namespace paddock {

template <auto Free>
struct FreeWith {
  template <class Object>
  void operator()(Object* object) const {
    Free(object);
  }
};

}  // namespace paddock
