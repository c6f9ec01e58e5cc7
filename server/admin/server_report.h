// SPDX-License-Identifier: Apache-2.0
//
// Everything that the administrative commands show of a server, gathered by the runtime from its
// threads and then only formatted: by four_letter_words.h as text and by commands.h as JSON. Parts
// that cost more than a few numbers are filled only for the commands that show them (see Parts).
// Source: ZooKeeper ServerStats, server.command.*, server.admin.Commands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin/ensemble_report.h"
#include "base/ids.h"
#include "base/time.h"
#include "shard/counters.h"
#include "shard/shard.h"

namespace paddock::admin {

/// What a command shows besides the numbers that are always filled.
struct Parts {
  bool connections = false;   // ServerReport::connections, secure_connections
  bool sessions = false;      // expiry_buckets, followed_sessions, local_expiry_buckets
  bool ephemerals = false;    // ephemerals
  bool watches = false;       // watches
  bool watch_counts = false;  // watching_connections, watched_paths, watches_total
  bool directories = false;   // data_dir_bytes, log_dir_bytes
  bool environment = false;   // environment, system_properties
  bool metrics = false;       // metrics, file descriptors

  friend bool operator==(const Parts&, const Parts&) = default;
};

/// As `conf` shows it.
struct ConfigReport {
  int client_port = -1;
  int secure_client_port = -1;
  std::string data_dir;  // with version-2, absolute
  std::string data_log_dir;
  milliseconds tick_time{0};
  int connections_per_address_max = 0;
  milliseconds session_timeout_min{0};
  milliseconds session_timeout_max{0};
  int listen_backlog = -1;
  ServerId server_id{};
  milliseconds handshake_timeout{10000};
};

struct SessionReport {
  SessionId id{};
  milliseconds timeout{0};
};

/// Sessions that expire together.
struct ExpiryBucket {
  std::int64_t expires_ms = 0;  // wall clock
  std::vector<SessionId> sessions;
};

struct SessionEphemerals {
  SessionId session{};
  std::vector<std::string> paths;
};

/// The tree's digest when a transaction had been applied.
struct DigestRecord {
  Zxid zxid;
  std::uint64_t digest = 0;
};

struct SnapshotReport {
  Zxid zxid{-1};
  std::int64_t taken_s = 0;  // wall clock
};

/// A certificate in force.
struct CertificateReport {
  std::string whom;  // it is shown to: clients, servers, admin, metrics
  std::string serial;
  WallTime ends;
  std::string authority_key_id;
  std::vector<std::string> trusted_key_ids;
};

struct ServerReport {
  // --- Always.
  std::string version;              // "0.1.0-1a2b3c4, built on 2026-07-01 12:00 UTC"
  std::string mode = "standalone";  // leader, follower, observer, read-only
  bool serving = true;              // some clients at least
  bool leaving = false;             // it sends its clients away
  std::string disk_id;              // of its data directory
  std::string reload_hash;          // of the settings that a reload changes
  std::string restart_hash;         // of all others
  std::string configuration_label;
  bool read_only = false;  // only those that accept what a server without a leader last knew
  milliseconds uptime{0};
  shard::Counters counters;  // the sum of all shards: see add()
  std::int64_t connection_count = 0;
  std::int64_t tls_handshakes = 0;  // that are not done yet
  std::int64_t session_count = 0;
  std::int64_t local_session_count = 0;
  Zxid last_zxid;
  std::vector<CertificateReport> certificates;
  /// None: standalone.
  std::optional<EnsembleReport> ensemble;
  std::int64_t node_count = 0;
  std::int64_t ephemeral_count = 0;
  std::int64_t data_bytes = 0;
  std::int64_t watch_count = 0;
  std::int64_t trace_mask = 306;  // ZooTrace's default
  ConfigReport config;
  std::int64_t fsync_threshold_exceeded = 0;
  std::vector<DigestRecord> digests;
  SnapshotReport last_snapshot;
  std::string initial_configuration;  // the text of zoo.cfg

  // --- Parts.
  std::vector<shard::ConnectionReport> connections;
  std::vector<shard::ConnectionReport> secure_connections;
  std::vector<ExpiryBucket> expiry_buckets;
  /// The ensemble's, in order of their ids, instead of those: when they expire, the leader decides.
  std::optional<std::vector<SessionReport>> followed_sessions;
  /// Of sessions that this server alone knows; none: there may be none.
  std::optional<std::vector<ExpiryBucket>> local_expiry_buckets;
  std::vector<SessionEphemerals> ephemerals;
  std::vector<std::pair<SessionId, std::string>>
      watches;  // as Shard::report_watches(), of all shards
  // As `wchs`: connections that watch, paths watched, pairs of both.
  std::int64_t watching_connections = 0;
  std::int64_t watched_paths = 0;
  std::int64_t watches_total = 0;
  std::int64_t data_dir_bytes = 0;
  std::int64_t log_dir_bytes = 0;
  std::vector<std::pair<std::string, std::string>> environment;        // see environment_of()
  std::vector<std::pair<std::string, std::string>> system_properties;  // secrets left out
  std::int64_t open_file_descriptors = 0;
  std::int64_t file_descriptors_max = 0;
  /// What `mntr` shows behind its own: names without "zk_", values as text.
  std::vector<std::pair<std::string, std::string>> metrics;
};

/// Adds one shard's counters to a sum.
void add(shard::Counters& sum, const shard::Counters& counters);

/// The latencies as ServerStats tells them: 0 while nothing was answered, the average with 4
/// decimals.
struct LatencyReport {
  std::int64_t min_ms = 0;
  double avg_ms = 0;
  std::int64_t max_ms = 0;
};
[[nodiscard]] LatencyReport latency_of(const shard::Counters& counters);

/// What `mntr` and `monitor` show: names without "zk_" and values as text, report.metrics last.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> monitor_values(
    const ServerReport& report);

/// What `envi` shows of the machine and the process.
struct HostFacts {
  std::string host_name;
  std::string os_arch;     // "amd64", "aarch64"
  std::string os_version;  // of the kernel
  std::string user_name;
  std::string user_home;
  std::string user_dir;
  std::int64_t memory_free_mb = 0;
  std::int64_t memory_max_mb = 0;
  std::int64_t memory_total_mb = 0;
};

/// The entries of `envi` in ZooKeeper's order; those of a Java machine, which scripts may look for,
/// say
/// "<NA>".
[[nodiscard]] std::vector<std::pair<std::string, std::string>> environment_of(
    const std::string& version, const HostFacts& facts);

}  // namespace paddock::admin
