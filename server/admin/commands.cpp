// SPDX-License-Identifier: Apache-2.0
#include "admin/commands.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "admin/ensemble_commands.h"
#include "admin/json_text.h"
#include "admin/text.h"
#include "jute/opcode.h"

namespace paddock::admin {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::string_view;
using boost::json::value;

string_view view(View text) {
  return {text.data(), text.size()};
}

/// A metric's text as the number that it is, or as a string.
value metric_value(const std::string& text) {
  const char* const end = text.data() + text.size();
  std::int64_t integer = 0;
  if (const auto [at, err] = std::from_chars(text.data(), end, integer);
      err == std::errc{} && at == end) {
    return integer;
  }
  double number = 0;
  if (const auto [at, err] = std::from_chars(text.data(), end, number);
      err == std::errc{} && at == end) {
    return number;
  }
  return view(text);
}

object brief(const shard::ConnectionReport& connection) {
  return {{"remote_socket_address", view(connection.peer)},
          {"interest_ops", connection.reads_input ? 1 : 0},
          {"outstanding_requests", connection.queued},
          {"packets_received", connection.received},
          {"packets_sent", connection.sent}};
}

object full(const shard::ConnectionReport& connection) {
  object info = brief(connection);
  const View opcode =
      connection.has_last_opcode ? jute::short_name(connection.last_opcode) : View("NA");
  info["session_id"] = raw(connection.session);
  info["last_operation"] = view(opcode);
  info["established"] = connection.established_ms;
  info["session_timeout"] = connection.timeout.count();
  info["last_cxid"] = connection.last_xid;
  info["last_zxid"] = connection.last_zxid.value;
  info["last_response_time"] = connection.last_response_ms;
  info["last_latency"] = connection.latency_last_ms;
  info["min_latency"] = connection.latency_min_ms;
  info["avg_latency"] = static_cast<std::int64_t>(connection.latency_avg_ms);
  info["max_latency"] = connection.latency_max_ms;
  return info;
}

array list(const std::vector<shard::ConnectionReport>& connections,
           object (*info)(const shard::ConnectionReport&)) {
  array out;
  for (const shard::ConnectionReport& connection : connections) out.push_back(info(connection));
  return out;
}

void configuration(object& out, const ServerReport& report) {
  const ConfigReport& config = report.config;
  out["client_port"] = config.client_port;
  out["secure_client_port"] = config.secure_client_port;
  out["data_dir"] = view(config.data_dir);
  out["data_log_dir"] = view(config.data_log_dir);
  out["tick_time"] = config.tick_time.count();
  out["max_client_cnxns"] = config.connections_per_address_max;
  out["min_session_timeout"] = config.session_timeout_min.count();
  out["max_session_timeout"] = config.session_timeout_max.count();
  out["server_id"] = raw(config.server_id);
  out["client_port_listen_backlog"] = config.listen_backlog;
}

void connections(object& out, const ServerReport& report) {
  out["connections"] = list(report.connections, full);
  out["secure_connections"] = list(report.secure_connections, full);
}

void nothing(object&, const ServerReport&) {}

void dirs(object& out, const ServerReport& report) {
  out["datadir_size"] = report.data_dir_bytes;
  out["logdir_size"] = report.log_dir_bytes;
}

void dump(object& out, const ServerReport& report) {
  std::map<std::int64_t, array> expiring;
  const auto add = [&](const std::vector<ExpiryBucket>& buckets) {
    for (const ExpiryBucket& bucket : buckets) {
      array& sessions = expiring[bucket.expires_ms];
      for (const SessionId session : bucket.sessions) sessions.push_back(raw(session));
    }
  };
  if (report.local_expiry_buckets) add(*report.local_expiry_buckets);
  add(report.expiry_buckets);
  object expiry;
  for (auto& [at, sessions] : expiring) expiry[std::to_string(at)] = std::move(sessions);
  object ephemerals;
  for (const SessionEphemerals& owner : report.ephemerals) {
    array paths;
    for (const std::string& path : owner.paths) paths.push_back(view(path));
    ephemerals[std::to_string(raw(owner.session))] = std::move(paths);
  }
  out["expiry_time_to_session_ids"] = std::move(expiry);
  out["session_id_to_ephemeral_paths"] = std::move(ephemerals);
}

void environment(object& out, const ServerReport& report) {
  for (const auto& [name, text] : report.environment) out[view(name)] = view(text);
}

void trace_mask(object& out, const ServerReport& report) {
  out["tracemask"] = report.trace_mask;
}

void hash(object& out, const ServerReport& report) {
  array digests;
  for (const DigestRecord& record : report.digests) {
    digests.push_back(object{{"zxid", record.zxid.value},
                             {"digest_version", 2},
                             {"digest", static_cast<std::int64_t>(record.digest)}});
  }
  out["digests"] = std::move(digests);
}

void initial_configuration(object& out, const ServerReport& report) {
  out["initial_configuration"] = view(report.initial_configuration);
}

void is_read_only(object& out, const ServerReport& report) {
  out["read_only"] = report.read_only;
}

void last_snapshot(object& out, const ServerReport& report) {
  const SnapshotReport& snapshot = report.last_snapshot;
  out["zxid"] = hex(snapshot.zxid).substr(2);
  out["timestamp"] = snapshot.zxid.value < 0 ? -1 : snapshot.taken_s;
}

void monitor(object& out, const ServerReport& report) {
  for (const auto& [name, text] : monitor_values(report)) {
    out[view(name)] = metric_value(text);
  }
}

object document_of(const BufferSizes& sizes) {
  return {{"last_buffer_size", sizes.last},
          {"min_buffer_size", sizes.min},
          {"max_buffer_size", sizes.max}};
}

void server_stats(object& out, const ServerReport& report) {
  const shard::Counters& counters = report.counters;
  const LatencyReport latency = latency_of(counters);
  out["version"] = view(report.version);
  out["read_only"] = report.read_only;
  out["server_stats"] = object{{"packets_sent", counters.packets_sent},
                               {"packets_received", counters.packets_received},
                               {"fsync_threshold_exceed_count", report.fsync_threshold_exceeded},
                               {"client_response_stats", document_of(report.counters.responses)},
                               {"uptime", report.uptime.count()},
                               {"data_dir_size", report.data_dir_bytes},
                               {"log_dir_size", report.log_dir_bytes},
                               {"provider_null", false},
                               {"server_state", view(report.mode)},
                               {"last_processed_zxid", report.last_zxid.value},
                               {"outstanding_requests", counters.outstanding},
                               {"avg_latency", latency.avg_ms},
                               {"max_latency", latency.max_ms},
                               {"min_latency", latency.min_ms},
                               {"num_alive_client_connections", report.connection_count},
                               {"auth_failed_count", counters.auth_failed},
                               {"non_mtlsremote_conn_count", 0},
                               {"non_mtlslocal_conn_count", 0}};
  out["client_response"] = document_of(report.counters.responses);
  if (report.ensemble && report.ensemble->leadership) {
    out["proposal_stats"] = document_of(report.ensemble->leadership->proposals);
  }
  out["node_count"] = report.node_count;
}

void stats(object& out, const ServerReport& report) {
  server_stats(out, report);
  out["connections"] = list(report.connections, brief);
  out["secure_connections"] = list(report.secure_connections, brief);
}

void system_properties(object& out, const ServerReport& report) {
  for (const auto& [name, text] : report.system_properties) out[view(name)] = view(text);
}

void watches(object& out, const ServerReport& report) {
  std::map<SessionId, array> paths_of;
  for (const auto& [session, path] : report.watches) paths_of[session].push_back(view(path));
  object by_session;
  for (auto& [session, paths] : paths_of) {
    by_session[std::to_string(raw(session))] = std::move(paths);
  }
  out["session_id_to_watched_paths"] = std::move(by_session);
}

void watches_by_path(object& out, const ServerReport& report) {
  std::map<View, array> sessions_of;
  for (const auto& [session, path] : report.watches) sessions_of[path].push_back(raw(session));
  object by_path;
  for (auto& [path, sessions] : sessions_of) by_path[view(path)] = std::move(sessions);
  out["path_to_session_ids"] = std::move(by_path);
}

void watch_summary(object& out, const ServerReport& report) {
  out["num_connections"] = report.watching_connections;
  out["num_paths"] = report.watched_paths;
  out["num_total_watches"] = report.watches_total;
}

/// Access has no default: a command without a class does not compile.
struct Entry {
  CommandKind kind{};
  std::array<View, 3> names;
  Access access;
  void (*fill)(object& out, const ServerReport& report);
  bool needs_serving = true;
  Parts parts = {};
};

constexpr Parts kConnections{.connections = true};
constexpr Parts kWatches{.watches = true};
constexpr Parts kDirectories{.directories = true};
constexpr Parts kEnvironment{.environment = true};

// In the order of CommandKind, which is nearly that of the names.
constexpr auto kEntries = std::to_array<Entry>({
    {CommandKind::Configuration,
     {"configuration", "conf", "config"},
     Access::ConfidentialRead,
     configuration},
    {CommandKind::Connections,
     {"connections", "cons"},
     Access::ConfidentialRead,
     connections,
     true,
     kConnections},
    {CommandKind::ConnectionStatReset, {"connection_stat_reset", "crst"}, Access::Change, nothing},
    {CommandKind::Dirs, {"dirs"}, Access::Read, dirs, true, kDirectories},
    {CommandKind::Dump,
     {"dump"},
     Access::ConfidentialRead,
     dump,
     true,
     {.sessions = true, .ephemerals = true}},
    {CommandKind::Environment,
     {"environment", "env", "envi"},
     Access::ConfidentialRead,
     environment,
     false,
     kEnvironment},
    {CommandKind::GetTraceMask, {"get_trace_mask", "gtmk"}, Access::Read, trace_mask, false},
    {CommandKind::SetTraceMask, {"set_trace_mask", "stmk"}, Access::Change, trace_mask, false},
    {CommandKind::Hash, {"hash"}, Access::Read, hash},
    {CommandKind::InitialConfiguration,
     {"initial_configuration", "icfg"},
     Access::ConfidentialRead,
     initial_configuration},
    {CommandKind::IsReadOnly, {"is_read_only", "isro"}, Access::Read, is_read_only},
    {CommandKind::LastSnapshot, {"last_snapshot", "lsnp"}, Access::Read, last_snapshot},
    {CommandKind::Leader, {"leader", "lead"}, Access::Read, leader},
    {CommandKind::Monitor, {"monitor", "mntr"}, Access::Read, monitor, false, {.metrics = true}},
    {CommandKind::ObserverConnectionStatReset,
     {"observer_connection_stat_reset", "orst"},
     Access::Change,
     nothing},
    {CommandKind::Observers, {"observers", "obsr"}, Access::Read, observers},
    {CommandKind::Ruok, {"ruok"}, Access::Read, nothing},
    {CommandKind::ServerStats,
     {"server_stats", "srvr"},
     Access::Read,
     server_stats,
     true,
     kDirectories},
    {CommandKind::Stats,
     {"stats", "stat"},
     Access::ConfidentialRead,
     stats,
     true,
     {.connections = true, .directories = true}},
    {CommandKind::StatReset, {"stat_reset", "srst"}, Access::Change, nothing},
    {CommandKind::SystemProperties,
     {"system_properties", "sysp"},
     Access::ConfidentialRead,
     system_properties,
     false,
     kEnvironment},
    {CommandKind::VotingView, {"voting_view"}, Access::Read, voting_view},
    {CommandKind::Watches, {"watches", "wchc"}, Access::ConfidentialRead, watches, true, kWatches},
    {CommandKind::WatchesByPath,
     {"watches_by_path", "wchp"},
     Access::ConfidentialRead,
     watches_by_path,
     true,
     kWatches},
    {CommandKind::WatchSummary,
     {"watch_summary", "wchs"},
     Access::Read,
     watch_summary,
     true,
     {.watch_counts = true}},
    {CommandKind::ZabState, {"zabstate"}, Access::Read, zab_state, false},
});

const Entry& entry_of(CommandKind command) {
  return kEntries[static_cast<std::size_t>(command)];
}

std::string error_text(View name, View error) {
  return json_text(object{{"command", view(name)}, {"error", view(error)}});
}

static_assert(std::ranges::is_sorted(kEntries, {}, &Entry::kind));
static_assert(kEntries.size() == static_cast<std::size_t>(CommandKind::ZabState) + 1);

}  // namespace

