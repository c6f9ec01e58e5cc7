// SPDX-License-Identifier: Apache-2.0
#include "runtime/directory_size.h"

#include <filesystem>

namespace paddock::runtime {

std::int64_t directory_bytes(const std::string& path) {
  std::int64_t sum = 0;
  std::error_code error;
  for (auto at = std::filesystem::recursive_directory_iterator(path, error);
       !error && at != std::filesystem::recursive_directory_iterator();
       at.increment(error)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored)) {
      const auto size = at->file_size(ignored);
      if (!ignored) sum += static_cast<std::int64_t>(size);
    }
  }
  return sum;
}

}  // namespace paddock::runtime
