// SPDX-License-Identifier: Apache-2.0
//
// Where a request came from: the server that holds the client's connection, and that server's
// number for the request. What the ensemble proposes by itself has no origin.
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace paddock::replica {

/// One server's number for one of its requests; rises by one. The first of a process is random, so
/// that no other process of the same server uses the same. 0 is "none".
enum class RequestId : std::uint64_t {
};

[[nodiscard]] constexpr std::uint64_t raw(RequestId id) {
  return static_cast<std::uint64_t>(id);
}

struct Origin {
  ServerId server{};
  RequestId request{};

  friend bool operator==(const Origin&, const Origin&) = default;
};

}  // namespace paddock::replica
