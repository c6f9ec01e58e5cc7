// SPDX-License-Identifier: Apache-2.0
//
// The numbers of /metrics and mntr, under ZooKeeper's names where it has one.
#include <algorithm>

#include <sys/resource.h>

#include "runtime/process_memory.h"
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

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto value = [](const timeval& time) {
    return number(time.tv_sec) + number(time.tv_usec) / 1e6;
  };
  return value(usage.ru_utime) + value(usage.ru_stime);
}

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

/// Of the operating system.
std::vector<Metric> process_metrics(const admin::ServerReport& report) {
  return {
      gauge("process_resident_memory_bytes", number(resident_bytes()), "Resident memory"),
      counter("process_cpu_seconds_total", cpu_seconds(), "Processor time used"),
      gauge("process_open_fds", number(report.open_file_descriptors), "Open descriptors"),
      gauge("process_max_fds", number(report.file_descriptors_max), "Descriptors allowed"),
  };
}

/// The one to be replaced first.
std::vector<Metric> certificate_metrics(const std::vector<admin::CertificateReport>& all) {
  if (all.empty()) return {};
  const auto first = std::ranges::min_element(all, {}, &admin::CertificateReport::ends);
  return {gauge("paddock_certificate_end_seconds",
                number(first->ends.ms / 1000),
                "Unix time at which the first of the certificates in force ends")};
}

std::vector<Metric> audit_metrics(const AuditLog::Counts& counts) {
  return {
      counter("paddock_audit_events_total", number(counts.written), "Events in the audit log"),
      counter("paddock_audit_events_lost_total",
              number(counts.lost),
              "Events that the audit log has lost because it could not be written"),
  };
}

metrics::Observations observed(const LatencySum& latency) {
  if (latency.count == 0) return {};
  return {.count = static_cast<std::uint64_t>(latency.count),
          .sum = number(latency.sum_ms),
          .min = number(latency.min_ms),
          .max = number(latency.max_ms)};
}

/// One observation, of the start.
metrics::Observations once(auto value) {
  return {.count = 1, .sum = number(value), .min = number(value), .max = number(value)};
}

