// SPDX-License-Identifier: Apache-2.0
//
// A run of zeroed pages straight from the operating system: becomes resident only where it is
// touched, and can be given back piece by piece. The ground under node and byte slabs.
#pragma once

#include <cstddef>
#include <utility>

namespace paddock::tree {

class PageRegion {
 public:
  PageRegion() = default;
  /// Maps `size` bytes at a multiple of `alignment` (a power of two of at least a page). Aborts if
  /// the system has no memory to give: without its tree a server cannot go on.
  PageRegion(std::size_t size, std::size_t alignment);
  ~PageRegion();
  PageRegion(PageRegion&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  PageRegion& operator=(PageRegion&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
    return *this;
  }

  [[nodiscard]] char* begin() const { return begin_; }
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Gives whole pages back; they read as zeros when they are touched again.
  static void give_back(char* from, std::size_t size);

 private:
  char* begin_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace paddock::tree
