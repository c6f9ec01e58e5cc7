// SPDX-License-Identifier: Apache-2.0
//
// What one server says of itself in answer to `srvr`, taken apart. Pure. Source: section 3.1 of
// ZooKeeper's four-letter words (ServerStats.toString).
#pragma once

#include <string>

#include "base/bytes.h"

namespace paddock::client {

struct ServerStatus {
  /// False if the text is not a server's status; `refusal` then holds its first line.
  bool is_serving = false;
  std::string refusal{};
  std::string version{};
  std::string mode{};
  std::string zxid{};
  std::string latency{};
  std::string connections{};
  std::string outstanding{};
  std::string nodes{};
};

[[nodiscard]] ServerStatus parse_status(View srvr_answer);

}  // namespace paddock::client
