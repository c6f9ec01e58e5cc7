// SPDX-License-Identifier: Apache-2.0
//
// Metrics as mntr shows them. Source: ZooKeeper DefaultMetricsProvider, AvgMinMaxCounter,
// AvgMinMaxPercentileCounter.
#include <cmath>

#include <fmt/format.h>

#include "metrics/metric.h"

namespace paddock::metrics {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

/// Whole numbers without a point, others with ZooKeeper's four decimals.
std::string number(double value) {
  return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.4f}", value);
}

void add_summary(const std::string& prefix,
                 const std::string& name,
                 const Sample& sample,
                 Lines& lines) {
  const Observations& all = sample.observed;
  const auto count = static_cast<double>(all.count);
  const auto line = [&](const char* what, double value) {
    lines.emplace_back(prefix + what + name, number(value));
  };
  line("avg_", all.count == 0 ? 0 : all.sum / count);
  line("min_", all.min);
  line("max_", all.max);
  line("cnt_", count);
  line("sum_", all.sum);
  for (const Quantile& quantile : sample.quantiles) {
    // mntr has no 90th.
    if (quantile.share == 0.5) line("p50_", quantile.value);
    if (quantile.share == 0.95) line("p95_", quantile.value);
    if (quantile.share == 0.99) line("p99_", quantile.value);
    if (quantile.share == 0.999) line("p999_", quantile.value);
  }
}

/// Times are millionths here: four decimals would hide most of them.
void add_histogram(const std::string& prefix,
                   const Metric& metric,
                   const Buckets& seen,
                   Lines& lines) {
  const bool is_time = metric.unit == Unit::Seconds;
  const auto text = [&](double value) {
    return is_time ? fmt::format("{:.6f}", value / 1e6) : number(value);
  };
  const std::int64_t count = seen.count();
  const auto sum = static_cast<double>(seen.sum);
  lines.emplace_back(prefix + "avg_" + metric.name,
                     text(count == 0 ? 0 : sum / static_cast<double>(count)));
  lines.emplace_back(prefix + "cnt_" + metric.name, fmt::format("{}", count));
  lines.emplace_back(prefix + "sum_" + metric.name, text(sum));
}

void add_sample(const Metric& metric, const Sample& sample, Lines& lines) {
  std::string prefix;
  for (const Label& label : sample.labels) prefix += label.value + "_";
  switch (metric.kind) {
    case Kind::Gauge:
    case Kind::Counter:
      lines.emplace_back(prefix + metric.name, number(sample.value));
      return;
    case Kind::Summary:
      return add_summary(prefix, metric.name, sample, lines);
    case Kind::Histogram:
      return add_histogram(prefix, metric, sample.buckets, lines);
  }
}

}  // namespace

Lines to_mntr(const std::vector<Metric>& metrics) {
  Lines lines;
  for (const Metric& metric : metrics) {
    for (const Sample& sample : metric.samples) add_sample(metric, sample, lines);
  }
  return lines;
}

}  // namespace paddock::metrics
