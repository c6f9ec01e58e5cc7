// SPDX-License-Identifier: Apache-2.0
#include "runtime/reporter.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/number_text.h"
#include "base/version.h"
#include "config/key_table.h"
#include "gate/connection_id.h"
#include "runtime/ask.h"
#include "runtime/descriptors.h"
#include "runtime/directory_size.h"
#include "runtime/ensemble_report.h"

namespace paddock::runtime {

namespace {

/// That are shown; with more the rest is left out.
constexpr std::size_t kQuotasMax = 200;

std::int64_t open_descriptors() {
  std::error_code error;
  std::int64_t count = 0;
  for (auto at = std::filesystem::directory_iterator("/proc/self/fd", error);
       !error && at != std::filesystem::directory_iterator();
       at.increment(error)) {
    ++count;
  }
  return count;
}

std::int64_t distinct_paths(const admin::ServerReport& report) {
  std::set<std::string_view> paths;
  for (const auto& [session, path] : report.watches) paths.insert(path);
  return static_cast<std::int64_t>(paths.size());
}

std::string server_version() {
  return std::string(kZooKeeperVersion) + "-paddock-" + std::string(kVersion) + ", built on " +
         std::string(kBuildDate);
}

std::int64_t megabytes(std::uint64_t units, std::uint64_t unit_bytes) {
  return static_cast<std::int64_t>(units * unit_bytes >> 20U);
}

/// As `srvr` and `mntr` have it. Source: ZooKeeper ServerStats.getServerState.
std::string mode_of(const replica::Replica& replica) {
  const zab::Peer& peer = replica.peer();
  if (peer.is_alone()) return "standalone";
  if (replica.service() == gate::Service::ReadOnly) return "read-only";
  if (peer.role() == zab::Role::Leading) return "leader";
  const zab::State& state = peer.state();
  return state.quorums().is_voter(state.options.self) ? "follower" : "observer";
}

std::vector<admin::ExpiryBucket> buckets_of(const session::SessionTable& table, Now now) {
  std::vector<admin::ExpiryBucket> buckets;
  table.for_each_bucket([&](MonotonicTime at, const std::vector<SessionId>& sessions) {
    const auto left = std::chrono::duration_cast<milliseconds>(at - now.monotonic);
    buckets.push_back({.expires_ms = now.wall.ms + left.count(), .sessions = sessions});
  });
  return buckets;
}

std::vector<admin::SessionReport> reports_of(const session::SessionTable& table) {
  std::vector<admin::SessionReport> reports;
  table.for_each([&](const session::Session& session) {
    reports.push_back({.id = session.id, .timeout = session.timeout});
  });
  std::ranges::sort(reports, {}, [](const auto& report) { return raw(report.id); });
  return reports;
}

std::string user_name() {
  std::array<char, 1024> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const int error = ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found);
  return error == 0 && found != nullptr ? found->pw_name : std::to_string(::getuid());
}

admin::HostFacts host_facts() {
  utsname system{};
  ::uname(&system);
  struct sysinfo memory{};
  ::sysinfo(&memory);
  const std::string machine = system.machine;
  const char* home = std::getenv("HOME");
  std::error_code ignored;
  return {.host_name = system.nodename,
          .os_arch = machine == "x86_64" ? "amd64" : machine,
          .os_version = system.release,
          .user_name = user_name(),
          .user_home = home == nullptr ? "" : home,
          .user_dir = std::filesystem::current_path(ignored).string(),
          .memory_free_mb = megabytes(memory.freeram, memory.mem_unit),
          .memory_max_mb = megabytes(memory.totalram, memory.mem_unit),
          .memory_total_mb = megabytes(memory.totalram, memory.mem_unit)};
}

/// The core's thread.
CoreNumbers core_numbers(const Core& core, const ReportSources& from) {
  const replica::Replica& replica = core.replica();
  const replica::WriteTimes& times = replica.write_times();
  return {.replica = replica.counters(),
          .writes_refused = replica.lacks_space(),
          .is_memory_short = from.memory.is_exceeded(),
          .connections_rejected = from.ports.rejected(),
          .stalls = from.stalls.report(),
          .in_flight = replica.in_flight(),
          .ordered = replica.ordered(),
          .history_bytes = replica.peer().state().history.bytes(),
          .batch_sizes = core.batch_sizes(),
          .durable = times.durable(),
          .committed = times.committed(),
          .quorum = times.quorum(),
          .propagated = times.propagated(),
          .acked = times.acked(),
          .links = core.links() == nullptr ? std::vector<PeerLinkStats>{} : core.links()->stats()};
}

/// As the configuration and the descriptors allow.
std::int64_t connections_max(const config::ClientConfig& clients) {
  const int descriptors = descriptors_for_clients();
  return clients.connections_max > 0 ? std::min(clients.connections_max, descriptors) : descriptors;
}

QuotaReport report_of(const tree::Quota& quota) {
  const auto limit = [](std::int64_t hard, std::int64_t soft) {
    return hard >= 0 ? hard : soft;
  };
  return {.path = std::string(quota.path.substr(1)),
          .count = quota.count,
          .bytes = quota.bytes,
          .count_limit = limit(quota.count_hard_limit, quota.count_limit),
          .bytes_limit = limit(quota.bytes_hard_limit, quota.bytes_limit)};
}

/// Those that are known, without what they must not tell.
std::vector<std::pair<std::string, std::string>> system_properties(
    const config::ServerConfig& config) {
  std::vector<std::pair<std::string, std::string>> shown;
  for (const auto& [name, value] : config.system_properties) {
    shown.emplace_back(name, config::is_secret_name(name) ? "(hidden)" : value);
  }
  return shown;
}

}  // namespace

