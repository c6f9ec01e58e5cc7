// SPDX-License-Identifier: Apache-2.0
//
// How a command can fail, what the user is told, and the exit codes that scripts rely on. The first
// line of a server's refusal is worded as ZooKeeper's shell words it, because scripts match on it;
// the hint that follows says what to do.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error_code.h"

namespace paddock::cli {

enum class ExitCode : int {
  Ok = 0,
  /// The server refused, or did not do what was waited for.
  Refused = 1,
  Usage = 2,
  /// No server could be reached, or the connection was lost before the answer.
  Unreachable = 3,
};

struct Failure {
  ExitCode exit_code = ExitCode::Refused;
  std::string message{};
  /// Empty if there is nothing useful to add.
  std::string hint{};
  /// What the server answered, if it did.
  std::optional<ErrorCode> code{};
  std::string path{};
};

using Outcome = std::expected<void, Failure>;

/// The server (or the session) answered `code` to an operation at `path`.
[[nodiscard]] std::unexpected<Failure> refused(ErrorCode code, View path);
/// The same with a hint that fits the operation.
[[nodiscard]] std::unexpected<Failure> refused(ErrorCode code, View path, std::string hint);
/// The command line asks for something impossible.
[[nodiscard]] std::unexpected<Failure> misused(std::string message);
[[nodiscard]] std::unexpected<Failure> unreachable(std::string message);
/// The work was done and did not succeed.
[[nodiscard]] std::unexpected<Failure> failed(std::string message);

/// Fails with Usage if `path` is not one.
[[nodiscard]] Outcome check_path(View path);

}  // namespace paddock::cli
