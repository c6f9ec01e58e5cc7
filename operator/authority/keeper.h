// SPDX-License-Identifier: Apache-2.0
//
// The ensemble's own authorities and what they have signed, as Secrets: which of them are to be
// written now. There are two authorities of each number, one for servers and one for clients; both
// follow what the planner says of numbers. Told the time; keys are chance.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string_view>

#include "base/error.h"
#include "objects/certificates.h"
#include "plan/action.h"

namespace paddock::authority {

namespace json = boost::json;

/// A Secret or ConfigMap by its name, as it is in the cluster; null if there is none.
using Find = std::function<const json::value*(std::string_view kind, std::string_view name)>;

/// The number of the newest authority; the next one if that is about to end; 1 if there is none.
/// What plan::Desired::authority is with tls.provider.selfSigned.
[[nodiscard]] std::int32_t wanted_authority(const objects::Site& site, const Find& find);

/// The Secrets with the authorities: those of new numbers are made, those that are not trusted any
/// more are left out.
[[nodiscard]] Result<objects::Objects> build(const objects::Site& site,
                                             const plan::ApplyCertificates& action,
                                             const Find& find);

/// What is missing, about to end, signed by an older authority than the signer or has wrong names;
/// what trusts others than it should; and the ConfigMap for clients. Nothing before there are
/// authorities. In every round.
[[nodiscard]] Result<objects::Objects> due_certificates(const objects::Site& site,
                                                        const Find& find);

/// Whose number a key id belongs to (/admin/member: authority_key_id, trusted_key_ids).
[[nodiscard]] std::optional<std::int32_t> authority_number(const json::value& authority_secret,
                                                           std::string_view key_id);

}  // namespace paddock::authority
