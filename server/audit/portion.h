// SPDX-License-Identifier: Apache-2.0
//
// How many bytes of the lines that wait still go into the file at hand. Pure.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace paddock::audit {

/// 0: the file has to give way to a new one first. `size`: what it holds, of `size_max`. Only a
/// line that would fill a file alone makes one larger than that. `text` is not empty.
[[nodiscard]] std::size_t portion_of(View text, std::uint64_t size, std::uint64_t size_max);

}  // namespace paddock::audit
