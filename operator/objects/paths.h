// SPDX-License-Identifier: Apache-2.0
//
// Where things are in a server's container: zoo.cfg and the pods agree on it. Of this module alone.
#pragma once

#include <string_view>

namespace paddock::objects {

constexpr std::string_view kConfigurationFolder = "/conf";
constexpr std::string_view kDataFolder = "/data";
constexpr std::string_view kLogFolder = "/datalog";
constexpr std::string_view kClientTlsFolder = "/etc/paddock/tls/client";
constexpr std::string_view kQuorumTlsFolder = "/etc/paddock/tls/quorum";

}  // namespace paddock::objects
