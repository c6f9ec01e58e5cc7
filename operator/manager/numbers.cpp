// SPDX-License-Identifier: Apache-2.0
#include "manager/numbers.h"

namespace paddock::manager {
namespace {

using metrics::Kind;
using metrics::Metric;

constexpr const char* kController = "ensemble";

double seconds_of(Duration time) {
  return std::chrono::duration<double>(time).count();
}

Metric named(std::string name, Kind kind, std::string label, double value, std::string help) {
  Metric family = metrics::family(std::move(name), kind, std::move(help));
  metrics::add(family, std::move(label), kController, value);
  return family;
}

Metric results(const control::ControllerNumbers& numbers) {
  Metric family = metrics::family("controller_runtime_reconcile_total",
                                  Kind::Counter,
                                  "Looks at ensembles, by what came of them");
  const auto add = [&](const char* result, std::uint64_t count) {
    metrics::Sample& sample = metrics::add(family, "controller", kController);
    sample.labels.push_back({"result", result});
    sample.value = static_cast<double>(count);
  };
  add("success", numbers.succeeded);
  add("requeue_after", numbers.asked_again);
  add("error", numbers.failed);
  return family;
}

Metric leads(const Standing& standing) {
  Metric family =
      metrics::family("leader_election_master_status", Kind::Gauge, "1: this process acts");
  metrics::add(family, "name", standing.lease, standing.leads ? 1 : 0);
  return family;
}

Metric times(const control::ControllerNumbers& numbers) {
  Metric family = metrics::family("controller_runtime_reconcile_time_seconds",
                                  Kind::Histogram,
                                  "How long looks take",
                                  metrics::Unit::Seconds);
  metrics::add(family, "controller", kController).buckets = numbers.look_micros;
  return family;
}

}  // namespace

void RequestNumbers::count(const kube::AttemptReport& report) {
  const std::string code = report.code == 0 ? "<error>" : std::to_string(report.code);
  ++counts_[{std::string(kube::name_of(report.verb)), code}];
}

Metric RequestNumbers::total() const {
  Metric family = metrics::family(
      "rest_client_requests_total", Kind::Counter, "Requests of the API server, by attempt");
  for (const auto& [what, count] : counts_) {
    metrics::Sample& sample = metrics::add(family, "method", what.first);
    sample.labels.push_back({"code", what.second});
    sample.value = static_cast<double>(count);
  }
  return family;
}

std::vector<Metric> numbers_of(const control::Controller& controller,
                               const RequestNumbers& requests,
                               const Standing& standing) {
  const control::ControllerNumbers numbers = controller.numbers();
  const kube::WorkQueue& queue = controller.queue();
  const auto count = [](std::uint64_t value) {
    return static_cast<double>(value);
  };
  return {results(numbers),
          named("controller_runtime_reconcile_errors_total",
                Kind::Counter,
                "controller",
                count(numbers.failed),
                "Looks that failed"),
          times(numbers),
          named("controller_runtime_active_workers",
                Kind::Gauge,
                "controller",
                count(numbers.looks_now),
                "Looks at this moment"),
          named("controller_runtime_max_concurrent_reconciles",
                Kind::Gauge,
                "controller",
                count(standing.looks_max),
                "Looks at once at most"),
          named("workqueue_depth", Kind::Gauge, "name", count(queue.depth()), "Names that are due"),
          named("workqueue_adds_total",
                Kind::Counter,
                "name",
                count(queue.counters().adds),
                "Names added"),
          named("workqueue_retries_total",
                Kind::Counter,
                "name",
                count(queue.counters().retries),
                "Names added again after a failure"),
          named("workqueue_longest_running_processor_seconds",
                Kind::Gauge,
                "name",
                seconds_of(standing.longest_look),
                "How long the longest look has taken so far"),
          leads(standing),
          metrics::gauge(
              "paddock_operator_ensembles", count(numbers.ensembles), "Ensembles that are watched"),
          metrics::counter(
              "paddock_operator_actions_total", count(numbers.deeds), "Actions carried out"),
          metrics::counter("paddock_operator_actions_refused_total",
                           count(numbers.refused),
                           "Actions that were refused or failed"),
          requests.total()};
}

}  // namespace paddock::manager
