// SPDX-License-Identifier: Apache-2.0
//
// Metrics as Prometheus reads them: prometheus-cpp's types, written by its serializer.
#include <limits>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "metrics/metric.h"

namespace paddock::metrics {
namespace {

/// Buckets that are shown by themselves; what is below or above them is in the next one.
struct Range {
  std::size_t first = 0;
  std::size_t last = 0;
  double divisor = 1;
};
/// From 16 microseconds to 17 seconds; from 1 to a million.
constexpr Range kSeconds{4, 24, 1e6};
constexpr Range kNumbers{0, 20, 1};

prometheus::ClientMetric::Histogram histogram_of(const Buckets& buckets, Unit unit) {
  const Range range = unit == Unit::Seconds ? kSeconds : kNumbers;
  prometheus::ClientMetric::Histogram found;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < Buckets::kCount; ++i) {
    below += static_cast<std::uint64_t>(buckets.counts[i]);
    if (i < range.first || i > range.last) continue;
    found.bucket.push_back({below, Buckets::bound(i) / range.divisor});
  }
  found.bucket.push_back({below, std::numeric_limits<double>::infinity()});
  found.sample_count = below;
  found.sample_sum = static_cast<double>(buckets.sum) / range.divisor;
  return found;
}

prometheus::ClientMetric client_metric(const Metric& metric, const Sample& sample) {
  prometheus::ClientMetric one;
  for (const Label& label : sample.labels) one.label.push_back({label.name, label.value});
  switch (metric.kind) {
    case Kind::Gauge:
      one.gauge.value = sample.value;
      break;
    case Kind::Counter:
      one.counter.value = sample.value;
      break;
    case Kind::Summary:
      one.summary.sample_count = sample.observed.count;
      one.summary.sample_sum = sample.observed.sum;
      for (const Quantile& quantile : sample.quantiles) {
        one.summary.quantile.push_back({quantile.share, quantile.value});
      }
      break;
    case Kind::Histogram:
      one.histogram = histogram_of(sample.buckets, metric.unit);
      break;
  }
  return one;
}

prometheus::MetricType type_of(Kind kind) {
  switch (kind) {
    case Kind::Gauge:
      return prometheus::MetricType::Gauge;
    case Kind::Counter:
      return prometheus::MetricType::Counter;
    case Kind::Summary:
      return prometheus::MetricType::Summary;
    case Kind::Histogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

prometheus::MetricFamily family_of(const Metric& metric) {
  prometheus::MetricFamily family;
  family.name = metric.name;
  family.help = metric.help;
  family.type = type_of(metric.kind);
  for (const Sample& sample : metric.samples)
    family.metric.push_back(client_metric(metric, sample));
  return family;
}

}  // namespace

std::string to_prometheus(const std::vector<Metric>& metrics, TotalNames totals) {
  std::vector<prometheus::MetricFamily> families;
  families.reserve(metrics.size());
  for (const Metric& metric : metrics) {
    if (metric.samples.empty()) continue;
    families.push_back(family_of(metric));
    const bool has_other = metric.kind == Kind::Counter && !metric.name.ends_with("_total");
    if (totals != TotalNames::Both || !has_other) continue;
    families.push_back(families.back());
    families.back().name += "_total";
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace paddock::metrics
