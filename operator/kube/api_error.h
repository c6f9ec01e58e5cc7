// SPDX-License-Identifier: Apache-2.0
//
// Why a request of the API came to nothing: a kind to decide by, and words to show. Pure.
// Source: meta/v1 Status; "API conventions", HTTP status codes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "kube/object.h"

namespace paddock::kube {

enum class Failure : std::uint8_t {
  // The server said so.
  BadRequest,
  Unauthorized,
  Forbidden,
  NotFound,
  AlreadyExists,
  Conflict,  // another resourceVersion or uid, or a field that somebody else manages
  Expired,   // 410: list again
  Invalid,   // 422, 415, 413, 405, 406: the same again is refused again
  TooManyRequests,
  ServerError,
  Refused,  // any other
  // The server said nothing that could be read.
  Unreachable,  // the request was not sent
  Lost,         // it was sent, and the connection broke
  TimedOut,     // it was sent, perhaps
  Garbled,      // what came back is not what was asked for
  Stopped,      // the client is going
};

struct Cause {
  std::string reason{};
  std::string message{};
  std::string field{};

  friend bool operator==(const Cause&, const Cause&) = default;
};

struct ApiError {
  Failure failure{};
  unsigned code = 0;      // HTTP's; 0 if the server has not answered
  std::string reason{};   // as the server calls it: "AlreadyExists"
  std::string message{};  // a sentence
  std::vector<Cause> causes{};
  std::optional<seconds> retry_after{};

  [[nodiscard]] bool is(Failure kind) const { return failure == kind; }
  [[nodiscard]] bool has_cause(std::string_view cause) const;
  /// A write may have been carried out: read before it is said again.
  [[nodiscard]] bool is_result_unknown() const;
  /// "409 AlreadyExists: pods "a" already exists", or the sentence.
  [[nodiscard]] std::string text() const;
};

[[nodiscard]] std::string_view name_of(Failure failure);

/// A failure that no server has told.
[[nodiscard]] ApiError failed(Failure failure, std::string message);

/// Of an answer with a status that is no success; its body should be a Status object.
[[nodiscard]] ApiError error_of(unsigned code,
                                std::string_view body,
                                std::optional<seconds> retry_after = std::nullopt);
/// Of a Status object, as a watch tells it in its stream.
[[nodiscard]] ApiError error_of(const json::value& status);

/// The header's value if it is a number of seconds; a date says only "later", which is 1 s.
[[nodiscard]] std::optional<seconds> parse_retry_after(std::string_view value);

}  // namespace paddock::kube
