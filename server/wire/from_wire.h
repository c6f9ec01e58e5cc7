// SPDX-License-Identifier: Apache-2.0
//
// From a parsed header and a body to a message: everything that a machine may count on is checked
// here. Used by Decoder only.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "wire/link_message.h"

namespace paddock::wire {

namespace pb {
class Frame;
}

/// `frame` is parsed from `header`. *Errors*: what about it cannot be.
[[nodiscard]] Result<LinkMessage> from_wire(const pb::Frame& frame, View header, View body);

}  // namespace paddock::wire
