// SPDX-License-Identifier: Apache-2.0
#include "kube/api_error.h"

#include <algorithm>
#include <charconv>

#include "base/assert.h"
#include "base/escape.h"

namespace paddock::kube {

namespace {

// What a proxy in between sends may be long.
constexpr std::size_t kForeignTextMax = 200;
constexpr seconds kRetryAfterMax{3600};

Failure failure_of(unsigned code, std::string_view reason) {
  switch (code) {
    case 400:
      return Failure::BadRequest;
    case 401:
      return Failure::Unauthorized;
    case 403:
      return Failure::Forbidden;
    case 404:
      return Failure::NotFound;
    case 409:
      return reason == "AlreadyExists" ? Failure::AlreadyExists : Failure::Conflict;
    case 410:
      return Failure::Expired;
    case 405:
    case 406:
    case 413:
    case 415:
    case 422:
      return Failure::Invalid;
    case 429:
      return Failure::TooManyRequests;
    default:
      return code >= 500 && code < 600 ? Failure::ServerError : Failure::Refused;
  }
}

std::vector<Cause> causes_of(const json::value& status) {
  std::vector<Cause> causes;
  const json::value* const list = find(status, {"details", "causes"});
  if (list == nullptr || !list->is_array()) return causes;
  for (const json::value& cause : list->get_array()) {
    causes.push_back({std::string(text_at(cause, {"reason"})),
                      std::string(text_at(cause, {"message"})),
                      std::string(text_at(cause, {"field"}))});
  }
  return causes;
}

std::optional<seconds> wait_of(const json::value& status) {
  const auto told = number_at(status, {"details", "retryAfterSeconds"});
  if (!told || *told <= 0) return std::nullopt;
  return std::min(seconds(*told), kRetryAfterMax);
}

bool is_status(const json::value& value) {
  return text_at(value, {"kind"}) == "Status";
}

ApiError error_of_status(unsigned code, const json::value& status) {
  const std::string_view reason = text_at(status, {"reason"});
  return {.failure = failure_of(code, reason),
          .code = code,
          .reason = std::string(reason),
          .message = std::string(text_at(status, {"message"})),
          .causes = causes_of(status),
          .retry_after = wait_of(status)};
}

}  // namespace

bool ApiError::has_cause(std::string_view cause) const {
  return std::ranges::any_of(causes, [&](const Cause& one) { return one.reason == cause; });
}

bool ApiError::is_result_unknown() const {
  switch (failure) {
    case Failure::Lost:
    case Failure::TimedOut:
    case Failure::Garbled:
    case Failure::ServerError:
    case Failure::Stopped:
      return true;
    case Failure::BadRequest:
    case Failure::Unauthorized:
    case Failure::Forbidden:
    case Failure::NotFound:
    case Failure::AlreadyExists:
    case Failure::Conflict:
    case Failure::Expired:
    case Failure::Invalid:
    case Failure::TooManyRequests:
    case Failure::Refused:
    case Failure::Unreachable:
      return false;
  }
  PADDOCK_UNREACHABLE();
}

std::string ApiError::text() const {
  if (code == 0) return message;
  std::string text = std::to_string(code);
  if (!reason.empty()) text.append(" ").append(reason);
  if (!message.empty()) text.append(": ").append(message);
  return text;
}

std::string_view name_of(Failure failure) {
  switch (failure) {
    case Failure::BadRequest:
      return "BadRequest";
    case Failure::Unauthorized:
      return "Unauthorized";
    case Failure::Forbidden:
      return "Forbidden";
    case Failure::NotFound:
      return "NotFound";
    case Failure::AlreadyExists:
      return "AlreadyExists";
    case Failure::Conflict:
      return "Conflict";
    case Failure::Expired:
      return "Expired";
    case Failure::Invalid:
      return "Invalid";
    case Failure::TooManyRequests:
      return "TooManyRequests";
    case Failure::ServerError:
      return "ServerError";
    case Failure::Refused:
      return "Refused";
    case Failure::Unreachable:
      return "Unreachable";
    case Failure::Lost:
      return "Lost";
    case Failure::TimedOut:
      return "TimedOut";
    case Failure::Garbled:
      return "Garbled";
    case Failure::Stopped:
      return "Stopped";
  }
  PADDOCK_UNREACHABLE();
}

ApiError failed(Failure failure, std::string message) {
  return {.failure = failure, .message = std::move(message)};
}

ApiError error_of(unsigned code, std::string_view body, std::optional<seconds> retry_after) {
  const auto parsed = parse_json(body);
  ApiError error;
  if (parsed && is_status(*parsed)) {
    error = error_of_status(code, *parsed);
  } else {
    error = {.failure = failure_of(code, {}),
             .code = code,
             .message = printable(body.substr(0, kForeignTextMax))};
  }
  if (retry_after) error.retry_after = retry_after;
  return error;
}

ApiError error_of(const json::value& status) {
  if (!is_status(status))
    return failed(Failure::Garbled, "the watch told an error of no known form");
  const std::int64_t code = number_at(status, {"code"}).value_or(500);
  return error_of_status(code >= 100 && code <= 999 ? static_cast<unsigned>(code) : 500U, status);
}

std::optional<seconds> parse_retry_after(std::string_view value) {
  if (value.empty()) return std::nullopt;
  std::uint32_t told = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), told);
  if (error == std::errc::result_out_of_range) return kRetryAfterMax;
  if (error != std::errc() || end != value.data() + value.size()) return seconds(1);
  return std::min(seconds(told), kRetryAfterMax);
}

}  // namespace paddock::kube
