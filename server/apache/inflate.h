// SPDX-License-Identifier: Apache-2.0
//
// Unpacks the forms that snapshots come in: gzip, and blocks of Snappy behind snappy-java's header.
#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace paddock::apache {

/// What unpacks to more is refused.
inline constexpr std::size_t kUnpackedBytesMax = std::size_t{64} << 30U;

[[nodiscard]] bool is_gzip(View bytes);
[[nodiscard]] Result<std::string> gunzip(View bytes, std::size_t bytes_max = kUnpackedBytesMax);

[[nodiscard]] bool is_snappy(View bytes);
[[nodiscard]] Result<std::string> unsnappy(View bytes, std::size_t bytes_max = kUnpackedBytesMax);

}  // namespace paddock::apache
