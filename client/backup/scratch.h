// SPDX-License-Identifier: Apache-2.0
//
// A directory for files on their way; it goes with this object.
#pragma once

#include <string>

#include "base/error.h"

namespace paddock::backup {

class Scratch {
 public:
  /// In TMPDIR, or /tmp.
  [[nodiscard]] static Result<Scratch> create();
  ~Scratch();
  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit Scratch(std::string path);
  std::string path_;
};

}  // namespace paddock::backup
