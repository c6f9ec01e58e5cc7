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

#include "base/histogram.h"
#include "base/observed.h"

namespace paddock::metrics {

enum class Kind : std::uint8_t {
  Gauge,
  Counter,
  Summary,
  Histogram
};

/// What the values of buckets are.
enum class Unit : std::uint8_t {
  Seconds,  // counted in microseconds
  Number
};

/// All values that were observed; without any they are all 0.
struct Observations {
  std::uint64_t count = 0;
  double sum = 0;
  double min = 0;
  double max = 0;
};
[[nodiscard]] Observations observations(const Observed& observed);
/// `scale`: of the values.
[[nodiscard]] Observations observations(const Buckets& seen, double scale);

/// A share of the values and what it is below.
struct Quantile {
  double share = 0;
  double value = 0;
};

struct Label {
  std::string name;
  std::string value;
};

struct Sample {
  std::vector<Label> labels;
  double value = 0;                 // Gauge, Counter
  Observations observed;            // Summary
  std::vector<Quantile> quantiles;  // Summary: none, or those of kShares
  Buckets buckets;                  // Histogram
};

/// A family: all samples of one name.
struct Metric {
  std::string name;
  std::string help;
  Kind kind = Kind::Gauge;
  Unit unit = Unit::Number;  // of a Histogram
  std::vector<Sample> samples;
};

/// Those of ZooKeeper 3.9 (0.5, 0.9, 0.99), of 3.10 and of mntr.
inline constexpr double kShares[] = {0.5, 0.9, 0.95, 0.99, 0.999};

[[nodiscard]] Metric gauge(std::string name, double value, std::string help);
[[nodiscard]] Metric counter(std::string name, double value, std::string help);
[[nodiscard]] Metric summary(std::string name, Observations observed, std::string help);
[[nodiscard]] Metric histogram(std::string name, Unit unit, const Buckets& seen, std::string help);
/// Without samples yet: see add().
[[nodiscard]] Metric family(std::string name,
                            Kind kind,
                            std::string help,
                            Unit unit = Unit::Number);

/// Adds a sample with one label, and returns it.
Sample& add(Metric& family, std::string label, std::string text, double value = 0);

/// How counters are named that do not end with _total.
enum class TotalNames : std::uint8_t {
  AsTheyAre,
  Both,  // as ZooKeeper 3.10 has them, too
};

/// The Prometheus text exposition, names as they are. Families without samples are left out.
[[nodiscard]] std::string to_prometheus(const std::vector<Metric>& metrics,
                                        TotalNames totals = TotalNames::AsTheyAre);

/// As ZooKeeper's default provider names them for mntr, without "zk_": a gauge or counter by its
/// name, a summary as avg_, min_, max_, cnt_ and sum_, and p50_ to p999_ where quantiles are known.
/// What a label says goes before the name: 2_avg_ack_latency.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> to_mntr(
    const std::vector<Metric>& metrics);

}  // namespace paddock::metrics
