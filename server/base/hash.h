// SPDX-License-Identifier: Apache-2.0
//
// XXH3, the project's only non-cryptographic hash: checksums on disk, hash tables, digests.
#pragma once

#define XXH_INLINE_ALL  // lint(macro): how xxhash.h is told to be a header
#include <cstdint>

#include <xxhash.h>

#include "base/bytes.h"

namespace paddock {

[[nodiscard]] inline std::uint64_t hash64(View bytes, std::uint64_t seed = 0) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

/// A hasher for string-keyed tables, usable with views.
struct ViewHash {
  using is_transparent = void;
  using is_avalanching = void;
  std::size_t operator()(View bytes) const { return hash64(bytes); }
};

}  // namespace paddock
