// SPDX-License-Identifier: Apache-2.0
//
// The numbers of /metrics and mntr, under ZooKeeper's names where it has one.
#include <algorithm>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

#include "runtime/reporter.h"

namespace paddock::runtime {

namespace {

using metrics::counter;
using metrics::gauge;
using metrics::Metric;
using metrics::summary;

double number(auto value) {
  return static_cast<double>(value);
}
double ms_of_ns(std::int64_t ns) {
  return static_cast<double>(ns) / 1e6;
}
double size_or_zero(std::int64_t value) {
  return number(std::max<std::int64_t>(value, 0));
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  file >> total >> resident;
  return number(resident * ::sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto value = [](const timeval& time) {
    return number(time.tv_sec) + number(time.tv_usec) / 1e6;
  };
  return value(usage.ru_utime) + value(usage.ru_stime);
}

/// Those that mntr formats by itself.
std::vector<Metric> basic_metrics(const admin::ServerReport& report) {
  const shard::Counters& counters = report.counters;
  const bool any = counters.latency_count > 0;
  const double average = any ? number(counters.latency_sum_ms) / number(counters.latency_count) : 0;
  return {
      gauge("avg_latency", average, "Milliseconds to answer a request, on average"),
      gauge("max_latency", number(counters.latency_max_ms), "Milliseconds of the slowest request"),
      gauge("min_latency",
            any ? number(counters.latency_min_ms) : 0,
            "Milliseconds of the fastest request"),
      gauge("packets_received", number(counters.packets_received), "Packets from clients"),
      gauge("packets_sent", number(counters.packets_sent), "Packets to clients"),
      gauge("num_alive_connections", number(report.connection_count), "Client connections"),
      gauge(
          "outstanding_requests", number(counters.outstanding), "Writes that are not answered yet"),
      gauge("znode_count", number(report.node_count), "Znodes"),
      gauge("watch_count", number(report.watch_count), "Watches"),
      gauge("ephemerals_count", number(report.ephemeral_count), "Ephemeral znodes"),
      gauge("approximate_data_size", number(report.data_bytes), "Bytes of paths and data"),
      gauge("open_file_descriptor_count", number(report.open_file_descriptors), "Open descriptors"),
      gauge(
          "max_file_descriptor_count", number(report.file_descriptors_max), "Descriptors allowed"),
      gauge("process_resident_memory_bytes", resident_bytes(), "Resident memory"),
      counter("process_cpu_seconds_total", cpu_seconds(), "Processor time used"),
      gauge("process_open_fds", number(report.open_file_descriptors), "Open descriptors"),
      gauge("process_max_fds", number(report.file_descriptors_max), "Descriptors allowed"),
  };
}

std::vector<Metric> client_metrics(const Gathered& from) {
  const shard::Counters& counters = from.report.counters;
  return {
      gauge("uptime", number(from.report.uptime.count()), "Milliseconds since the start"),
      gauge("global_sessions", number(from.report.session_count), "Sessions"),
      gauge("last_client_response_size",
            size_or_zero(counters.response_bytes_last),
            "Bytes of the last reply"),
      gauge("max_client_response_size",
            size_or_zero(counters.response_bytes_max),
            "Bytes of the largest reply"),
      gauge("min_client_response_size",
            size_or_zero(counters.response_bytes_min),
            "Bytes of the smallest reply"),
      counter("auth_failed_count", number(counters.auth_failed), "Auth packets that were refused"),
      counter("bytes_received_count", number(counters.bytes_received), "Bytes from clients"),
      counter("response_bytes", number(counters.bytes_sent), "Bytes to clients"),
      counter("watch_bytes", number(counters.watch_bytes), "Bytes of watch events to clients"),
      counter("connection_request_count",
              number(counters.connections_accepted),
              "Connections accepted"),
      counter("connection_drop_count", number(counters.connections_dropped), "Connections dropped"),
      counter(
          "unsuccessful_handshake", number(counters.handshakes_failed), "Handshakes that failed"),
      counter("sessionless_connections_expired",
              number(counters.handshakes_expired),
              "Connections that did not finish their handshake in time"),
      counter("paddock_slow_operations_total",
              number(counters.slow_operations),
              "Requests slower than paddock.slowOperationThresholdMs"),
      counter("paddock_reads_total", number(counters.reads), "Reads answered"),
      counter("paddock_writes_total", number(counters.writes), "Writes answered"),
  };
}

std::vector<Metric> core_metrics(const Gathered& from,
                                 const LogThreadStats& log,
                                 const SnapshotReport& snapshot) {
  return {
      counter(
          "stale_sessions_expired", number(from.replica.sessions_expired), "Sessions that expired"),
      counter("proposal_count", number(from.replica.proposals), "Transactions proposed"),
      counter("commit_count", number(from.replica.commits), "Transactions committed"),
      gauge("paddock_writes_refused",
            from.writes_refused ? 1 : 0,
            "1 while the disk is nearly full and writes are refused"),
      summary("fsynctime",
              static_cast<std::uint64_t>(log.syncs.load()),
              ms_of_ns(log.sync_ns_sum.load()),
              ms_of_ns(log.sync_ns_max.load()),
              "Milliseconds to write and sync one batch of the log"),
      counter("fsync_threshold_exceed_count",
              number(log.slow_syncs.load()),
              "Syncs slower than fsync.warningthresholdms"),
      summary("snapshottime",
              static_cast<std::uint64_t>(snapshot.count),
              number(snapshot.took_sum.count()),
              number(snapshot.took_max.count()),
              "Milliseconds to take a snapshot"),
      counter("snapshot_error_count", number(snapshot.errors), "Snapshots that failed"),
      counter("paddock_log_bytes_total", number(log.bytes.load()), "Bytes written to the log"),
      counter("paddock_log_transactions_total",
              number(log.transactions.load()),
              "Transactions written to the log"),
  };
}

}  // namespace

void Reporter::add_metrics(Gathered& into) const {
  std::vector<Metric> further = client_metrics(into);
  std::ranges::move(core_metrics(into, sources_.log.stats(), sources_.background.report()),
                    std::back_inserter(further));
  into.report.metrics = metrics::to_mntr(further);
  into.metrics = basic_metrics(into.report);
  std::ranges::move(further, std::back_inserter(into.metrics));
}

}  // namespace paddock::runtime
