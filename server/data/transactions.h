// SPDX-License-Identifier: Apache-2.0
//
// Encoded transactions one after the other, little-endian: zxid (8), length (4), bytes. What a
// server gives of its log, and a chunk of a backup's log.
#pragma once

#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"

namespace paddock::data {

void append_transaction(Zxid zxid, View payload, std::string& to);

/// *Errors*: bytes that are no such list, or what `each` says.
[[nodiscard]] Result<> for_each_transaction(
    View bytes, const std::function<Result<>(Zxid zxid, View payload)>& each);

}  // namespace paddock::data
