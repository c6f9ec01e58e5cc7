// SPDX-License-Identifier: Apache-2.0
//
// XXH3, the project's only non-cryptographic hash: checksums on disk, hash tables, digests.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace paddock {

[[nodiscard]] std::uint64_t hash64(View bytes, std::uint64_t seed = 0);

/// A hasher for string-keyed tables, usable with views.
struct ViewHash {
  using is_transparent = void;
  using is_avalanching = void;
  std::size_t operator()(View bytes) const { return hash64(bytes); }
};

}  // namespace paddock
