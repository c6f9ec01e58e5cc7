// SPDX-License-Identifier: Apache-2.0
//
// The metrics of a server by what they are about, each from what was gathered: under ZooKeeper's
// names where it has one, paddock_… where it has none. What has no meaning here is left out.
#pragma once

#include <string>
#include <vector>

#include "metrics/metric.h"
#include "metrics/windows.h"
#include "runtime/reporter.h"

namespace paddock::runtime {

using metrics::counter;
using metrics::gauge;
using metrics::histogram;
using metrics::Kind;
using metrics::Metric;
using metrics::summary;
using metrics::Unit;

/// What a ZooKeeper of Java would call an advanced summary: with quantiles of what came lately.
class Quantiler {
 public:
  Quantiler(metrics::Windows& windows, MonotonicTime now) : windows_(windows), now_(now) {}

  /// In milliseconds, of microseconds.
  [[nodiscard]] Metric summary(const std::string& name, const Buckets& seen, std::string help) {
    Metric found = metrics::family(name, metrics::Kind::Summary, std::move(help));
    fill(found.samples.emplace_back(), name, seen);
    return found;
  }
  void fill(metrics::Sample& sample, const std::string& name, const Buckets& seen) {
    sample.observed = metrics::observations(seen, 1e-3);
    sample.quantiles = windows_.quantiles(name, seen, 1e-3, now_);
  }

 private:
  metrics::Windows& windows_;
  MonotonicTime now_;
};

[[nodiscard]] inline double number(auto value) {
  return static_cast<double>(value);
}

/// Those that mntr formats by itself (admin::monitor_values).
[[nodiscard]] std::vector<Metric> basic_metrics(const admin::ServerReport& report);
[[nodiscard]] std::vector<Metric> client_metrics(const Gathered& from, Quantiler& quantiler);
[[nodiscard]] std::vector<Metric> limit_metrics(const Gathered& from, const LimitKeeper& keeper);
[[nodiscard]] std::vector<Metric> operation_metrics(const shard::Counters& counters);
[[nodiscard]] std::vector<Metric> quota_metrics(const std::vector<QuotaReport>& quotas);
[[nodiscard]] std::vector<Metric> pipeline_metrics(const Gathered& from,
                                                   const ReportSources& sources,
                                                   Quantiler& quantiler);
[[nodiscard]] std::vector<Metric> storage_metrics(const ReportSources& sources,
                                                  const admin::ServerReport& report,
                                                  Quantiler& quantiler);
/// Of a member.
[[nodiscard]] std::vector<Metric> ensemble_metrics(const admin::EnsembleReport& ensemble);
[[nodiscard]] std::vector<Metric> peer_metrics(const Gathered& from, Quantiler& quantiler);
[[nodiscard]] std::vector<Metric> standing_metrics(const Gathered& from);
[[nodiscard]] std::vector<Metric> memory_metrics(const Gathered& from,
                                                 const config::ServerConfig& config);
/// Of the operating system, and what of it is asked for under a Java machine's names.
[[nodiscard]] std::vector<Metric> process_metrics(const Gathered& from,
                                                  const config::ServerConfig& config);
[[nodiscard]] std::vector<Metric> build_metrics();

}  // namespace paddock::runtime