std::vector<Metric> client_metrics(const Gathered& from) {
  const shard::Counters& counters = from.report.counters;
  return {
      summary("readlatency", observed(counters.read_latency), "Milliseconds to answer a read"),
      summary("updatelatency", observed(counters.update_latency), "Milliseconds to answer a write"),
      counter("response_bytes", number(counters.bytes_sent), "Bytes to clients"),
      counter("connection_request_count",
              number(counters.connections_accepted),
              "Connections accepted"),
      gauge("paddock_secure_connections",
            number(from.secure_connections),
            "Client connections with TLS"),
      counter("connection_rejected",
              number(from.connections_rejected + counters.handshakes_throttled),
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
  };
}

metrics::Observations observed_syncs(const LogThreadStats& log) {
  return {.count = static_cast<std::uint64_t>(log.syncs.load()),
          .sum = ms_of_ns(log.sync_ns_sum.load()),
          .min = ms_of_ns(log.sync_ns_min.load()),
          .max = ms_of_ns(log.sync_ns_max.load())};
}

std::vector<Metric> storage_metrics(const LogThreadStats& log, const SnapshotReport& snapshot) {
  return {
      summary("fsynctime", observed_syncs(log), "Milliseconds to write and sync one log batch"),
      counter("fsync_threshold_exceed_count",
              number(log.slow_syncs.load()),
              "Syncs slower than fsync.warningthresholdms"),
      summary("snapshottime",
              {.count = static_cast<std::uint64_t>(snapshot.count),
               .sum = number(snapshot.took_sum.count()),
               .min = number(snapshot.took_min.count()),
               .max = number(snapshot.took_max.count())},
              "Milliseconds to take a snapshot"),
      counter("snapshot_error_count", number(snapshot.errors), "Snapshots that failed"),
      counter("paddock_log_bytes_total", number(log.bytes.load()), "Bytes written to the log"),
      counter("paddock_log_transactions_total",
              number(log.transactions.load()),
              "Transactions written to the log"),
  };
}

metrics::Observations observed(const StallReport& stalls) {
  return {.count = static_cast<std::uint64_t>(stalls.count),
          .sum = number(stalls.sum.count()),
          .min = number(stalls.min.count()),
          .max = number(stalls.max.count())};
}

std::vector<Metric> core_metrics(const Gathered& from) {
  return {
      counter(
          "stale_sessions_expired", number(from.replica.sessions_expired), "Sessions that expired"),
      counter("proposal_count", number(from.replica.proposals), "Transactions proposed"),
      counter("commit_count", number(from.replica.commits), "Transactions committed"),
      counter("digest_mismatches_count",
              number(from.replica.digest_mismatches),
              "Comparisons in which the servers' trees differed, as the leader found"),
      counter("paddock_rebuilds_total",
              number(from.replica.rebuilds),
              "How often this server's tree was wrong and it rebuilt itself"),
      gauge("paddock_memory_short",
            from.is_memory_short ? 1 : 0,
            "1 while more memory is used than paddock.memoryLimit"),
      counter("paddock_memory_refused_total",
              number(from.report.counters.memory_refused),
              "Sessions and watches that were refused because of that"),
      gauge("paddock_writes_refused",
            from.writes_refused ? 1 : 0,
            "1 while the disk is nearly full and writes are refused"),
  };
}

std::vector<Metric> limit_metrics(const LimitKeeper& keeper) {
  std::vector<Metric> found;
  const auto current = keeper.current();
  if (current == nullptr) return found;
  for (const shard::ClientLimits::Report& limit : current->report()) {
    const std::string name = "paddock_limit_" + limit.name;
    found.push_back(counter(name + "_delayed_total",
                            number(limit.delayed),
                            "Times that a client of this limit waited for its rate"));
    found.push_back(counter(name + "_refused_total",
                            number(limit.refused),
                            "Connections and requests that this limit refused"));
    found.push_back(
        gauge(name + "_connections", number(limit.connections), "Connections of its clients"));
    found.push_back(gauge(name + "_watches", number(limit.watches), "Watches of its clients"));
    if (!limit.sessions) continue;
    found.push_back(gauge(name + "_sessions", number(*limit.sessions), "Sessions of its clients"));
    found.push_back(
        gauge(name + "_ephemerals", number(*limit.ephemerals), "Ephemerals of its clients"));
  }
  return found;
}

std::vector<Metric> start_metrics(const StartReport& start) {
  return {
      summary("startup_snap_load_time",
              once(start.snapshot_load.count()),
              "Milliseconds to load the snapshot at the start"),
      summary("startup_txns_loaded",
              once(start.replayed.transactions),
              "Transactions of the log that were applied at the start"),
      summary("startup_txns_load_time", once(start.replay.count()), "Milliseconds to apply them"),
      summary("dbinittime",
              once((start.snapshot_load + start.replay).count()),
              "Milliseconds to load the database at the start"),
  };
}

bool is_observer(const admin::EnsembleReport& ensemble, ServerId id) {
  return std::ranges::any_of(ensemble.members, [id](const admin::MemberReport& member) {
    return member.id == id && member.is_observer;
  });
}

/// Who is in step with a leader.
struct InStep {
  int voters = 0;
  int observers = 0;
  int others = 0;  // that are no members yet, or without weight
  int pending = 0;
};

InStep in_step(const admin::EnsembleReport& ensemble) {
  InStep found;
  for (const admin::FollowerReport& follower : ensemble.followers) {
    int& count = !follower.is_in_step                 ? found.pending
                 : follower.is_voter                  ? found.voters
                 : is_observer(ensemble, follower.id) ? found.observers
                                                      : found.others;
    ++count;
  }
  return found;
}

/// Source: ZooKeeper LeaderZooKeeperServer; followers is what learners was called before 3.6.
std::vector<Metric> leader_metrics(const admin::EnsembleReport& ensemble) {
  const double learners = number(ensemble.followers.size());
  const InStep followers = in_step(ensemble);
  const admin::LeadershipReport& leadership = *ensemble.leadership;
  return {
      gauge("learners", learners, "Servers that follow"),
      gauge("followers", learners, "Servers that follow"),
      gauge("synced_followers", number(followers.voters), "Voters that are in step"),
      gauge("synced_observers", number(followers.observers), "Observers that are in step"),
      gauge("synced_non_voting_followers",
            number(followers.others),
            "Others that are in step: no members yet, or without weight"),
      gauge("pending_syncs", number(followers.pending), "Servers that are not in step yet"),
      gauge("leader_uptime",
            number(leadership.uptime.count()),
            "Milliseconds since this server began to lead"),
      gauge("last_proposal_size",
            number(leadership.proposals.last),
            "Bytes of the last transaction that this leader proposed, -1 before the first"),
      gauge("max_proposal_size", number(leadership.proposals.max), "Bytes of the largest one"),
      gauge("min_proposal_size", number(leadership.proposals.min), "Bytes of the smallest one"),
  };
}

std::vector<Metric> ensemble_metrics(const admin::EnsembleReport& ensemble) {
  const auto voters = std::ranges::count_if(
      ensemble.members, [](const admin::MemberReport& member) { return !member.is_observer; });
  std::vector<Metric> found = {
      gauge("quorum_size", number(voters), "Members that vote"),
      counter("looking_count", number(ensemble.elections), "Times that a leader was looked for"),
      summary("election_time",
              observed(ensemble.election_times),
              "Milliseconds from the beginning of an election until this server had its part"),
      summary("unavailable_time",
              observed(ensemble.unavailable_times),
              "Milliseconds from the loss of a leader until this server had, or was, the next one"),
      summary("leader_unavailable_time",
              observed(ensemble.leader_unavailable_times),
              "The same, where this server was the next leader"),
      summary("follower_sync_time",
              observed(ensemble.follower_sync_times),
              "Milliseconds until this server, as follower, had its leader's history"),
      summary("observer_sync_time",
              observed(ensemble.observer_sync_times),
              "Milliseconds until this server, as observer, had its leader's history"),
      counter("diff_count",
              number(ensemble.diffs),
              "Learners that this leader has sent what they lacked of its history"),
      counter("snap_count",
              number(ensemble.snapshots),
              "Learners that this leader has sent a snapshot"),
      counter("learner_proposal_received_count",
              number(ensemble.proposals_received),
              "Transactions that this server was sent"),
      gauge("paddock_epoch", number(ensemble.epoch), "The leader's epoch; 0 while there is none"),
      gauge("paddock_configuration_version",
            number(ensemble.activated_version),
            "Version of the configuration in force"),
  };
  if (ensemble.role == "follower") {
    found.push_back(gauge("synced_observers",
                          number(ensemble.fed_observers.size()),
                          "Observers that this follower feeds"));
  }
  if (ensemble.leadership) std::ranges::move(leader_metrics(ensemble), std::back_inserter(found));
  return found;
}

}  // namespace

void Reporter::add_metrics(Gathered& into) const {
  std::vector<Metric> further = client_metrics(into);
  const auto add = [&further](std::vector<Metric> more) {
    std::ranges::move(more, std::back_inserter(further));
  };
  add(core_metrics(into));
  add(limit_metrics(sources_.limits));
  if (into.report.ensemble) add(ensemble_metrics(*into.report.ensemble));
  add(storage_metrics(sources_.log.stats(), sources_.background.report()));
  add(start_metrics(sources_.start));
  if (sources_.config.features.stall_monitor) {
    further.push_back(summary("jvm_pause_time_ms",
                              observed(into.stalls),
                              "Milliseconds by which the core's turns came too late"));
  }
  add(certificate_metrics(into.report.certificates));
  if (sources_.audit_log != nullptr) add(audit_metrics(sources_.audit_log->counts()));
  into.report.metrics = metrics::to_mntr(further);
  if (sources_.config.metrics.export_process_info) add(process_metrics(into.report));
  into.metrics = basic_metrics(into.report);
  std::ranges::move(further, std::back_inserter(into.metrics));
}

}  // namespace paddock::runtime
