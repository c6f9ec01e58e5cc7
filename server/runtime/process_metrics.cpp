// SPDX-License-Identifier: Apache-2.0
//
// Metrics of the process and of what it was built from.
#include <sys/resource.h>
#include <unistd.h>

#include "base/version.h"
#include "runtime/metric_groups.h"
#include "runtime/process_memory.h"

namespace paddock::runtime {
namespace {

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto value = [](const timeval& time) {
    return number(time.tv_sec) + number(time.tv_usec) / 1e6;
  };
  return value(usage.ru_utime) + value(usage.ru_stime);
}

Metric heap(const char* name, double bytes, const char* help) {
  Metric found = metrics::family(name, Kind::Gauge, help);
  metrics::add(found, "area", "heap", bytes);
  return found;
}

double memory_allowed(const config::ServerConfig& config) {
  const std::int64_t limit = bytes_of(config.limits.memory);
  return number(limit > 0 ? limit : memory_for_process());
}

Metric memory_by_purpose(const Gathered& from) {
  Metric found = metrics::family("paddock_memory_bytes", Kind::Gauge, "Memory, by what it is for");
  const auto add = [&found](const char* purpose, std::size_t bytes) {
    metrics::add(found, "purpose", purpose, number(bytes));
  };
  add("nodes", from.tree.node_memory);
  add("index", from.tree.index_memory);
  add("content", from.tree.content_memory);
  add("history", from.core.history_bytes);
  return found;
}

}  // namespace

std::vector<Metric> memory_metrics(const Gathered& from, const config::ServerConfig& config) {
  return {memory_by_purpose(from),
          gauge("paddock_memory_limit_bytes", memory_allowed(config), "Memory that may be used")};
}

std::vector<Metric> process_metrics(const Gathered& from, const config::ServerConfig& config) {
  const admin::ServerReport& report = from.report;
  const double resident = number(resident_bytes());
  std::vector<Metric> found;
  if (!config.metrics.export_process_info) return found;
  found.push_back(gauge("process_resident_memory_bytes", resident, "Resident memory"));
  found.push_back(counter("process_cpu_seconds_total", cpu_seconds(), "Processor time used"));
  found.push_back(
      gauge("process_open_fds", number(report.open_file_descriptors), "Open descriptors"));
  found.push_back(
      gauge("process_max_fds", number(report.file_descriptors_max), "Descriptors allowed"));
  if (!config.metrics.jvm_names) return found;
  found.push_back(
      heap("jvm_memory_bytes_used", resident, "Resident memory, under a Java machine's name"));
  found.push_back(heap("jvm_memory_bytes_max", memory_allowed(config), "Memory that may be used"));
  return found;
}

std::vector<Metric> build_metrics() {
  Metric info = metrics::family("paddock_build_info", Kind::Gauge, "1; what runs is in the labels");
  metrics::add(info, "version", std::string(kVersion), 1)
      .labels.push_back({"zookeeper", std::string(kZooKeeperVersion)});
  return {info};
}

}  // namespace paddock::runtime
