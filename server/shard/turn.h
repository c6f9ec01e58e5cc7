// SPDX-License-Identifier: Apache-2.0
//
// One call into the shard: its time, where its effects go, and the read gate, entered at most once
// and only if the call needs the tree or has mail to drain.
#pragma once

#include <optional>

#include "gate/shared_tree.h"
#include "shard/shard.h"

namespace paddock::shard {

struct Turn {
  Now now;
  Effects& effects;
  std::optional<gate::SharedTree::ReadGate> gate;
};

}  // namespace paddock::shard
