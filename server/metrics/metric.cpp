// SPDX-License-Identifier: Apache-2.0
#include "metrics/metric.h"

#include <cmath>

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace paddock::metrics {

namespace {

prometheus::MetricFamily family_of(const Metric& metric) {
  prometheus::MetricFamily family;
  family.name = metric.name;
  family.help = metric.help;
  prometheus::ClientMetric one;
  switch (metric.kind) {
    case Kind::Gauge:
      family.type = prometheus::MetricType::Gauge;
      one.gauge.value = metric.value;
      break;
    case Kind::Counter:
      family.type = prometheus::MetricType::Counter;
      one.counter.value = metric.value;
      break;
    case Kind::Summary:
      family.type = prometheus::MetricType::Summary;
      one.summary.sample_count = metric.observed.count;
      one.summary.sample_sum = metric.observed.sum;
      break;
  }
  family.metric.push_back(std::move(one));
  return family;
}

/// Whole numbers without a point, others with ZooKeeper's four decimals.
std::string number(double value) {
  return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.4f}", value);
}

}  // namespace

Metric gauge(std::string name, double value, std::string help) {
  Metric metric;
  metric.name = std::move(name);
  metric.help = std::move(help);
  metric.value = value;
  return metric;
}

Metric counter(std::string name, double value, std::string help) {
  Metric metric = gauge(std::move(name), value, std::move(help));
  metric.kind = Kind::Counter;
  return metric;
}

Metric summary(std::string name, Observations observed, std::string help) {
  Metric metric = gauge(std::move(name), 0, std::move(help));
  metric.kind = Kind::Summary;
  metric.observed = observed;
  return metric;
}

std::string to_prometheus(const std::vector<Metric>& metrics) {
  std::vector<prometheus::MetricFamily> families;
  families.reserve(metrics.size());
  for (const Metric& metric : metrics) families.push_back(family_of(metric));
  return prometheus::TextSerializer().Serialize(families);
}

std::vector<std::pair<std::string, std::string>> to_mntr(const std::vector<Metric>& metrics) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const Metric& metric : metrics) {
    if (metric.kind != Kind::Summary) {
      lines.emplace_back(metric.name, number(metric.value));
      continue;
    }
    const Observations& all = metric.observed;
    const auto count = static_cast<double>(all.count);
    lines.emplace_back("avg_" + metric.name, number(all.count == 0 ? 0 : all.sum / count));
    lines.emplace_back("min_" + metric.name, number(all.min));
    lines.emplace_back("max_" + metric.name, number(all.max));
    lines.emplace_back("cnt_" + metric.name, number(count));
    lines.emplace_back("sum_" + metric.name, number(all.sum));
  }
  return lines;
}

}  // namespace paddock::metrics
