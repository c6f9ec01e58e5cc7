// SPDX-License-Identifier: Apache-2.0
//
// ACLs as people type and read them: "scheme:id:perms[,…]" with perms out of "cdrwa".
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "client_session/types.h"

namespace paddock::client {

/// Error: an entry that does not have the form, or a letter that is no permission.
[[nodiscard]] Result<std::vector<Acl>> parse_acl(View text);

}  // namespace paddock::client