Result<Gathered> Reporter::gather(const admin::Parts& parts) {
  Gathered gathered;
  admin::ServerReport& report = gathered.report;
  report.version = server_version();
  report.trace_mask = trace_mask_;
  read_config(report);
  report.certificates = certificates();
  PADDOCK_TRY(ask_core(parts, gathered));
  // Shards may watch the same paths: those of several have to be compared.
  admin::Parts of_shards = parts;
  const bool compares = parts.watch_counts && sources_.shards.size() > 1;
  of_shards.watches = parts.watches || compares;
  for (ShardIo* shard : sources_.shards) PADDOCK_TRY(ask_shard(*shard, of_shards, gathered));
  if (compares) report.watched_paths = distinct_paths(report);
  report_tree(parts, gathered);
  read_process(parts, report);
  gathered.connections_max = connections_max(sources_.config.clients);
  if (parts.metrics) add_metrics(gathered);
  return gathered;
}

std::vector<admin::CertificateReport> Reporter::certificates() const {
  std::vector<admin::CertificateReport> shown;
  for (const auto& [whom, credentials] : sources_.certificates) {
    const auto in_force = credentials->in_force();
    shown.push_back({.whom = whom,
                     .serial = in_force->serial(),
                     .ends = in_force->ends(),
                     .authority_key_id = in_force->authority_key_id(),
                     .trusted_key_ids = in_force->trusted_key_ids()});
  }
  return shown;
}

Result<> Reporter::ask_core(const admin::Parts& parts, Gathered& into) {
  struct Answer {
    std::int64_t sessions = 0;
    std::int64_t local_sessions = 0;
    std::vector<admin::ExpiryBucket> buckets;
    std::optional<std::vector<admin::SessionReport>> followed;
    std::optional<std::vector<admin::ExpiryBucket>> local_buckets;
    CoreNumbers numbers;
    bool is_leaving = false;
    std::string mode;
    gate::Service service{};
    std::optional<admin::EnsembleReport> ensemble;
  };
  const bool with_buckets = parts.sessions;
  Core& core = sources_.core;
  auto answer = ask(core.loop(), [&core, &from = sources_, with_buckets] {
    Answer found;
    const replica::Replica& replica = core.replica();
    found.sessions = static_cast<std::int64_t>(replica.sessions().size());
    found.local_sessions = static_cast<std::int64_t>(replica.local_sessions().size());
    found.mode = mode_of(replica);
    found.is_leaving = core.is_leaving();
    found.service = replica.service();
    const Now now = net::read_clocks();
    if (!replica.peer().is_alone()) {
      found.ensemble = ensemble_report(replica, from.config, now.monotonic);
    }
    found.numbers = core_numbers(core, from);
    if (!with_buckets) return found;
    if (replica.peer().role() == zab::Role::Leading) {
      found.buckets = buckets_of(replica.sessions(), now);
    } else {
      found.followed = reports_of(replica.sessions());
    }
    if (replica.has_local_sessions()) {
      found.local_buckets = buckets_of(replica.local_sessions(), now);
    }
    return found;
  });
  if (!answer) return fail("the core loop did not answer in time");
  into.report.session_count = answer->sessions;
  into.report.local_session_count = answer->local_sessions;
  into.report.expiry_buckets = std::move(answer->buckets);
  into.report.followed_sessions = std::move(answer->followed);
  into.report.local_expiry_buckets = std::move(answer->local_buckets);
  into.report.mode = answer->mode;
  into.report.leaving = answer->is_leaving;
  into.report.serving = answer->service != gate::Service::None;
  into.report.read_only = answer->service == gate::Service::ReadOnly;
  into.report.ensemble = std::move(answer->ensemble);
  into.core = std::move(answer->numbers);
  return {};
}

