// SPDX-License-Identifier: Apache-2.0
//
// The keys that come most often in a stream, in bounded memory: a table of a few keys with counts,
// in which a new key takes the place of the one with the lowest count and goes on from that. So no
// key that comes often is missing, and a count is too high by the lowest at most. Old counts fade.
// Source: Metwally, Agrawal, El Abbadi: Efficient computation of frequent and top-k elements.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace paddock::shard {

/// A path in a place of its own, cut off behind so many bytes.
struct ShortPath {
  static constexpr std::size_t kBytesMax = 120;
  std::array<char, kBytesMax> bytes{};
  std::size_t length = 0;

  static ShortPath of(View path) {
    ShortPath made;
    made.length = std::min(path.size(), kBytesMax);
    std::copy_n(path.data(), made.length, made.bytes.data());
    return made;
  }
  [[nodiscard]] View view() const { return {bytes.data(), length}; }
  friend bool operator==(const ShortPath& a, const ShortPath& b) { return a.view() == b.view(); }
};

template <class Key>
class TopSketch {
 public:
  static constexpr std::size_t kKeys = 64;
  /// Behind so many, all counts are halved.
  static constexpr std::uint32_t kFadeAfter = 8192;

  struct Entry {
    Key key{};
    std::uint32_t count = 0;
    std::uint32_t error = 0;  // the count may be too high by that
  };

  void add(const Key& key) {
    if (++added_ % kFadeAfter == 0) fade();
    for (std::size_t i = 0; i < size_; ++i) {
      if (entries_[i].key == key) {
        ++entries_[i].count;
        return;
      }
    }
    Entry& place = size_ < kKeys ? entries_[size_++] : lowest();
    place = {.key = key, .count = place.count + 1, .error = place.count};
  }

  /// In no order; without those of which nothing is certain.
  [[nodiscard]] std::vector<Entry> entries() const {
    std::vector<Entry> found;
    for (std::size_t i = 0; i < size_; ++i) {
      if (entries_[i].count > entries_[i].error) found.push_back(entries_[i]);
    }
    return found;
  }

 private:
  Entry& lowest() { return *std::ranges::min_element(entries_, {}, &Entry::count); }
  void fade() {
    for (Entry& entry : entries_) {
      entry.count /= 2;
      entry.error /= 2;
    }
  }

  std::array<Entry, kKeys> entries_{};
  std::size_t size_ = 0;
  std::uint32_t added_ = 0;
};

}  // namespace paddock::shard
