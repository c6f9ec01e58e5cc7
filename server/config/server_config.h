// SPDX-License-Identifier: Apache-2.0
//
// Everything that a server is told at start, as typed values: made once by `load` (load.h) from
// zoo.cfg, the environment and the command line, then read by anyone and changed by no one. A
// default constructed ServerConfig holds the defaults of docs/configuration.md; `load` resolves
// those that depend on others (session limits on the tick, the log directory on the data
// directory). Source of names and meaning: ZooKeeper QuorumPeerConfig, ServerConfig and the system
// properties.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "config/client_limits.h"
#include "config/membership.h"
#include "config/secret.h"
#include "config/tls_config.h"

namespace paddock::config {

/// Where and how clients connect. At least one of plain and secure is set.
struct ClientConfig {
  std::optional<Endpoint> plain;
  std::optional<Endpoint> secure;
  /// The plain port also takes clients with TLS (migration).
  bool port_unification = false;
  /// -1: the system's default.
  int listen_backlog = -1;
  /// Connections of one address, and of all, per listener; 0: no limit.
  int connections_per_address_max = 60;
  int connections_max = 0;
  bool tcp_keep_alive = true;
  /// How long a connection may take to send its connect request.
  milliseconds handshake_timeout{10000};
  /// TLS handshakes in progress at once; -1: no limit.
  int tls_handshakes_max = -1;

  /// Some may speak TLS.
  [[nodiscard]] bool speak_tls() const { return secure.has_value() || port_unification; }
};

/// Token bucket in front of new connections; off while tokens is 0.
struct ConnectionThrottle {
  int tokens = 0;
  milliseconds fill_time{1};
  int fill_count = 1;
  /// Probabilistic drop (BLUE); off while negative.
  milliseconds freeze_time{-1};
  double drop_increase = 0.02;
  double drop_decrease = 0.002;
  double decrease_ratio = 0;
  bool weight_enabled = false;
  int global_session_weight = 3;
  int local_session_weight = 1;
  int renew_session_weight = 2;
};

struct SessionConfig {
  milliseconds tick_time{3000};
  /// 2 ticks and 20 ticks when not configured.
  milliseconds timeout_min{6000};
  milliseconds timeout_max{60000};
  bool local_enabled = false;
  bool local_upgrading_enabled = false;
};

struct StorageConfig {
  std::string data_dir;
  /// Same as data_dir when not configured.
  std::string data_log_dir;
  /// Make the directories if they are missing.
  bool create_dirs = true;
  /// Start with an empty database if there is none (`db.autocreate`). When not configured: true
  /// standalone, false in an ensemble, where an empty server must not vote.
  bool start_empty = true;
  /// `db.autocreate=false` of an ensemble's server: not even voters that are all empty begin by
  /// themselves.
  bool awaits_initialize = false;
  /// Accept a log without a snapshot.
  bool trust_empty_snapshot = false;
  /// false: acknowledge before data is on disk; for tests only.
  bool force_sync = true;
  std::uint64_t preallocate_bytes = std::uint64_t{65536} * 1024;
  milliseconds fsync_warning_threshold{1000};
  /// How long a group commit may wait for company, and its largest size in transactions.
  milliseconds flush_delay{0};
  milliseconds flush_poll_max{0};
  int batch_max = 1000;
  /// Transactions, and log bytes, between snapshots.
  int snapshot_transactions = 100000;
  std::uint64_t snapshot_log_bytes = std::uint64_t{4194304} * 1024;
  /// Log file size at which a new one starts; 0: no limit of its own.
  std::uint64_t log_file_bytes_max = 0;
  /// Committed transactions kept in memory for followers that lag.
  int commit_log_count = 500;
  /// Snapshots kept, and how often older ones are removed; interval 0: never.
  int retained_snapshots = 3;
  milliseconds purge_interval{3600000};
  /// Space held back so that a full disk can be recovered from.
  std::uint64_t reserve_file_bytes = std::uint64_t{64} * 1024 * 1024;
  /// Below this much free space the server refuses writes.
  std::uint64_t free_bytes_min = std::uint64_t{128} * 1024 * 1024;
};

/// In bytes, or in percent of what the process may have; 0: no limit.
struct MemoryLimit {
  std::int64_t bytes = 0;
  int percent = 0;
};

/// What a request may cost, and how many may wait.
struct LimitConfig {
  /// `jute.maxbuffer`: the largest request and the largest node.
  int packet_bytes_max = 1048575;
  /// Unanswered requests at which the server stops reading from clients.
  int outstanding_requests_max = 1000;
  /// Requests in the pipeline; 0: no limit.
  int throttle_requests_max = 0;
  bool drop_stale_requests = true;
  bool stale_latency_check = false;
  /// Answer ThrottledOp to a request that waited longer; 0: never.
  milliseconds throttled_op_wait{0};
  /// Requests larger than this count as large (-1: none do); large ones in flight share a byte
  /// budget.
  std::int64_t large_request_bytes = -1;
  std::int64_t large_requests_bytes_max = 104857600;
  ConnectionThrottle connections;
  ClientLimitMap clients;
  MemoryLimit memory;
};

/// What the tree and its requests can do.
struct FeatureConfig {
  /// TTL nodes (`extendedTypesEnabled`).
  bool ttl_nodes = false;
  bool enforce_quota = false;
  bool skip_acl = false;
  bool linearizable_reads = false;
  bool reconfig = false;
  bool read_only_mode = false;
  bool eager_acl_check = false;
  bool stall_monitor = true;
  milliseconds stall_info_threshold{1000};
  milliseconds stall_warn_threshold{10000};
};

/// The reaper of container and TTL nodes.
struct ContainerConfig {
  milliseconds check_interval{60000};
  int deletions_per_minute = 10000;
  /// How long a container that never had a child is kept; 0: for ever.
  milliseconds never_used_max{300000};
};

enum class DigestAlgorithm : std::uint8_t {
  Sha1,
  Sha256,
  Sha512,
  Sha3256,
};

/// One `authProvider.N=class` of those that Paddock knows.
enum class AuthProvider : std::uint8_t {
  Digest,
  Ip,
  X509,
  Sasl,
  Ensemble,
};

struct KerberosConfig {
  bool remove_host = false;
  bool remove_realm = false;
  bool canonicalize_host_names = false;
  std::string auth_to_local = "DEFAULT";
};

/// JSON Web Tokens as credentials.
struct JwtConfig {
  /// The key set; empty: there is no such scheme.
  std::string keys_file;
  std::string issuer;
  std::string audience;
  std::string super_user;