Result<> Reporter::ask_shard(ShardIo& shard, const admin::Parts& parts, Gathered& into) {
  struct Answer {
    shard::Counters counters;
    std::size_t connections = 0;
    ShardIo::SecureCounts secure;
    std::size_t watches = 0;
    shard::WatchSummary summary;
    std::vector<shard::ConnectionReport> reports;
    std::vector<std::pair<SessionId, std::string>> watched;
  };
  auto answer = ask(shard.loop(), [&shard, parts] {
    Answer found;
    found.counters = shard.shard().counters();
    found.connections = shard.shard().connection_count();
    found.secure = shard.secure_counts();
    found.watches = shard.shard().watch_count();
    found.summary = shard.shard().watch_summary();
    if (parts.connections) found.reports = shard.shard().report_connections();
    if (parts.watches) found.watched = shard.shard().report_watches();
    return found;
  });
  if (!answer) return fail("an I/O thread did not answer in time");
  admin::ServerReport& report = into.report;
  into.secure_connections += answer->secure.connections;
  into.handshakes_refused += answer->secure.refused;
  report.tls_handshakes += answer->secure.handshakes;
  admin::add(report.counters, answer->counters);
  report.connection_count += static_cast<std::int64_t>(answer->connections);
  report.watch_count += static_cast<std::int64_t>(answer->watches);
  report.watching_connections += static_cast<std::int64_t>(answer->summary.connections);
  report.watched_paths += static_cast<std::int64_t>(answer->summary.paths);
  report.watches_total += static_cast<std::int64_t>(answer->summary.watches);
  for (shard::ConnectionReport& one : answer->reports) {
    (one.is_secure ? report.secure_connections : report.connections).push_back(std::move(one));
  }
  std::ranges::move(answer->watched, std::back_inserter(report.watches));
  return {};
}

void Reporter::report_tree(const admin::Parts& parts, Gathered& into) {
  admin::ServerReport& report = into.report;
  const gate::SharedTree::ReadGate gate = sources_.tree.read(sources_.slot);
  const tree::TreeCounts counts = gate.tree().counts();
  report.last_zxid = gate.tree().last_zxid();
  report.node_count = static_cast<std::int64_t>(counts.nodes);
  report.ephemeral_count = static_cast<std::int64_t>(counts.ephemerals);
  report.data_bytes = counts.data_bytes;
  report.digests = {{.zxid = report.last_zxid, .digest = gate.tree().digest()}};
  into.tree = counts;
  if (parts.metrics) {
    for (const tree::Quota& quota : gate.tree().quotas(kQuotasMax)) {
      into.quotas.push_back(report_of(quota));
    }
  }
  if (!parts.ephemerals) return;
  for (const SessionId session : gate.tree().sessions_with_ephemerals()) {
    admin::SessionEphemerals entry{.session = session, .paths = {}};
    gate.tree().for_each_ephemeral(session, [&](View path) { entry.paths.emplace_back(path); });
    report.ephemerals.push_back(std::move(entry));
  }
}

void Reporter::read_config(admin::ServerReport& report) const {
  const config::ServerConfig& config = sources_.config;
  std::error_code error;
  const auto absolute = [&error](const std::string& path) {
    return (std::filesystem::absolute(path, error) / "version-2").string();
  };
  const auto shown = [](std::uint16_t port) {
    return port == 0 ? -1 : int{port};
  };
  report.config = {.client_port = shown(sources_.ports.port(ClientPorts::Kind::Plain)),
                   .secure_client_port = shown(sources_.ports.port(ClientPorts::Kind::Secure)),
                   .data_dir = absolute(config.storage.data_dir),
                   .data_log_dir = absolute(config.storage.data_log_dir),
                   .tick_time = config.sessions.tick_time,
                   .connections_per_address_max = config.clients.connections_per_address_max,
                   .session_timeout_min = config.sessions.timeout_min,
                   .session_timeout_max = config.sessions.timeout_max,
                   .listen_backlog = config.clients.listen_backlog,
                   .server_id = config.ensemble.my_id,
                   .handshake_timeout = config.clients.handshake_timeout};
  report.initial_configuration = config.initial_text;
  report.disk_id = disk_id();
  report.fsync_threshold_exceeded = sources_.log.stats().slow_syncs.load();
  report.uptime =
      std::chrono::duration_cast<milliseconds>(net::read_monotonic() - sources_.started);
  report.last_snapshot = last_snapshot();
}

