// SPDX-License-Identifier: Apache-2.0
//
// The status that goes with a plan: the same words in conditions as in events and logs. Pure.
#pragma once

#include "plan/context.h"

namespace paddock::plan {

[[nodiscard]] api::EnsembleStatus status_of(const Context& context, const Next& next);

}  // namespace paddock::plan
