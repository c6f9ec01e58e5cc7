// SPDX-License-Identifier: Apache-2.0
//
// What the audit log has to know of a request until it is answered, and what is told then. Pure.
// Source: ZooKeeper audit.AuditHelper.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/event.h"
#include "auth/identities.h"
#include "base/error_code.h"
#include "jute/opcode.h"

namespace paddock::audit {

struct Action {
  Operation operation{};
  std::string path{};
  View znode_type{};  // of a constant
  std::string acl{};
};

struct RequestNote {
  std::int32_t xid = 0;
  Operation operation{};          // None: it is not told
  std::vector<Action> actions{};  // several of a multi; none if the request is malformed
};

/// Notes a request. Of digests in a list of permissions only the user's name is kept.
[[nodiscard]] RequestNote note_of(jute::Opcode opcode, std::int32_t xid, View payload);

/// Appends what there is to tell of an answered request: `base`, completed. `reply` is its record.
void tell_answered(
    const RequestNote& note, ErrorCode err, View reply, const Event& base, Events& into);
/// The same for one whose answer will never be known.
void tell_unanswered(const RequestNote& note, const Event& base, Events& into);

/// The names of identities, as ZooKeeper shows them.
[[nodiscard]] std::vector<User> users_of(auth::Identities identities);
/// Who a credential of an auth packet is for, if that can be told from what proves it.
[[nodiscard]] std::vector<User> users_claimed(View scheme, View credential);

}  // namespace paddock::audit