std::string Reporter::disk_id() const {
  return to_hex(sources_.disk_id);
}

config::ServerConfig Reporter::config_in_force() const {
  config::ServerConfig in_force = sources_.config;
  in_force.limits.clients = sources_.limits.map();
  if (auto label = sources_.reloads.label()) {
    in_force.process.configuration_label = std::move(*label);
  }
  return in_force;
}

admin::SnapshotReport Reporter::last_snapshot() const {
  const SnapshotReport taken = sources_.background.report();
  if (taken.count > 0) return {.zxid = taken.zxid, .taken_s = taken.taken_s};
  const StartReport& start = sources_.start;
  if (!start.snapshot) return {};
  return {.zxid = *start.snapshot, .taken_s = start.snapshot_created.ms / 1000};
}

void Reporter::read_process(const admin::Parts& parts, admin::ServerReport& report) const {
  if (parts.directories) {
    report.data_dir_bytes = directory_bytes(sources_.config.storage.data_dir);
    report.log_dir_bytes = directory_bytes(sources_.config.storage.data_log_dir);
  }
  if (parts.environment) {
    report.environment = admin::environment_of(server_version(), host_facts());
    report.system_properties = system_properties(sources_.config);
  }
  if (parts.metrics) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    report.open_file_descriptors = open_descriptors();
    report.file_descriptors_max = static_cast<std::int64_t>(limit.rlim_cur);
  }
}

Result<> Reporter::transfer_leadership(std::optional<ServerId> to) {
  Core& core = sources_.core;
  const auto begun = ask(core.loop(), [&core, to]() -> std::optional<bool> {
    if (core.replica().peer().role() != zab::Role::Leading) return std::nullopt;
    return core.replica().begin_handover(to, core.loop().now());
  });
  if (!begun) return fail("the core loop did not answer in time");
  if (!*begun) return fail("this server does not lead; /admin/member says who does");
  if (**begun) return {};
  return fail(to ? fmt::format("server {} is not a voter that is in step", raw(*to))
                 : "no other voter is in step");
}

Result<std::optional<Reporter::ConfigurationVersions>> Reporter::configuration_versions() {
  using Versions = std::optional<ConfigurationVersions>;
  const replica::Replica& replica = sources_.core.replica();
  const auto found = ask(sources_.core.loop(), [&replica]() -> Versions {
    if (replica.peer().is_alone()) return std::nullopt;
    const election::Quorums& configuration = replica.configuration();
    return ConfigurationVersions{.committed = configuration.latest().version,
                                 .activated = configuration.committed.version};
  });
  if (!found) return fail("the core loop did not answer in time");
  return *found;
}

/// Clients are for members: who is not one yet serves those that ask, and is not offered.
bool Reporter::is_ready() {
  Core& core = sources_.core;
  const auto is_ready = [&core, &memory = sources_.memory] {
    const replica::Replica& replica = core.replica();
    const zab::Peer& peer = replica.peer();
    const bool is_member =
        peer.is_alone() || replica.configuration().is_member(peer.state().options.self);
    return replica.is_serving() && is_member && !core.is_leaving() && !memory.is_exceeded();
  };
  return ask(core.loop(), is_ready).value_or(false);
}

bool Reporter::is_alive() {
  return ask(sources_.core.loop(), [] { return true; }).has_value();
}

void Reporter::tell_shards(const std::function<void(shard::Shard&)>& what) {
  for (ShardIo* shard : sources_.shards) {
    shard->loop().post([shard, what] { what(shard->shard()); });
  }
}

void Reporter::reset_counters() {
  Core& core = sources_.core;
  core.loop().post([&core] { core.replica().reset_proposal_sizes(); });
  tell_shards([](shard::Shard& shard) { shard.reset_counters(); });
}

void Reporter::reset_connection_counters() {
  tell_shards([](shard::Shard& shard) { shard.reset_connection_counters(); });
}

ShardIo& Reporter::shard_of(ConnectionId id) const {
  return *sources_.shards[gate::shard_of(id)];
}

}  // namespace paddock::runtime
