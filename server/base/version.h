// SPDX-License-Identifier: Apache-2.0
//
// What the programs say they are.
#pragma once

#include <string_view>

namespace paddock {

inline constexpr std::string_view kVersion = "0.1.0";

/// The release of ZooKeeper whose behaviour clients may count on, for tools that parse a version.
inline constexpr std::string_view kZooKeeperVersion = "3.9.5";

/// The feature level of this version: raised with each kind of transaction, and of message between
/// servers, that an older version could not take. Such are used only once all servers have it.
inline constexpr unsigned kFeatureLevel = 1;

/// Of this source, not of the build, so that equal sources give equal programs.
inline constexpr std::string_view kBuildDate = "2026-11-22 00:00 UTC";

}  // namespace paddock
