// SPDX-License-Identifier: Apache-2.0
//
// What a run measured, and its two forms: a table for people, JSON for scripts. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error_code.h"
#include "base/time.h"
#include "bench/histogram.h"

namespace paddock::bench {

using ErrorCounts = std::map<ErrorCode, std::uint64_t>;

/// One line of the table: a kind of operation, or a moment that was measured.
struct Row {
  std::string name;
  Histogram latency;
  ErrorCounts errors;
  /// When the longest one began, from the start of the measured time.
  Duration longest_at{0};
};

/// A single figure that is no latency.
struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
};

struct Report {
  std::string title;
  /// Length of the measured time.
  Duration elapsed{0};
  /// When it began, for who compares it with what else the machine did; of loads only.
  std::optional<MonotonicTime> measured_from{};
  std::vector<Row> rows;
  /// Whether the rows are parts of one whole, so that a row for all of them means something.
  bool has_total = true;
  std::vector<Figure> figures;
  /// Processor time used during the measured time.
  std::optional<Duration> server_cpu;
  Duration generator_cpu{0};
  /// Control-C ended the run before its time; what was measured until then stands.
  bool is_interrupted = false;
  /// What else ended it before its time, for a person; empty if nothing did.
  std::string failure{};

  /// Answers counted in all rows, errors included.
  [[nodiscard]] std::uint64_t answers() const;
  [[nodiscard]] std::uint64_t errors() const;
};

[[nodiscard]] std::string to_table(const Report& report);

/// One object; latencies in microseconds. The keys are stable: scripts read them.
[[nodiscard]] std::string to_json(const Report& report);

}  // namespace paddock::bench
