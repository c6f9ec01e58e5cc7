// SPDX-License-Identifier: Apache-2.0
#include "metrics/metric.h"

namespace paddock::metrics {

Observations observations(const Observed& observed) {
  return {.count = static_cast<std::uint64_t>(observed.count),
          .sum = static_cast<double>(observed.sum),
          .min = static_cast<double>(observed.min),
          .max = static_cast<double>(observed.max)};
}

Observations observations(const Buckets& seen, double scale) {
  const std::int64_t count = seen.count();
  if (count == 0) return {};
  return {.count = static_cast<std::uint64_t>(count),
          .sum = static_cast<double>(seen.sum) * scale,
          .min = static_cast<double>(seen.least) * scale,
          .max = static_cast<double>(seen.most) * scale};
}

Metric family(std::string name, Kind kind, std::string help, Unit unit) {
  Metric metric;
  metric.name = std::move(name);
  metric.help = std::move(help);
  metric.kind = kind;
  metric.unit = unit;
  return metric;
}

Metric gauge(std::string name, double value, std::string help) {
  Metric metric = family(std::move(name), Kind::Gauge, std::move(help));
  metric.samples.emplace_back().value = value;
  return metric;
}

Metric counter(std::string name, double value, std::string help) {
  Metric metric = family(std::move(name), Kind::Counter, std::move(help));
  metric.samples.emplace_back().value = value;
  return metric;
}

Metric summary(std::string name, Observations observed, std::string help) {
  Metric metric = family(std::move(name), Kind::Summary, std::move(help));
  metric.samples.emplace_back().observed = observed;
  return metric;
}

Metric histogram(std::string name, Unit unit, const Buckets& seen, std::string help) {
  Metric metric = family(std::move(name), Kind::Histogram, std::move(help), unit);
  metric.samples.emplace_back().buckets = seen;
  return metric;
}

Sample& add(Metric& family, std::string label, std::string text, double value) {
  Sample& sample = family.samples.emplace_back();
  sample.labels.push_back({std::move(label), std::move(text)});
  sample.value = value;
  return sample;
}

}  // namespace paddock::metrics
