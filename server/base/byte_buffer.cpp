// SPDX-License-Identifier: Apache-2.0
#include "base/byte_buffer.h"

#include <algorithm>

namespace paddock {

namespace {
constexpr std::size_t kCapacityMin = 256;
}

void ByteBuffer::grow(std::size_t count) {
  const std::size_t held = size();
  // Moving what is held to the front is enough when at least half of the memory is free behind it:
  // each byte is then moved at most once per byte consumed.
  if (held + count <= capacity_ && held <= capacity_ / 2) {
    std::memmove(bytes_.get(), data(), held);
  } else {
    const std::size_t wanted = std::max({kCapacityMin, capacity_ * 2, held + count});
    auto bytes = std::make_unique_for_overwrite<char[]>(wanted);
    if (held > 0) std::memcpy(bytes.get(), data(), held);
    bytes_ = std::move(bytes);
    capacity_ = wanted;
  }
  begin_ = 0;
  end_ = held;
}

}  // namespace paddock
