// SPDX-License-Identifier: Apache-2.0
//
// SimClient: its sessions, and what it may do in them. On a server without a quorum, what it reads
// must be some state of the past, and nothing that it asks for may happen.
#include <fmt/format.h>

#include "simulation/sim_client.h"

namespace paddock::simulation {

void SimClient::on_attached(const jute::ConnectResponse& response, bool is_read_only) {
  if (session_ == SessionId{}) began_read_only_ = is_read_only;
  if (session_ != SessionId{} && session_ != SessionId{response.session_id}) {
    return fail("re-attached to another session");
  }
  session_ = SessionId{response.session_id};
  password_.assign(response.password);
  is_ready_ = true;
  is_read_only_ = is_read_only;
  if (!is_read_only) {
    if (began_read_only_) fail("a session of a server without a quorum lives on elsewhere");
    return;
  }
  ++read_only_connections_;
  if (!accepts_read_only_)
    fail("a server without a quorum serves a client that did not ask for it");
  if (!known_.ephemerals.empty() && doubtful_.empty() && !session_lost_) {
    fail("the owner of ephemeral nodes is served by a server without a quorum");
  }
}

bool SimClient::may_lag(Kind kind) const {
  if (is_read_only_ || (sessions_may_be_local_ && kind == Kind::Close)) return true;
  return reads_may_lag_ && is_read(kind);
}

/// Only the end of a session that no other server knows is not.
void SimClient::on_refused(const Request& request, ErrorCode err) {
  const bool ends = request.kind == Kind::Close &&
                    (began_read_only_ || (sessions_may_be_local_ && err == ErrorCode::Ok));
  if (err != (ends ? ErrorCode::Ok : ErrorCode::NotReadOnly)) {
    return fail(fmt::format("a server without a quorum answered {}", paddock::name(err)));
  }
  has_ended_ = ends;
}

/// Nothing that was on its way can have happened. Some clients present the session elsewhere.
void SimClient::on_read_only_disconnected() {
  is_read_only_ = false;
  waiting_.clear();
  if (!began_read_only_ || number_ % 4 == 0) return;
  session_ = SessionId{};
  password_.assign(16, '\0');
}

void SimClient::close_session() {
  if (!is_ready_ || has_ended_ || closing_ || auditing_) return;
  closing_ = true;
  send({.kind = Kind::Close, .name = {}, .other = {}, .data = {}});
}

}  // namespace paddock::simulation