  [[nodiscard]] bool is_on() const { return !keys_file.empty(); }
};

struct AuthConfig {
  /// Providers named by `authProvider.*`, each once; digest and ip are always there.
  std::vector<AuthProvider> providers;
  [[nodiscard]] bool has(AuthProvider provider) const {
    return std::ranges::find(providers, provider) != providers.end();
  }
  bool digest_enabled = true;
  DigestAlgorithm digest_algorithm = DigestAlgorithm::Sha1;
  /// "super:<base64 of the digest>"; empty: no super user by password.
  Secret super_digest;
  std::string x509_super_user;
  std::vector<std::string> sasl_super_users;
  std::string ensemble_name;
  std::string tls_auth_provider = "x509";
  /// Sessions must authenticate by one of these schemes before any other request. `load` turns
  /// session_requires_sasl into enforcement of the scheme sasl.
  bool enforce = false;
  std::vector<std::string> enforced_schemes;
  [[nodiscard]] bool enforces(std::string_view scheme) const {
    return enforce && std::ranges::find(enforced_schemes, scheme) != enforced_schemes.end();
  }
  bool session_requires_sasl = false;
  bool allow_sasl_failed_clients = false;
  std::string sasl_section = "Server";
  std::string jaas_file;
  KerberosConfig kerberos;
  JwtConfig jwt;
  bool fips_mode = true;
};

/// Which four-letter words are answered. `isro` is among them when read-only mode is on.
struct CommandWhitelist {
  bool all = false;
  std::vector<std::string> words{"srvr"};

