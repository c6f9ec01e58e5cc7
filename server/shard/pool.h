// SPDX-License-Identifier: Apache-2.0
//
// Records addressed by a 32-bit index, in chunks that never move: growing copies nothing and has no
// peak of twice the memory, and an index is half a pointer. One owner, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/assert.h"

namespace paddock::shard {

inline constexpr std::uint32_t kNone = ~std::uint32_t{0};

template <class T>
class Pool {
 public:
  [[nodiscard]] T& operator[](std::uint32_t index) {
    return chunks_[index / kChunk][index % kChunk];
  }
  [[nodiscard]] const T& operator[](std::uint32_t index) const {
    return chunks_[index / kChunk][index % kChunk];
  }
  [[nodiscard]] std::size_t size() const { return used_ - free_.size(); }

  /// The index of a default-constructed record.
  [[nodiscard]] std::uint32_t take() {
    if (!free_.empty()) {
      const std::uint32_t index = free_.back();
      free_.pop_back();
      return index;
    }
    PADDOCK_ASSERT(used_ < kNone);
    if (used_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<T[]>(kChunk));
    return used_++;
  }

  void give_back(std::uint32_t index) {
    (*this)[index] = T{};
    free_.push_back(index);
    if (size() == 0 && chunks_.size() > kChunksKept) clear();
  }

 private:
  static constexpr std::size_t kChunk = 1024;
  static constexpr std::size_t kChunksKept = 4;

  void clear() {
    chunks_.clear();
    free_ = {};
    used_ = 0;
  }

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t used_ = 0;
};

}  // namespace paddock::shard
