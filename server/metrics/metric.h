// SPDX-License-Identifier: Apache-2.0
//
// Numbers about a server, as values: gathered once per scrape, then shown as Prometheus text
// (through prometheus-cpp) or as the lines of `mntr`. A number that is not known is left out, never
// invented.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace paddock::metrics {

enum class Kind : std::uint8_t {
  Gauge,
  Counter,
  Summary
};

/// All values that were observed; without any they are all 0.
struct Observations {
  std::uint64_t count = 0;
  double sum = 0;
  double min = 0;
  double max = 0;
};

struct Metric {
  std::string name;
  std::string help;
  Kind kind = Kind::Gauge;
  double value = 0;       // Gauge, Counter
  Observations observed;  // Summary
};

[[nodiscard]] Metric gauge(std::string name, double value, std::string help);
[[nodiscard]] Metric counter(std::string name, double value, std::string help);
[[nodiscard]] Metric summary(std::string name, Observations observed, std::string help);

/// The Prometheus text exposition, names as they are.
[[nodiscard]] std::string to_prometheus(const std::vector<Metric>& metrics);

/// As ZooKeeper's default provider names them for mntr, without "zk_": a gauge or counter by its
/// name, a summary as avg_, min_, max_, cnt_ and sum_.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> to_mntr(
    const std::vector<Metric>& metrics);

}  // namespace paddock::metrics
