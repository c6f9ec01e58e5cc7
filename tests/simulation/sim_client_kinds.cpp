// SPDX-License-Identifier: Apache-2.0
//
// What a server promises of each kind of request.
#include "simulation/sim_client.h"

namespace paddock::simulation {

std::int64_t SimClient::floor_of(Kind kind) const {
  if (kind == Kind::Auth) return 0;
  // Neither is a read: a server answers them from what it has.
  const bool is_local = kind == Kind::Ping || kind == Kind::SetWatches;
  return may_lag(kind) || (is_local && asks_for_linearizable_reads_) ? last_zxid_
                                                                     : facts_.highest_zxid;
}

bool SimClient::is_read(Kind kind) {
  switch (kind) {
    case Kind::GetData:
    case Kind::Exists:
    case Kind::GetChildren:
    case Kind::Ping:
    case Kind::Audit:
    case Kind::AuditNode:
    case Kind::SetWatches:
    case Kind::SharedGet:
    case Kind::SharedExists:
      return true;
    case Kind::MakeHome:
    case Kind::Create:
    case Kind::SetData:
    case Kind::Delete:
    case Kind::Multi:
    case Kind::Sync:
    case Kind::Close:
    case Kind::SharedCreate:
    case Kind::SharedSet:
    case Kind::SharedDelete:
    case Kind::SharedMulti:
    case Kind::Reconfig:
    case Kind::Auth:
      return false;
  }
  return false;
}

}  // namespace paddock::simulation
