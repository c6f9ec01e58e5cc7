// SPDX-License-Identifier: Apache-2.0
//
// The commands about the ensemble: leader, observers, voting_view, zabstate as ZooKeeper has them.
#pragma once

#include <boost/json/object.hpp>

#include "admin/server_report.h"

namespace paddock::admin {

void leader(boost::json::object& out, const ServerReport& report);
void observers(boost::json::object& out, const ServerReport& report);
void voting_view(boost::json::object& out, const ServerReport& report);
void zab_state(boost::json::object& out, const ServerReport& report);

}  // namespace paddock::admin
