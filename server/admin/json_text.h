// SPDX-License-Identifier: Apache-2.0
//
// JSON documents as ZooKeeper's admin server lays them out (Jackson's default pretty printer), so
// that people's greps and diffs keep working.
#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace paddock::admin {

[[nodiscard]] std::string json_text(const boost::json::value& document);

}  // namespace paddock::admin
