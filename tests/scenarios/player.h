// SPDX-License-Identifier: Apache-2.0
//
// Plays scenario files and compares their traces, line by line, with what is written in them; what
// a command does is for the caller. Used by the programs of the protocol's and the operator's
// scenarios.
#pragma once

#include <functional>
#include <string>

#include "scenarios/script.h"

namespace paddock::scenarios {

struct Played {
  Script script;  // with the trace of what happened
  /// Where an expectation or an invariant does not hold: "12: expect leader 1: 2 leads".
  std::string error;
};

/// Plays a whole scenario in a world of its own.
using Play = std::function<Played(const Script& written)>;

/// Carries out a command; returns its trace and what is wrong.
struct Outcome {
  std::vector<std::string> trace;
  std::string wrong;
};
using CarryOut = std::function<Outcome(const std::vector<std::string>& words)>;

/// Command after command, with `trace off` and `trace on`.
[[nodiscard]] Played play(const Script& written, const CarryOut& carry_out);

/// The program: `[--rewrite] DIRECTORY|FILE…`; returns its exit code.
[[nodiscard]] int play_all(int argc, char** argv, const Play& play);

}  // namespace paddock::scenarios
