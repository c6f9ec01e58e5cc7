// SPDX-License-Identifier: Apache-2.0
//
// Errors of the world (disk, network, configuration): text for an operator that says what is wrong
// and what to do. Errors that a client is told are `ErrorCode` (error_code.h); our own mistakes are
// assertions (assert.h).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace paddock {

struct Error {
  std::string message;

  /// The same error with `context` in front: "context: message".
  [[nodiscard]] Error within(std::string_view context) && {
    std::string text(context);
    text.append(": ").append(message);
    return Error{std::move(text)};
  }
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(std::string message) {
  return std::unexpected<Error>(Error{std::move(message)});
}

/// The text of an errno value, safe on every thread.
[[nodiscard]] std::string errno_text(int code);

}  // namespace paddock

/// Returns the error of `expression` (a Result of any kind) from the enclosing function, if it has
/// one.
#define PADDOCK_TRY(expression)                                          \
  do {                                                                   \
    if (auto&& paddock_try_result = (expression); !paddock_try_result) { \
      return std::unexpected(std::move(paddock_try_result).error());     \
    }                                                                    \
  } while (false)
