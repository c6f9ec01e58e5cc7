// SPDX-License-Identifier: Apache-2.0
//
// One request of the API as a value, and what came of it. Pure: requests.h makes them, Api carries
// them out.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "base/time.h"
#include "kube/api_error.h"
#include "kube/object.h"

namespace paddock::kube {

enum class Verb : std::uint8_t {
  Get,
  Post,
  Put,
  Patch,
  Delete,
};

[[nodiscard]] std::string_view name_of(Verb verb);

struct Request {
  Verb verb = Verb::Get;
  std::string target{};
  std::string content_type{};  // of the body, if there is one
  std::string body{};
  /// Twice has the effect of once, so it is said again if nobody knows what came of it.
  bool is_repeatable = false;
  /// Passes the client's rate limit: a Lease must not wait behind other requests.
  bool is_urgent = false;
  /// "Too many requests" is for the caller, who knows another meaning of it.
  bool tells_busy = false;
  /// From the first attempt to the last byte of the answer; of a watch, for each wait for bytes.
  Duration time_limit = seconds(30);
};

struct Answer {
  unsigned code = 200;
  json::value body{};
  /// What the server has to say besides: a deprecated version, an unknown field.
  std::vector<std::string> warnings{};
};

using Reply = std::expected<Answer, ApiError>;

}  // namespace paddock::kube
