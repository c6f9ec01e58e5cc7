// SPDX-License-Identifier: Apache-2.0
#include "runtime/reporter.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/version.h"
#include "gate/connection_id.h"
#include "runtime/ask.h"

namespace paddock::runtime {

namespace {

std::int64_t directory_bytes(const std::string& path) {
  std::int64_t sum = 0;
  std::error_code error;
  for (auto at = std::filesystem::recursive_directory_iterator(path, error);
       !error && at != std::filesystem::recursive_directory_iterator();
       at.increment(error)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored)) {
      const auto size = at->file_size(ignored);
      if (!ignored) sum += static_cast<std::int64_t>(size);
    }
  }
  return sum;
}

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

void count_watches(admin::ServerReport& report) {
  std::set<SessionId> sessions;
  std::set<std::string_view> paths;
  for (const auto& [session, path] : report.watches) {
    sessions.insert(session);
    paths.insert(path);
  }
  report.watching_connections = static_cast<std::int64_t>(sessions.size());
  report.watched_paths = static_cast<std::int64_t>(paths.size());
  report.watches_total = report.watch_count;
}

std::string server_version() {
  return std::string(kZooKeeperVersion) + "-paddock-" + std::string(kVersion) + ", built on " +
         std::string(kBuildDate);
}

std::vector<std::pair<std::string, std::string>> environment() {
  utsname system{};
  ::uname(&system);
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  std::error_code ignored;
  return {{"zookeeper.version", server_version()},
          {"host.name", system.nodename},
          {"os.name", system.sysname},
          {"os.arch", system.machine},
          {"os.version", system.release},
          {"user.name", variable("USER")},
          {"user.home", variable("HOME")},
          {"user.dir", std::filesystem::current_path(ignored).string()}};
}

}  // namespace

Result<Gathered> Reporter::gather(const admin::Parts& parts) {
  Gathered gathered;
  admin::ServerReport& report = gathered.report;
  report.version = server_version();
  report.trace_mask = trace_mask_;
  read_config(report);
  PADDOCK_TRY(ask_core(parts, gathered));
  for (ShardIo* shard : sources_.shards) PADDOCK_TRY(ask_shard(*shard, parts, report));
  count_watches(report);
  read_tree(parts, report);
  read_process(parts, report);
  if (parts.metrics) add_metrics(gathered);
  return gathered;
}

Result<> Reporter::ask_core(const admin::Parts& parts, Gathered& into) {
  struct Answer {
    std::int64_t sessions = 0;
    bool read_only = false;
    std::vector<admin::ExpiryBucket> buckets;
    replica::ReplicaCounters counters;
    std::size_t in_flight = 0;
  };
  const bool with_buckets = parts.sessions;
  Core& core = sources_.core;
  auto answer = ask(core.loop(), [&core, with_buckets] {
    Answer found;
    const replica::Replica& replica = core.replica();
    found.sessions = static_cast<std::int64_t>(replica.sessions().size());
    found.read_only = replica.is_read_only();
    found.counters = replica.counters();
    found.in_flight = replica.in_flight();
    if (!with_buckets) return found;
    const Now now = net::read_clocks();
    replica.sessions().for_each_bucket(
        [&](MonotonicTime at, const std::vector<SessionId>& sessions) {
          const auto left = std::chrono::duration_cast<milliseconds>(at - now.monotonic);
          found.buckets.push_back({.expires_ms = now.wall.ms + left.count(), .sessions = sessions});
        });
    return found;
  });
  if (!answer) return fail("the core loop did not answer in time");
  into.report.session_count = answer->sessions;
  into.report.expiry_buckets = std::move(answer->buckets);
  into.replica = answer->counters;
  into.writes_refused = answer->read_only;
  return {};
}

Result<> Reporter::ask_shard(ShardIo& shard,
                             const admin::Parts& parts,
                             admin::ServerReport& report) {
  struct Answer {
    shard::Counters counters;
    std::size_t connections = 0;
    std::size_t watches = 0;
    std::vector<shard::ConnectionReport> reports;
    std::vector<std::pair<SessionId, std::string>> watched;
  };
  auto answer = ask(shard.loop(), [&shard, parts] {
    Answer found;
    found.counters = shard.shard().counters();
    found.connections = shard.shard().connection_count();
    found.watches = shard.shard().watch_count();
    if (parts.connections) found.reports = shard.shard().report_connections();
    if (parts.watches) found.watched = shard.shard().report_watches();
    return found;
  });
  if (!answer) return fail("an I/O thread did not answer in time");
  admin::add(report.counters, answer->counters);
  report.connection_count += static_cast<std::int64_t>(answer->connections);
  report.watch_count += static_cast<std::int64_t>(answer->watches);
  std::ranges::move(answer->reports, std::back_inserter(report.connections));
  std::ranges::move(answer->watched, std::back_inserter(report.watches));
  return {};
}

void Reporter::read_tree(const admin::Parts& parts, admin::ServerReport& report) {
  const gate::SharedTree::ReadGate gate = sources_.tree.read(sources_.slot);
  const tree::TreeCounts counts = gate.tree().counts();
  report.last_zxid = gate.tree().last_zxid();
  report.node_count = static_cast<std::int64_t>(counts.nodes);
  report.ephemeral_count = static_cast<std::int64_t>(counts.ephemerals);
  report.data_bytes = counts.data_bytes;
  report.digests = {{.zxid = report.last_zxid, .digest = gate.tree().digest()}};
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
  report.config = {.client_port = sources_.client_port,
                   .secure_client_port = -1,
                   .data_dir = absolute(config.storage.data_dir),
                   .data_log_dir = absolute(config.storage.data_log_dir),
                   .tick_time = config.sessions.tick_time,
                   .connections_per_address_max = config.clients.connections_per_address_max,
                   .session_timeout_min = config.sessions.timeout_min,
                   .session_timeout_max = config.sessions.timeout_max,
                   .listen_backlog = config.clients.listen_backlog,
                   .server_id = config.ensemble.my_id};
  report.uptime =
      std::chrono::duration_cast<milliseconds>(net::read_clocks().monotonic - sources_.started);
  const SnapshotReport snapshot = sources_.background.report();
  if (snapshot.count > 0)
    report.last_snapshot = {.zxid = snapshot.zxid, .taken_s = snapshot.taken_s};
}

void Reporter::read_process(const admin::Parts& parts, admin::ServerReport& report) const {
  if (parts.directories) {
    report.data_dir_bytes = directory_bytes(sources_.config.storage.data_dir);
    report.log_dir_bytes = directory_bytes(sources_.config.storage.data_log_dir);
  }
  if (parts.environment) {
    report.environment = environment();
  }
  if (parts.metrics) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    report.open_file_descriptors = open_descriptors();
    report.file_descriptors_max = static_cast<std::int64_t>(limit.rlim_cur);
  }
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
  tell_shards([](shard::Shard& shard) { shard.reset_counters(); });
}

void Reporter::reset_connection_counters() {
  tell_shards([](shard::Shard& shard) { shard.reset_connection_counters(); });
}

ShardIo& Reporter::shard_of(ConnectionId id) const {
  return *sources_.shards[gate::shard_of(id)];
}

}  // namespace paddock::runtime
