// SPDX-License-Identifier: Apache-2.0
//
// Where log lines go: standard error, written by a thread of its own so that no loop waits for a
// pipe, as text for people or as one JSON object a line.
#pragma once

#include <string_view>

#include "config/server_config.h"

namespace paddock::runtime {

/// Sets the process's logger up; call once, before any thread logs.
void start_logging(const config::ProcessConfig& config);
/// Writes out what is queued.
void stop_logging();
/// Writes out what is queued and then `text`, for a thread that is about to end the process while
/// others may still log.
void last_words(std::string_view text);

}  // namespace paddock::runtime
