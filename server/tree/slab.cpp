// SPDX-License-Identifier: Apache-2.0
#include "tree/slab.h"

#include <cstdlib>
#include <cstring>

#include "base/assert.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
// The names of the header that is missing here.
#define ASAN_POISON_MEMORY_REGION(from, size) static_cast<void>(0)    // lint(macro): not ours
#define ASAN_UNPOISON_MEMORY_REGION(from, size) static_cast<void>(0)  // lint(macro): not ours
#endif

namespace paddock::tree {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{2} << 20U;
constexpr std::size_t kEmptySlabsKept = 64;

}  // namespace

char* SlabAllocator::allocate(std::size_t size) {
  if (size == 0) return const_cast<char*>(kEmpty.data());
  if (size > kBlockMax) {
    void* const block = std::malloc(size);
    PADDOCK_ASSERT(block != nullptr);
    bytes_in_use_ += size;
    return static_cast<char*>(block);
  }
  const std::size_t size_class = class_of(size);
  Slab* slab = with_room_[size_class];
  if (slab == nullptr) slab = new_slab(size_class);
  char* block = nullptr;
  if (slab->free != nullptr) {
    block = reinterpret_cast<char*>(slab->free);
    ASAN_UNPOISON_MEMORY_REGION(block, slab->block_size);
    slab->free = slab->free->next;
  } else {
    block = reinterpret_cast<char*>(slab) + slab->fresh;
    ASAN_UNPOISON_MEMORY_REGION(block, slab->block_size);
    slab->fresh += slab->block_size;
  }
  ++slab->used;
  bytes_in_use_ += slab->block_size;
  if (is_full(*slab)) unlink(size_class, slab);
  return block;
}

void SlabAllocator::free(const char* block, std::size_t size) {
  if (size == 0) return;
  char* const own = const_cast<char*>(block);
  if (size > kBlockMax) {
    std::free(own);
    bytes_in_use_ -= size;
    return;
  }
  const std::size_t size_class = class_of(size);
  Slab* const slab = slab_of(block);
  PADDOCK_ASSERT(slab->block_size == class_size(size_class));
  PADDOCK_ASSERT(slab->used > 0);
  const bool was_full = is_full(*slab);
  auto* const freed = reinterpret_cast<FreeBlock*>(own);
  freed->next = slab->free;
  slab->free = freed;
  --slab->used;
  bytes_in_use_ -= slab->block_size;
  ASAN_POISON_MEMORY_REGION(own + sizeof(FreeBlock), slab->block_size - sizeof(FreeBlock));
  if (was_full) link(size_class, slab);
  if (slab->used == 0) retire(size_class, slab);
}

View SlabAllocator::copy(View bytes) {
  if (is_null(bytes)) return {};
  char* const block = allocate(bytes.size());
  if (!bytes.empty()) std::memcpy(block, bytes.data(), bytes.size());
  return {block, bytes.size()};
}

std::size_t SlabAllocator::class_of(std::size_t size) {
  if (size <= kFineMax) return (size - 1) / 8;
  return kFineClasses + (size - kFineMax - 1) / 16;
}

std::size_t SlabAllocator::class_size(std::size_t size_class) {
  if (size_class < kFineClasses) return (size_class + 1) * 8;
  return kFineMax + (size_class - kFineClasses + 1) * 16;
}

SlabAllocator::Slab* SlabAllocator::slab_of(const char* block) {
  return reinterpret_cast<Slab*>(reinterpret_cast<std::uintptr_t>(block) & ~(kSlabBytes - 1));
}

bool SlabAllocator::is_full(const Slab& slab) {
  return slab.free == nullptr && slab.fresh + slab.block_size > kSlabBytes;
}

SlabAllocator::Slab* SlabAllocator::new_slab(std::size_t size_class) {
  if (empty_.empty()) map_chunk();
  char* const at = empty_.back();
  empty_.pop_back();
  const auto block_size = static_cast<std::uint32_t>(class_size(size_class));
  ASAN_UNPOISON_MEMORY_REGION(at, kHeaderBytes);
  auto* const slab = new (at) Slab{nullptr, nullptr, nullptr, kHeaderBytes, 0, block_size};
  link(size_class, slab);
  return slab;
}

void SlabAllocator::map_chunk() {
  chunks_.emplace_back(kChunkBytes, kChunkBytes);
  char* const begin = chunks_.back().begin();
  ASAN_POISON_MEMORY_REGION(begin, kChunkBytes);
  for (std::size_t offset = kChunkBytes; offset > 0; offset -= kSlabBytes) {
    empty_.push_back(begin + offset - kSlabBytes);
  }
  slabs_ += kChunkBytes / kSlabBytes;
}

void SlabAllocator::link(std::size_t size_class, Slab* slab) {
  slab->previous = nullptr;
  slab->next = with_room_[size_class];
  if (slab->next != nullptr) slab->next->previous = slab;
  with_room_[size_class] = slab;
}

void SlabAllocator::unlink(std::size_t size_class, Slab* slab) {
  if (slab->previous != nullptr) slab->previous->next = slab->next;
  if (slab->next != nullptr) slab->next->previous = slab->previous;
  if (with_room_[size_class] == slab) with_room_[size_class] = slab->next;
}

void SlabAllocator::retire(std::size_t size_class, Slab* slab) {
  unlink(size_class, slab);
  char* const at = reinterpret_cast<char*>(slab);
  ASAN_UNPOISON_MEMORY_REGION(at, kSlabBytes);
  if (empty_.size() >= kEmptySlabsKept) PageRegion::give_back(at, kSlabBytes);
  ASAN_POISON_MEMORY_REGION(at, kSlabBytes);
  empty_.push_back(at);
}

void SlabAllocator::check_invariants() const {
  for (std::size_t size_class = 0; size_class < kClasses; ++size_class) {
    for (const Slab* slab = with_room_[size_class]; slab != nullptr; slab = slab->next) {
      PADDOCK_ASSERT(slab->block_size == class_size(size_class));
      PADDOCK_ASSERT(!is_full(*slab));
      std::size_t free_blocks = 0;
      for (const FreeBlock* block = slab->free; block != nullptr; block = block->next)
        ++free_blocks;
      PADDOCK_ASSERT(slab->fresh == kHeaderBytes + (slab->used + free_blocks) * slab->block_size);
      if (slab->next != nullptr) PADDOCK_ASSERT(slab->next->previous == slab);
    }
  }
  PADDOCK_ASSERT(slabs_ == chunks_.size() * (kChunkBytes / kSlabBytes));
}

}  // namespace paddock::tree
