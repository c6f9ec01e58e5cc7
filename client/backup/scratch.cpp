// SPDX-License-Identifier: Apache-2.0
#include "backup/scratch.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace paddock::backup {

Scratch::Scratch(std::string path) : path_(std::move(path)) {}

Scratch::Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}

Scratch::~Scratch() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Result<Scratch> Scratch::create() {
  const char* const root = std::getenv("TMPDIR");
  std::string path = std::string(root == nullptr ? "/tmp" : root) + "/paddock-backup-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return fail("no directory can be made in " + path + ": " + errno_text(errno));
  }
  return Scratch(std::move(path));
}

}  // namespace paddock::backup