std::optional<CommandKind> find_command(View name) {
  for (const Entry& entry : kEntries) {
    if (!name.empty() && std::ranges::find(entry.names, name) != entry.names.end()) {
      return entry.kind;
    }
  }
  return std::nullopt;
}

std::vector<View> command_names() {
  std::vector<View> names;
  for (const Entry& entry : kEntries) names.push_back(entry.names[0]);
  std::ranges::sort(names);
  return names;
}

std::string command_links(View base) {
  std::string page;
  for (const View name : command_names()) {
    page += fmt::format("<a href=\"{0}/{1}\">{1}</a>\n<br/>\n", base, name);
  }
  return page;
}

Parts parts_of_command(CommandKind command) {
  return entry_of(command).parts;
}

View name_of_command(CommandKind command) {
  return entry_of(command).names[0];
}

Access access_of_command(CommandKind command) {
  return entry_of(command).access;
}

bool needs_serving(CommandKind command) {
  return entry_of(command).needs_serving;
}

std::string answer_command(CommandKind command, const ServerReport& report) {
  const Entry& entry = entry_of(command);
  if (entry.needs_serving && !report.serving) {
    return answer_error(command, "This ZooKeeper instance is not currently serving requests");
  }
  object out;
  entry.fill(out, report);
  out["command"] = view(entry.names[0]);
  if (!out.contains("error")) out["error"] = nullptr;
  return json_text(out);
}

std::string answer_unknown(View name) {
  return error_text(name, fmt::format("Unknown command: {}", name));
}

std::string answer_error(CommandKind command, View error) {
  return error_text(entry_of(command).names[0], error);
}

}  // namespace paddock::admin
