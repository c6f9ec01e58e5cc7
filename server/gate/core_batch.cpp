// SPDX-License-Identifier: Apache-2.0
#include "gate/core_batch.h"

#include <utility>

namespace paddock::gate {

void CoreBatch::append(CoreBatch&& other) {
  if (empty()) {
    std::swap(entries_, other.entries_);
    bytes_.swap(other.bytes_);
    return;
  }
  const auto shift = static_cast<std::uint32_t>(bytes_.size());
  bytes_.append(other.bytes_.view());
  for (CoreEntry entry : other.entries_) {
    entry.payload_offset += shift;
    entry.identities_offset += shift;
    entries_.push_back(entry);
  }
  other.clear();
}

}  // namespace paddock::gate
