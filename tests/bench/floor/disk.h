// SPDX-License-Identifier: Apache-2.0
//
// A file whose blocks are all written already, so that a sync has no metadata to write. It has no
// name: nothing stays behind. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "base/error.h"

namespace paddock::bench {

class Disk {
 public:
  Disk() = default;
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  ~Disk();

  [[nodiscard]] Result<> prepare(const std::string& folder);
  [[nodiscard]] Result<> write_and_sync();

 private:
  static constexpr std::size_t kBlock = 4096;
  static constexpr std::size_t kBlocks = 4096;

  [[nodiscard]] Result<> write_block();

  int descriptor_ = -1;
  std::size_t next_ = 0;
  std::array<char, kBlock> block_{};
};

}  // namespace paddock::bench
