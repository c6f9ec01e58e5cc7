// SPDX-License-Identifier: Apache-2.0
//
// Metrics of clients: connections, sessions, requests, watches, limits, quotas.
#include <array>
#include <map>
#include <string_view>

#include "runtime/metric_groups.h"

namespace paddock::runtime {
namespace {

Metric fired(const char* name, const Observed& seen, const std::string& what) {
  return summary(name,
                 metrics::observations(seen),
                 "Watches of one I/O thread that the event of one znode fired, which was " + what);
}

/// By their place in shard::Counters::by_opcode; empty: there is no such request of a client.
constexpr std::array<std::string_view, 32> kOperations = {"create_session",
                                                          "create",
                                                          "delete",
                                                          "exists",
                                                          "get_data",
                                                          "set_data",
                                                          "get_acl",
                                                          "set_acl",
                                                          "get_children",
                                                          "sync",
                                                          "",
                                                          "ping",
                                                          "get_children2",
                                                          "check",
                                                          "multi",
                                                          "create2",
                                                          "reconfig",
                                                          "check_watches",
                                                          "remove_watches",
                                                          "create_container",
                                                          "delete_container",
                                                          "create_ttl",
                                                          "multi_read",
                                                          "auth",
                                                          "set_watches",
                                                          "sasl",
                                                          "get_ephemerals",
                                                          "get_all_children_number",
                                                          "set_watches2",
                                                          "add_watch",
                                                          "who_am_i",
                                                          "close_session"};

/// ZooKeeper 3.10 counts kinds of a request as one.
std::string_view counted_as(std::string_view operation) {
  if (operation == "get_children2") return "get_children";
  if (operation == "set_watches2") return "set_watches";
  if (operation == "create2" || operation == "create_container" || operation == "create_ttl") {
    return "create";
  }
  if (operation == "delete_container") return "delete";
  return operation;
}

}  // namespace

/// Those that mntr formats by itself (admin::monitor_values).
std::vector<Metric> basic_metrics(const admin::ServerReport& report) {
  const shard::Counters& counters = report.counters;
  const admin::LatencyReport latency = admin::latency_of(counters);
  return {
      gauge("avg_latency", latency.avg_ms, "Milliseconds to answer a request, on average"),
      gauge("max_latency", number(latency.max_ms), "Milliseconds of the slowest request"),
      gauge("min_latency", number(latency.min_ms), "Milliseconds of the fastest request"),
      gauge("packets_received", number(counters.packets_received), "Packets from clients"),
      gauge("packets_sent", number(counters.packets_sent), "Packets to clients"),
      gauge("num_alive_connections", number(report.connection_count), "Client connections"),
      gauge(
          "outstanding_requests", number(counters.outstanding), "Writes that are not answered yet"),
      gauge("uptime", number(report.uptime.count()), "Milliseconds since the start"),
      gauge("znode_count", number(report.node_count), "Znodes"),
      gauge("watch_count", number(report.watch_count), "Watches"),
      gauge("ephemerals_count", number(report.ephemeral_count), "Ephemeral znodes"),
      gauge("approximate_data_size", number(report.data_bytes), "Bytes of paths and data"),
      gauge("global_sessions", number(report.session_count), "Sessions"),
      gauge("local_sessions", number(report.local_session_count), "Local sessions"),
      gauge("open_file_descriptor_count", number(report.open_file_descriptors), "Open descriptors"),
      gauge(
          "max_file_descriptor_count", number(report.file_descriptors_max), "Descriptors allowed"),
      gauge("last_client_response_size",
            number(counters.responses.last),
            "Bytes of the last reply, -1 before the first"),
      gauge("max_client_response_size",
            number(counters.responses.max),
            "Bytes of the largest reply, -1 before the first"),
      gauge("min_client_response_size",
            number(counters.responses.min),
            "Bytes of the smallest reply, -1 before the first"),
      gauge("connection_drop_probability",
            counters.drop_probability,
            "Probability with which the connection throttle turns a client away"),
      gauge("outstanding_tls_handshake",
            number(report.tls_handshakes),
            "TLS handshakes that are not done yet"),
      gauge("auth_failed_count", number(counters.auth_failed), "Auth packets that were refused"),
      counter("bytes_received_count", number(counters.bytes_received), "Bytes from clients"),
      counter("connection_drop_count", number(counters.connections_dropped), "Connections dropped"),
      counter("sessionless_connections_expired",
              number(counters.handshakes_expired),
              "Connections that did not finish their handshake in time"),
      counter(
          "unsuccessful_handshake", number(counters.handshakes_failed), "Handshakes that failed"),
      counter("watch_bytes", number(counters.watch_bytes), "Bytes of watch events to clients"),
  };
}

std::vector<Metric> client_metrics(const Gathered& from, Quantiler& quantiler) {
  const shard::Counters& counters = from.report.counters;
  return {
      quantiler.summary("readlatency", counters.read_times, "Milliseconds to answer a read"),
      quantiler.summary("updatelatency", counters.write_times, "Milliseconds to answer a write"),
      counter("response_bytes", number(counters.bytes_sent), "Bytes to clients"),
      counter("connection_request_count",
              number(counters.connections_accepted),
              "Connections accepted"),
      gauge("paddock_connections_max",
            number(from.connections_max),
            "Client connections that there may be"),
      gauge("paddock_secure_connections",
            number(from.secure_connections),
            "Client connections with TLS"),
      counter("connection_rejected",
              number(from.core.connections_rejected + counters.handshakes_throttled),
              "Connections closed because of a limit"),
      counter("throttled_ops", number(counters.throttled), "Requests that waited too long"),
      counter("stale_requests_dropped",
              number(counters.stale_dropped),
              "Requests that waited for longer than their session's timeout"),
      counter("tls_handshake_exceeded",
              number(from.handshakes_refused),
              "TLS connections closed because too many were on their way"),
      counter("large_requests_rejected",
              number(counters.large_rejected),
              "Large requests that were refused"),
      counter("paddock_slow_operations_total",
              number(counters.slow_operations),
              "Requests slower than paddock.slowOperationThresholdMs"),
      counter("paddock_turns_used_up_total",
              number(counters.turns_used_up),
              "How often a connection had more requests than its share of a turn"),
      counter("paddock_reads_total", number(counters.reads), "Reads answered"),
      counter("paddock_writes_total", number(counters.writes), "Writes received"),
      counter("paddock_events_total", number(counters.events_sent), "Watch events sent"),
      counter("connection_revalidate_count",
              number(counters.sessions_revalidated),
              "Connections that came with a session"),
      counter("stale_replies",
              number(counters.replies_stale),
              "Answers to writes whose connection was gone"),
      counter("request_throttle_wait_count",
              number(counters.reads_delayed),
              "How often a connection was not read from because of unanswered writes"),
      fired("node_created_watch_count", counters.fired[0], "created"),
      fired("node_deleted_watch_count", counters.fired[1], "deleted"),
      fired("node_changed_watch_count", counters.fired[2], "changed"),
      fired("node_children_watch_count", counters.fired[3], "given or deprived of children"),
      histogram("paddock_read_seconds",
                Unit::Seconds,
                counters.read_times,
                "From the turn in which a read was received to the one in which it was answered"),
      histogram("paddock_write_seconds",
                Unit::Seconds,
                counters.write_times,
                "From the turn in which a write was received to the one in which it was answered"),
      counter("paddock_memory_refused_total",
              number(counters.memory_refused),
              "Sessions and watches that were refused because memory was short"),
  };
}

std::vector<Metric> limit_metrics(const Gathered& from, const LimitKeeper& keeper) {
  Metric delayed = metrics::family("paddock_limit_delayed_total",
                                   Kind::Counter,
                                   "Times that a client of this limit waited for its rate");
  Metric refused = metrics::family("paddock_limit_refused_total",
                                   Kind::Counter,
                                   "Connections and requests that this limit refused");
  Metric connections = metrics::family(
      "paddock_limit_connections", Kind::Gauge, "Connections of the clients of this limit");
  Metric watches =
      metrics::family("paddock_limit_watches", Kind::Gauge, "Watches of the clients of this limit");
  Metric sessions = metrics::family(
      "paddock_limit_sessions", Kind::Gauge, "Sessions of the clients of this limit");
  Metric ephemerals = metrics::family(
      "paddock_limit_ephemerals", Kind::Gauge, "Ephemerals of the clients of this limit");
  if (const auto current = keeper.current(); current != nullptr) {
    for (const shard::ClientLimits::Report& limit : current->report()) {
      metrics::add(delayed, "limit", limit.name, number(limit.delayed));
      metrics::add(refused, "limit", limit.name, number(limit.refused));
      metrics::add(connections, "limit", limit.name, number(limit.connections));
      metrics::add(watches, "limit", limit.name, number(limit.watches));
      if (!limit.sessions) continue;
      metrics::add(sessions, "limit", limit.name, number(*limit.sessions));
      metrics::add(ephemerals, "limit", limit.name, number(*limit.ephemerals));
    }
  }
  return {delayed,
          refused,
          connections,
          watches,
          sessions,
          ephemerals,
          gauge("paddock_memory_short",
                from.core.is_memory_short ? 1 : 0,
                "1 while more memory is used than paddock.memoryLimit")};
}

std::vector<Metric> operation_metrics(const shard::Counters& counters) {
  Metric own =
      metrics::family("paddock_requests_total", Kind::Counter, "Requests answered, by kind");
  std::map<std::string, double> sums;
  double all = 0;
  for (std::size_t i = 0; i < kOperations.size(); ++i) {
    if (kOperations[i].empty()) continue;
    const double count = number(counters.by_opcode[i]);
    metrics::add(own, "op", std::string(kOperations[i]), count);
    sums[std::string(counted_as(kOperations[i]))] += count;
    all += count;
  }
  std::vector<Metric> found = {own, counter("op_count_total", all, "Requests answered")};
  for (const auto& [operation, count] : sums) {
    found.push_back(counter("op_count_" + operation, count, "Of these, " + operation));
  }
  return found;
}

std::vector<Metric> quota_metrics(const std::vector<QuotaReport>& quotas) {
  Metric count = metrics::family(
      "quota_count_usage_per_namespace", Kind::Gauge, "Znodes at and below a path with a quota");
  Metric bytes = metrics::family(
      "quota_bytes_usage_per_namespace", Kind::Gauge, "Bytes at and below a path with a quota");
  Metric count_limit = metrics::family(
      "quota_count_limit_per_namespace", Kind::Gauge, "Znodes that its quota allows");
  Metric bytes_limit = metrics::family(
      "quota_bytes_limit_per_namespace", Kind::Gauge, "Bytes that its quota allows");
  for (const QuotaReport& quota : quotas) {
    metrics::add(count, "key", quota.path, number(quota.count));
    metrics::add(bytes, "key", quota.path, number(quota.bytes));
    if (quota.count_limit >= 0) {
      metrics::add(count_limit, "key", quota.path, number(quota.count_limit));
    }
    if (quota.bytes_limit >= 0) {
      metrics::add(bytes_limit, "key", quota.path, number(quota.bytes_limit));
    }
  }
  return {count, bytes, count_limit, bytes_limit};
}

}  // namespace paddock::runtime
