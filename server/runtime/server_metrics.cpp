// SPDX-License-Identifier: Apache-2.0
//
// The numbers of /metrics and mntr, put together.
#include <algorithm>
#include <iterator>

#include "net/event_loop.h"
#include "runtime/metric_groups.h"
#include "runtime/reporter.h"

namespace paddock::runtime {

namespace {

Metric certificate_metric(const std::vector<admin::CertificateReport>& all) {
  Metric found = metrics::family("paddock_certificate_end_seconds",
                                 Kind::Gauge,
                                 "Unix time at which a certificate in force ends");
  for (const admin::CertificateReport& one : all) {
    metrics::add(found, "whom", one.whom, number(one.ends.ms / 1000));
  }
  return found;
}

std::vector<Metric> audit_metrics(const AuditLog::Counts& counts) {
  return {
      counter("paddock_audit_events_total", number(counts.written), "Events in the audit log"),
      counter("paddock_audit_events_lost_total",
              number(counts.lost),
              "Events that the audit log has lost because it could not be written"),
  };
}

}  // namespace

void Reporter::add_metrics(Gathered& into) {
  Quantiler quantiler(windows_, net::read_monotonic());
  std::vector<Metric> further = client_metrics(into, quantiler);
  const auto add = [&further](std::vector<Metric> more) {
    std::ranges::move(more, std::back_inserter(further));
  };
  add(operation_metrics(into.report.counters));
  add(limit_metrics(into, sources_.limits));
  add(quota_metrics(into.quotas));
  add(pipeline_metrics(into, sources_, quantiler));
  add(standing_metrics(into));
  if (into.report.ensemble) {
    add(ensemble_metrics(*into.report.ensemble));
    add(peer_metrics(into, quantiler));
  }
  add(storage_metrics(sources_, into.report, quantiler));
  add({certificate_metric(into.report.certificates)});
  if (sources_.audit_log != nullptr) add(audit_metrics(sources_.audit_log->counts()));
  add(memory_metrics(into, sources_.config));
  add(build_metrics());
  into.report.metrics = metrics::to_mntr(further);
  into.metrics = basic_metrics(into.report);
  add(process_metrics(into, sources_.config));
  std::ranges::move(further, std::back_inserter(into.metrics));
}

}  // namespace paddock::runtime
