// SPDX-License-Identifier: Apache-2.0
#include "wire/frame.h"

#include "base/assert.h"
#include "base/hash.h"

namespace paddock::wire {

namespace {

constexpr std::size_t kHeaderLengthAt = 4;
constexpr std::size_t kChecksumAt = 8;

/// One hash seeds the next, so that a body which is sent from elsewhere need not be copied behind
/// its header.
std::uint64_t checksum_of(View header, View body) {
  const std::uint64_t lengths = std::uint64_t{header.size()} << 32U | body.size();
  return hash64(header, hash64(body, lengths));
}

}  // namespace

FramePrefix prefix_of(View header, View body) {
  PADDOCK_ASSERT(header.size() + body.size() <= kFrameBytesMax);
  return {.length = static_cast<std::uint32_t>(header.size() + body.size()),
          .header_length = static_cast<std::uint32_t>(header.size()),
          .checksum = checksum_of(header, body)};
}

void store(const FramePrefix& prefix, char* to) {
  store_le(to, prefix.length);
  store_le(to + kHeaderLengthAt, prefix.header_length);
  store_le(to + kChecksumAt, prefix.checksum);
}

FramePrefix load_prefix(const char* from) {
  return {.length = load_le<std::uint32_t>(from),
          .header_length = load_le<std::uint32_t>(from + kHeaderLengthAt),
          .checksum = load_le<std::uint64_t>(from + kChecksumAt)};
}

}  // namespace paddock::wire
