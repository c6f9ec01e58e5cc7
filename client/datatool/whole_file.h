// SPDX-License-Identifier: Apache-2.0
//
// A file as a whole: written durably.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "storage/disk.h"

namespace paddock::datatool {

[[nodiscard]] inline Result<> write_file(storage::Disk& disk, const std::string& path, View bytes) {
  auto file = disk.open(path, storage::OpenMode::Create);
  PADDOCK_TRY(file);
  PADDOCK_TRY((*file)->write(0, bytes));
  PADDOCK_TRY((*file)->sync());
  return {};
}

}  // namespace paddock::datatool
