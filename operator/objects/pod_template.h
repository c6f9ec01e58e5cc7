// SPDX-License-Identifier: Apache-2.0
//
// The template of a server's pod: a voter's, with its id and its claims, or the observers'. Of this
// module alone. Pure.
#pragma once

#include <optional>

#include "api/member_template.h"
#include "objects/build.h"

namespace paddock::objects {

struct VoterPod {
  ServerId id{};
  model::Generation claim{};
  bool labels_voter = false;
};

/// None: of observers.
[[nodiscard]] json::object pod_template(const Site& site,
                                        const api::MemberTemplate& makes,
                                        const std::optional<VoterPod>& voter);

/// Labels by which a workload knows its pods.
[[nodiscard]] json::object workload_selector(const Site& site, std::optional<ServerId> voter);

/// The parts of a template as annotations, and back.
void write_template(const api::MemberTemplate& makes, json::object& annotations);
[[nodiscard]] api::MemberTemplate read_template(const json::value& metadata);

}  // namespace paddock::objects
