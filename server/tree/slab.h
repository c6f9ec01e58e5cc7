// SPDX-License-Identifier: Apache-2.0
//
// Memory for paths and data: blocks of few size classes without headers, packed in slabs of 64 KiB
// that belong to one class at a time. The caller remembers a block's size. Freed blocks are reused
// first; slabs that became empty serve any class, and many empty ones are given back to the system.
// Blocks above 1 KiB come from malloc. Owned by the tree, used by the writer only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "tree/page_region.h"

namespace paddock::tree {

class SlabAllocator {
 public:
  static constexpr std::size_t kSlabBytes = std::size_t{64} << 10U;
  static constexpr std::size_t kBlockMax = 1024;

  SlabAllocator() = default;
  SlabAllocator(const SlabAllocator&) = delete;
  SlabAllocator& operator=(const SlabAllocator&) = delete;

  /// A block of at least `size` bytes, aligned to 8 if `size` is above 0.
  [[nodiscard]] char* allocate(std::size_t size);
  /// Takes back a block that allocate(size) gave.
  void free(const char* block, std::size_t size);

  /// Copies bytes into a block of their own: null stays null, empty stays empty.
  [[nodiscard]] View copy(View bytes);
  void free(View bytes) {
    if (!is_null(bytes)) free(bytes.data(), bytes.size());
  }

  /// Slabs that hold blocks, and those that are kept for reuse.
  [[nodiscard]] std::size_t slabs_in_use() const { return slabs_ - empty_.size(); }
  [[nodiscard]] std::size_t slabs_empty() const { return empty_.size(); }
  /// Bytes of all blocks that are out, as rounded up to their class.
  [[nodiscard]] std::size_t bytes_in_use() const { return bytes_in_use_; }

  /// Aborts unless every slab's counts and lists agree.
  void check_invariants() const;

 private:
  // Steps of 8 bytes up to 128, of 16 up to kBlockMax.
  static constexpr std::size_t kFineMax = 128;
  static constexpr std::size_t kFineClasses = kFineMax / 8;
  static constexpr std::size_t kClasses = kFineClasses + (kBlockMax - kFineMax) / 16;

  struct FreeBlock {
    FreeBlock* next;
  };
  /// At the start of each slab.
  struct Slab {
    Slab* previous;  // among the slabs of the class that have room
    Slab* next;
    FreeBlock* free;      // blocks that were given back
    std::uint32_t fresh;  // offset of the first block that was never out
    std::uint32_t used;   // blocks that are out
    std::uint32_t block_size;
  };
  static constexpr std::size_t kHeaderBytes = 64;
  static_assert(sizeof(Slab) <= kHeaderBytes);

  [[nodiscard]] static std::size_t class_of(std::size_t size);
  [[nodiscard]] static std::size_t class_size(std::size_t size_class);
  [[nodiscard]] static Slab* slab_of(const char* block);
  [[nodiscard]] static bool is_full(const Slab& slab);

  [[nodiscard]] Slab* new_slab(std::size_t size_class);
  void map_chunk();
  void link(std::size_t size_class, Slab* slab);
  void unlink(std::size_t size_class, Slab* slab);
  void retire(std::size_t size_class, Slab* slab);

  std::array<Slab*, kClasses> with_room_{};
  std::vector<char*> empty_;
  std::vector<PageRegion> chunks_;
  std::size_t slabs_ = 0;
  std::size_t bytes_in_use_ = 0;
};

}  // namespace paddock::tree
