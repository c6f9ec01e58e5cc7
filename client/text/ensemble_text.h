// SPDX-License-Identifier: Apache-2.0
//
// The text of an ensemble's configuration ("server.1=host:2888:3888;2181" lines and "version=…").
// Pure. Source: ZooKeeper ConfigUtils, QuorumPeer.QuorumServer.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace paddock::client {

/// "<version> host:port,host:port": where clients connect to.
[[nodiscard]] std::string client_addresses(View config);

/// The server lines of a configuration file, joined by commas, as reconfig takes them. Error: there
/// are none.
[[nodiscard]] Result<std::string> members_of(View config_file);

}  // namespace paddock::client
