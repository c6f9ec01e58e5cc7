// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#define XXH_INLINE_ALL  // lint(macro): how xxhash.h is told to be a header
#include <xxhash.h>

namespace paddock {

std::uint64_t hash64(View bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace paddock
