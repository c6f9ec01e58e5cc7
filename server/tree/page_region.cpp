// SPDX-License-Identifier: Apache-2.0
#include "tree/page_region.h"

#include <cstdint>

#include <sys/mman.h>  // lint(impure): memory only

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#include "base/assert.h"

namespace paddock::tree {

PageRegion::PageRegion(std::size_t size, std::size_t alignment) : size_(size) {
  const std::size_t mapped = size + alignment;
  void* const address =
      ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const bool out_of_memory = address == MAP_FAILED;
  PADDOCK_ASSERT(!out_of_memory);
  char* const start = static_cast<char*>(address);
  const std::size_t past = reinterpret_cast<std::uintptr_t>(start) & (alignment - 1);
  const std::size_t lead = past == 0 ? 0 : alignment - past;
  if (lead > 0) ::munmap(start, lead);
  ::munmap(start + lead + size, alignment - lead);
  begin_ = start + lead;
  // Fewer page faults while it fills, fewer TLB misses ever after. Where the system has no huge
  // pages, small ones do.
  ::madvise(begin_, size_, MADV_HUGEPAGE);
}

PageRegion::~PageRegion() {
  if (begin_ == nullptr) return;
#ifdef __SANITIZE_ADDRESS__
  // What the slabs poisoned must not stay so for whoever gets these addresses next.
  ASAN_UNPOISON_MEMORY_REGION(begin_, size_);
#endif
  ::munmap(begin_, size_);
}

void PageRegion::give_back(char* from, std::size_t size) {
  ::madvise(from, size, MADV_DONTNEED);
}

}  // namespace paddock::tree
