// SPDX-License-Identifier: Apache-2.0
#include "api/ensemble_status.h"

#include <algorithm>

#include "base/assert.h"

namespace paddock::api {

std::string_view name_of(ConditionType type) {
  switch (type) {
    case ConditionType::Ready:
      return "Ready";
    case ConditionType::Progressing:
      return "Progressing";
    case ConditionType::Degraded:
      return "Degraded";
    case ConditionType::QuorumLost:
      return "QuorumLost";
    case ConditionType::DataLoss:
      return "DataLoss";
    case ConditionType::Stalled:
      return "Stalled";
    case ConditionType::SpecValid:
      return "SpecValid";
    case ConditionType::Suspended:
      return "Suspended";
  }
  PADDOCK_UNREACHABLE();
}

std::string_view name_of(ConditionStatus status) {
  switch (status) {
    case ConditionStatus::False:
      return "False";
    case ConditionStatus::True:
      return "True";
    case ConditionStatus::Unknown:
      return "Unknown";
  }
  PADDOCK_UNREACHABLE();
}

const Condition* find(const EnsembleStatus& status, ConditionType type) {
  const auto found = std::ranges::find(status.conditions, type, &Condition::type);
  return found == status.conditions.end() ? nullptr : &*found;
}

}  // namespace paddock::api
