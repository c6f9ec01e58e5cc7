// SPDX-License-Identifier: Apache-2.0
#include "admin/server_report.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "admin/text.h"

namespace paddock::admin {

namespace {

/// The smaller of two where -1 means that there is none.
/// Source: ZooKeeper QuorumPeer.getDetailedPeerState.
std::string peer_state(const EnsembleReport& ensemble) {
  if (!ensemble.leader) return "looking";
  const std::string role = ensemble.leader == ensemble.self ? "leading"
                           : ensemble.role == "observer"    ? "observing"
                                                            : "following";
  return role + " - " + ensemble.phase;
}

/// Whom an observer gets its transactions from. Source: ZooKeeper ObserverZooKeeperServer.
std::optional<ServerId> observer_master(const ServerReport& report) {
  if (!report.ensemble || report.mode != "observer") return std::nullopt;
  return report.ensemble->feeder ? report.ensemble->feeder : report.ensemble->leader;
}

}  // namespace

void add(shard::Counters& sum, const shard::Counters& counters) {
  sum.packets_received += counters.packets_received;
  sum.packets_sent += counters.packets_sent;
  sum.bytes_received += counters.bytes_received;
  sum.bytes_sent += counters.bytes_sent;
  sum.connections_accepted += counters.connections_accepted;
  sum.connections_dropped += counters.connections_dropped;
  sum.handshakes_failed += counters.handshakes_failed;
  sum.handshakes_expired += counters.handshakes_expired;
  sum.handshakes_throttled += counters.handshakes_throttled;
  sum.throttled += counters.throttled;
  sum.large_rejected += counters.large_rejected;
  sum.drop_probability = std::max(sum.drop_probability, counters.drop_probability);
  sum.auth_failed += counters.auth_failed;
  sum.events_sent += counters.events_sent;
  sum.watch_bytes += counters.watch_bytes;
  sum.responses.add(counters.responses);
  sum.outstanding += counters.outstanding;
  sum.reads += counters.reads;
  sum.writes += counters.writes;
  sum.slow_operations += counters.slow_operations;
  sum.stale_dropped += counters.stale_dropped;
  sum.memory_refused += counters.memory_refused;
  sum.turns_used_up += counters.turns_used_up;
  sum.read_times.add(counters.read_times);
  sum.write_times.add(counters.write_times);
  sum.write_queued_times.add(counters.write_queued_times);
  sum.sessions_revalidated += counters.sessions_revalidated;
  sum.replies_stale += counters.replies_stale;
  sum.reads_delayed += counters.reads_delayed;
  for (std::size_t i = 0; i < sum.fired.size(); ++i) sum.fired[i].add(counters.fired[i]);
  sum.latency_count += counters.latency_count;
  sum.latency_sum_ms += counters.latency_sum_ms;
  sum.latency_min_ms = std::min(sum.latency_min_ms, counters.latency_min_ms);
  sum.latency_max_ms = std::max(sum.latency_max_ms, counters.latency_max_ms);
  for (std::size_t i = 0; i < sum.by_opcode.size(); ++i) sum.by_opcode[i] += counters.by_opcode[i];
}

LatencyReport latency_of(const shard::Counters& counters) {
  if (counters.latency_count == 0) return {};
  const double average =
      static_cast<double>(counters.latency_sum_ms) / static_cast<double>(counters.latency_count);
  return {counters.latency_min_ms, std::round(average * 1e4) / 1e4, counters.latency_max_ms};
}

std::vector<std::pair<std::string, std::string>> monitor_values(const ServerReport& report) {
  const shard::Counters& counters = report.counters;
  const LatencyReport latency = latency_of(counters);
  std::vector<std::pair<std::string, std::string>> values = {
      {"version", report.version},
      {"server_state", report.mode},
      {"avg_latency", java_double(latency.avg_ms)},
  };
  if (report.ensemble) values.emplace_back("peer_state", peer_state(*report.ensemble));
  if (const auto master = observer_master(report)) {
    values.emplace_back("observer_master_id", std::to_string(raw(*master)));
  }
  const auto number = [&](const char* name, std::int64_t value) {
    values.emplace_back(name, std::to_string(value));
  };
  number("max_latency", latency.max_ms);
  number("min_latency", latency.min_ms);
  number("packets_received", counters.packets_received);
  number("packets_sent", counters.packets_sent);
  number("num_alive_connections", report.connection_count);
  number("outstanding_requests", counters.outstanding);
  number("uptime", report.uptime.count());
  number("znode_count", report.node_count);
  number("watch_count", report.watch_count);
  number("ephemerals_count", report.ephemeral_count);
  number("approximate_data_size", report.data_bytes);
  number("global_sessions", report.session_count);
  number("local_sessions", report.local_session_count);
  number("open_file_descriptor_count", report.open_file_descriptors);
  number("max_file_descriptor_count", report.file_descriptors_max);
  values.emplace_back("connection_drop_probability", java_double(counters.drop_probability));
  number("last_client_response_size", counters.responses.last);
  number("max_client_response_size", counters.responses.max);
  number("min_client_response_size", counters.responses.min);
  number("outstanding_tls_handshake", report.tls_handshakes);
  number("auth_failed_count", counters.auth_failed);
  number("non_mtls_remote_conn_count", 0);
  number("non_mtls_local_conn_count", 0);
  number("bytes_received_count", counters.bytes_received);
  number("connection_drop_count", counters.connections_dropped);
  number("sessionless_connections_expired", counters.handshakes_expired);
  number("unsuccessful_handshake", counters.handshakes_failed);
  number("watch_bytes", counters.watch_bytes);
  values.insert(values.end(), report.metrics.begin(), report.metrics.end());
  return values;
}

std::vector<std::pair<std::string, std::string>> environment_of(const std::string& version,
                                                                const HostFacts& facts) {
  const std::string none = "<NA>";
  return {{"zookeeper.version", version},
          {"host.name", facts.host_name},
          {"java.version", none},
          {"java.vendor", none},
          {"java.home", none},
          {"java.class.path", none},
          {"java.library.path", none},
          {"java.io.tmpdir", none},
          {"java.compiler", none},
          {"os.name", "Linux"},
          {"os.arch", facts.os_arch},
          {"os.version", facts.os_version},
          {"user.name", facts.user_name},
          {"user.home", facts.user_home},
          {"user.dir", facts.user_dir},
          {"os.memory.free", fmt::format("{}MB", facts.memory_free_mb)},
          {"os.memory.max", fmt::format("{}MB", facts.memory_max_mb)},
          {"os.memory.total", fmt::format("{}MB", facts.memory_total_mb)}};
}

}  // namespace paddock::admin
