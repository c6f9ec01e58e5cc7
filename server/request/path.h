// SPDX-License-Identifier: Apache-2.0
//
// Which paths a znode may have, and which may not be deleted. Reads look any bytes up; only what is
// created or changed must have a valid path. Source: ZooKeeper PathUtils, DataTree.isSpecialPath,
// PrepRequestProcessor.getParentPathAndValidate.
#pragma once

#include "base/bytes.h"

namespace paddock::request {

/// Whether a znode may have this path: absolute, no empty, "." or ".." component, no slash at the
/// end, UTF-8 without control characters and without what UTF-16 needs surrogates for, the private
/// use area and U+FFF0–FFFF. Null is not valid.
[[nodiscard]] bool is_valid_path(View path);

/// Whether a path has the least that its parent can be told from: a slash, and no NUL.
[[nodiscard]] bool has_parent(View path);

/// Everything before the last slash, "/" if that is nothing; only for paths that has_parent().
[[nodiscard]] View parent_of(View path);

/// The nodes that every tree has and nobody may delete.
[[nodiscard]] bool is_special_path(View path);

}  // namespace paddock::request
