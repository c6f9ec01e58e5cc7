// SPDX-License-Identifier: Apache-2.0
//
// Where the shell's lines come from: a terminal with editing, history and completion (libedit), or
// a plain stream. Both wait for the keyboard and for the event queue at once, so that events are
// printed as they come. Main thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "client_cli/completion.h"

namespace paddock::cli {

/// What a source of lines asks back of the shell.
struct LineCallbacks {
  std::function<Completion(View line)> complete;
  /// Readable when print_events has something to do.
  int event_fd = -1;
  std::function<void()> print_events;
  /// Asked for each line, and again when events were printed, because they may change it.
  std::function<std::string()> prompt;
};

class LineSource {
 public:
  virtual ~LineSource() = default;

  /// The next line without its end; nothing when there is no more.
  [[nodiscard]] virtual std::optional<std::string> read_line() = 0;
  /// Keeps a line for later recall.
  virtual void remember(const std::string& line) = 0;
};

/// Lines of standard input, without a prompt.
[[nodiscard]] std::unique_ptr<LineSource> plain_lines(LineCallbacks callbacks);

/// Edited lines of the terminal. History is kept in `history_file`, if it can be.
[[nodiscard]] std::unique_ptr<LineSource> edited_lines(LineCallbacks callbacks,
                                                       std::string history_file);

}  // namespace paddock::cli
