// SPDX-License-Identifier: Apache-2.0
//
// The rows of the planner, in their order: the first one that has something to say is the plan, and
// those below wait. Each has a file of its own, but for a few that are two sides of one thing.
#pragma once

#include <optional>
#include <vector>

#include "plan/context.h"

namespace paddock::plan {

using Row = std::optional<Step> (*)(const Context&);

// hibernation.cpp: members that were stopped on purpose run again; members are stopped.
[[nodiscard]] std::optional<Step> wake(const Context& context);
[[nodiscard]] std::optional<Step> hibernate(const Context& context);
// bootstrap.cpp: the ensemble begins, once; or disks of one are found.
[[nodiscard]] std::optional<Step> bootstrap(const Context& context);
// quorum_loss.cpp: what cannot be helped by us, and what little may be done then.
[[nodiscard]] std::optional<Step> data_loss(const Context& context);
[[nodiscard]] std::optional<Step> quorum_loss(const Context& context);
// repair.cpp: a member is missing, has lost its disk, or does not come up.
[[nodiscard]] std::optional<Step> repair(const Context& context);
// reconfig.cpp: a change of members is finished: left-overs go, who is in step gets its vote.
[[nodiscard]] std::optional<Step> reconfig(const Context& context);
[[nodiscard]] std::optional<Step> scale_down(const Context& context);
[[nodiscard]] std::optional<Step> reload(const Context& context);
[[nodiscard]] std::optional<Step> rollout(const Context& context);
[[nodiscard]] std::optional<Step> scale_up(const Context& context);
[[nodiscard]] std::optional<Step> volumes(const Context& context);
[[nodiscard]] std::optional<Step> retire(const Context& context);

/// Not a row: what is applied whatever else is to be done.
[[nodiscard]] std::vector<Harmless> base(const Context& context);
/// The same for certificates, in three phases.
void certificates(const Context& context, std::vector<Harmless>& actions);

/// A member that does not come up gets the template that is wanted now; also of use without a
/// quorum.
[[nodiscard]] std::optional<Step> mend(const Context& context, ServerId id);

/// Why a member is to be restarted, if it is.
[[nodiscard]] std::optional<Reason> restart_reason(const Context& context, ServerId id);
/// A change of the reload class that a server has not taken after this time takes a restart.
constexpr seconds kReloadPatience{120};
/// Longer than any election: who is not ready for this time is broken.
constexpr seconds kMendPatience{60};

}  // namespace paddock::plan
