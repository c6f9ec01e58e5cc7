// SPDX-License-Identifier: Apache-2.0
//
// The rules of znode paths, and taking them apart. Pure functions, any thread.
// Source: ZooKeeper PathUtils.validatePath.
#pragma once

#include "base/bytes.h"

namespace paddock::tree {

/// Whether a node may be created at `path`: absolute, no empty, "." or ".." component, no trailing
/// slash, and no character that ZooKeeper refuses once Java has decoded the UTF-8 (control
/// characters, surrogates and so everything beyond U+FFFF, private use, U+FFF0 to U+FFFF and so
/// malformed bytes).
[[nodiscard]] bool is_valid_path(View path);

/// The path of the parent: "/" for "/a". `path` must begin with a slash; the parent of "/" is "/".
[[nodiscard]] View parent_of(View path);

/// What follows the last slash of a path that has one.
[[nodiscard]] View basename(View path);

/// Whether `path` is `ancestor` or lies below it.
[[nodiscard]] bool is_at_or_below(View path, View ancestor);

}  // namespace paddock::tree