  [[nodiscard]] bool allows(std::string_view word) const;
};

struct AdminConfig {
  bool enabled = true;
  Endpoint listen{"", 8080};
  std::string command_url = "/commands";
  milliseconds idle_timeout{30000};
  /// At most one snapshot, and one restore, per interval.
  milliseconds rate_limiter_interval{300000};
  bool snapshot_enabled = true;
  bool restore_enabled = true;
  bool need_client_auth = false;
  /// Of those that speak TLS; Need if need_client_auth is set.
  ClientAuth client_auth = ClientAuth::None;
  bool force_https = false;
  bool port_unification = false;
  [[nodiscard]] bool speaks_tls() const { return force_https || port_unification; }
  /// Who may see what is confidential, and who may change something, besides clients on this
  /// machine if those are trusted: ids as in ACLs, "digest:user:hash". Super users may do all.
  std::vector<std::string> readers{"world:anyone"};
  std::vector<std::string> operators{};
  bool trust_loopback = true;
};

enum class MetricsProvider : std::uint8_t {
  Default,
  Prometheus,
  Null,
};

/// The `/metrics` listener of its own that the Prometheus provider opens; none with other
/// providers.
struct MetricsConfig {
  MetricsProvider provider = MetricsProvider::Default;
  std::optional<Endpoint> listen;
  /// For HTTPS; the same port takes both kinds.
  std::optional<Endpoint> secure_listen;
  bool export_process_info = true;
  /// Some of that under a Java machine's names, too.
  bool jvm_names = true;
  /// Counters under names that end with _total, too.
  bool total_names = false;
  seconds summary_rotate{60};
};

enum class LogFormat : std::uint8_t {
  Text,
  Json,
};

enum class LogLevel : std::uint8_t {
  Trace,
  Debug,
  Info,
  Warn,
  Error,
};

/// Who changed what, in a log of its own.
struct AuditConfig {
  bool enabled = false;
  /// Empty: standard output.
  std::string file;
  LogFormat format = LogFormat::Text;
  /// A file that has got so large gives its name to a new one; so many older ones are kept.
  std::uint64_t file_bytes_max = std::uint64_t{10} * 1024 * 1024;
  int old_files_max = 10;
};

/// The process: threads, log, and what it reports about itself. The `paddock.*` keys.
struct ProcessConfig {
  /// Threads that serve client connections; 0: the core loop serves them itself; -1: chosen by the
  /// number of processors.
  int io_threads = -1;
  LogFormat log_format = LogFormat::Text;
  LogLevel log_level = LogLevel::Info;
  /// Requests that took longer are logged with the phase that took it; 0: none are.
  milliseconds slow_operation_threshold{1000};
  /// Time to answer what is in flight after SIGTERM.
  milliseconds shutdown_grace{5000};
  milliseconds drain{1000};
  /// By which whoever has written the configuration knows it again.
  std::string configuration_label;
};

/// How this server takes part in an ensemble. `members` may be filled on a standalone server too
/// (one `server.N` line and `standaloneEnabled`).
struct EnsembleConfig {
  /// The content of `myid`; 0 when there is no such file.
  ServerId my_id{};
  std::map<ServerId, Member> members;
  Hierarchy hierarchy;
  /// The version of the membership, from the name of the dynamic file; 0 when it has none.
  std::int64_t version = 0;
  PeerType peer_type = PeerType::Participant;
  std::string dynamic_file;
  bool standalone_enabled = true;
  bool listen_on_all_addresses = false;
  /// In ticks.
  int init_limit = 0;
  int sync_limit = 0;
  int connect_limit = 0;
  bool observers_log = true;
  bool leader_serves = true;
  int observer_master_port = 0;
  bool feed_by_followers = true;
  milliseconds observer_reconnect_delay{0};
  milliseconds observer_election_delay{200};
  milliseconds election_connect_timeout{5000};
  /// -1: sync_limit ticks.
  milliseconds election_read_timeout{-1};
  /// -1: init_limit ticks.
  milliseconds epoch_wait_max{-1};
  milliseconds notification_interval_min{200};
  milliseconds notification_interval_max{60000};
  int concurrent_snapshot_syncs_max = 10;
  int concurrent_diff_syncs_max = 100;
  /// 0: for ever.
  int election_bind_retries = 3;
  bool multi_address = false;
  bool tcp_keep_alive = false;
  bool tls = false;
  bool port_unification = false;
  [[nodiscard]] bool speaks_tls() const { return tls || port_unification; }
  bool sasl = false;
  bool learner_requires_sasl = false;
  bool server_requires_sasl = false;
  std::string sasl_learner_section = "QuorumLearner";
  std::string sasl_server_section = "QuorumServer";
  std::string kerberos_principal = "zkquorum/localhost";
};

struct ServerConfig {
  ClientConfig clients;
  SessionConfig sessions;
  StorageConfig storage;
  LimitConfig limits;
  FeatureConfig features;
  ContainerConfig containers;
  AuthConfig auth;
  TlsConfig client_tls;
  TlsConfig quorum_tls = quorum_tls_defaults();
  CommandWhitelist four_letter_words;
  AdminConfig admin;
  MetricsConfig metrics;
  TlsConfig metrics_tls;
  AuditConfig audit;
  ProcessConfig process;
  EnsembleConfig ensemble;
  /// Keys that Paddock does not know, under the name that ZooKeeper would give them
  /// ("zookeeper.<key>"), and other -D flags. May hold secrets: print only through `render`
  /// (render.h).
  std::map<std::string, std::string> system_properties;
  /// The lines of the configuration file, secrets hidden.
  std::string initial_text;

  /// One server that is its own ensemble: no `server.N`, or a single one with `standaloneEnabled`.
  [[nodiscard]] bool is_standalone() const;
  /// Clients may be known by their certificates: they have a port for TLS, or `authProvider.N` says
  /// so. Source: ZooKeeper QuorumPeerConfig.configureSSLAuth.
  [[nodiscard]] bool has_x509() const;
  /// Of the admin port: that of the servers' links, as in ZooKeeper, or else that for clients.
  [[nodiscard]] TlsConfig admin_tls() const;
};

}  // namespace paddock::config
