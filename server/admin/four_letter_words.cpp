// SPDX-License-Identifier: Apache-2.0
#include "admin/four_letter_words.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include <fmt/format.h>

#include "admin/text.h"
#include "jute/opcode.h"

namespace paddock::admin {

namespace {

constexpr View kNotServing = "This ZooKeeper instance is not currently serving requests";

using Text = std::string;

template <class... Args>
void print(Text& out, fmt::format_string<Args...> format, Args&&... args) {
  out += fmt::format(format, std::forward<Args>(args)...);
}

/// What the connection waits for, as a selector's interest set: 1 to read, 0 once a word was read.
int interest_of(const shard::ConnectionReport& connection) {
  return connection.reads_input ? 1 : 0;
}

void print_brief(Text& out, const shard::ConnectionReport& connection) {
  print(out,
        " /{}[{}](queued={},recved={},sent={}",
        connection.peer,
        interest_of(connection),
        connection.queued,
        connection.received,
        connection.sent);
}

void print_full(Text& out, const shard::ConnectionReport& connection) {
  print_brief(out, connection);
  if (raw(connection.session) != 0) {
    print(out,
          ",sid={},lop={},est={},to={}",
          hex(connection.session),
          connection.has_last_opcode ? jute::short_name(connection.last_opcode) : "NA",
          connection.established_ms,
          connection.timeout.count());
    if (connection.last_xid >= 0) print(out, ",lcxid=0x{:x}", connection.last_xid);
    print(out,
          ",lzxid={},lresp={},llat={},minlat={},avglat={},maxlat={}",
          hex(connection.last_zxid),
          connection.last_response_ms,
          connection.latency_last_ms,
          connection.latency_min_ms,
          static_cast<std::int64_t>(connection.latency_avg_ms),
          connection.latency_max_ms);
  }
  print(out, ")\n");
}

/// Calls `each` with the connections of both ports.
template <class Each>
void for_each_connection(const ServerReport& report, Each&& each) {
  std::ranges::for_each(report.connections, each);
  std::ranges::for_each(report.secure_connections, each);
}

void print_version(Text& out, const ServerReport& report) {
  print(out, "Zookeeper version: {}\n", report.version);
  if (report.read_only) print(out, "READ-ONLY mode; serving only read-only clients\n");
}

void print_stats(Text& out, const ServerReport& report) {
  const LatencyReport latency = latency_of(report.counters);
  print(out,
        "Latency min/avg/max: {}/{}/{}\nReceived: {}\nSent: {}\nConnections: {}\nOutstanding: {}\n"
        "Zxid: {}\nMode: {}\nNode count: {}\n",
        latency.min_ms,
        java_double(latency.avg_ms),
        latency.max_ms,
        report.counters.packets_received,
        report.counters.packets_sent,
        report.connection_count,
        report.counters.outstanding,
        hex(report.last_zxid),
        report.mode,
        report.node_count);
  if (!report.ensemble || !report.ensemble->leadership) return;
  const BufferSizes& sizes = report.ensemble->leadership->proposals;
  print(out, "Proposal sizes last/min/max: {}/{}/{}\n", sizes.last, sizes.min, sizes.max);
}

void srvr(Text& out, const ServerReport& report) {
  print_version(out, report);
  print_stats(out, report);
}

void stat(Text& out, const ServerReport& report) {
  print_version(out, report);
  print(out, "Clients:\n");
  for_each_connection(report, [&](const shard::ConnectionReport& connection) {
    print_brief(out, connection);
    print(out, ")\n");
  });
  print(out, "\n");
  print_stats(out, report);
}

void cons(Text& out, const ServerReport& report) {
  for_each_connection(
      report, [&](const shard::ConnectionReport& connection) { print_full(out, connection); });
  print(out, "\n");
}

/// A server without a quorum shows no members, and no newline ends the others.
void print_member_config(Text& out, const MemberConfigReport& config, bool with_members) {
  print(out,
        "initLimit={}\nsyncLimit={}\nelectionAlg=3\nelectionPort={}\nquorumPort={}\npeerType={}\n",
        config.init_limit,
        config.sync_limit,
        config.election_ports,
        config.quorum_ports,
        config.is_observer ? 1 : 0);
  if (with_members) print(out, "membership: \n{}", config.membership);
}

void conf(Text& out, const ServerReport& report) {
  const ConfigReport& config = report.config;
  print(out,
        "clientPort={}\nsecureClientPort={}\ndataDir={}\ndataDirSize={}\ndataLogDir={}\n"
        "dataLogSize={}\ntickTime={}\nmaxClientCnxns={}\nminSessionTimeout={}\n"
        "maxSessionTimeout={}\nclientPortListenBacklog={}\nserverId={}\n",
        config.client_port,
        config.secure_client_port,
        config.data_dir,
        report.data_dir_bytes,
        config.data_log_dir,
        report.log_dir_bytes,
        config.tick_time.count(),
        config.connections_per_address_max,
        config.session_timeout_min.count(),
        config.session_timeout_max.count(),
        config.listen_backlog,
        raw(config.server_id));
  if (report.ensemble) print_member_config(out, report.ensemble->config, !report.read_only);
}

void crst(Text& out, const ServerReport&) {
  print(out, "Connection stats reset.\n");
}
void srst(Text& out, const ServerReport&) {
  print(out, "Server stats reset.\n");
}

void dirs(Text& out, const ServerReport& report) {
  print(out, "datadir_size: {}\nlogdir_size: {}\n", report.data_dir_bytes, report.log_dir_bytes);
}

/// Connections by the time at which they are closed if nothing is heard: with their session, or,
/// without one, when the handshake has taken too long.
std::map<std::int64_t, std::vector<const shard::ConnectionReport*>> connections_by_expiry(
    const ServerReport& report) {
  std::map<SessionId, std::int64_t> expiry_of;
  const auto note = [&](const std::vector<ExpiryBucket>& buckets) {
    for (const ExpiryBucket& bucket : buckets) {
      for (const SessionId session : bucket.sessions) expiry_of[session] = bucket.expires_ms;
    }
  };
  note(report.expiry_buckets);
  if (report.local_expiry_buckets) note(*report.local_expiry_buckets);
  std::map<std::int64_t, std::vector<const shard::ConnectionReport*>> sets;
  for_each_connection(report, [&](const shard::ConnectionReport& connection) {
    const auto found = expiry_of.find(connection.session);
    const std::int64_t expires_ms =
        found != expiry_of.end()
            ? found->second
            : connection.established_ms + report.config.handshake_timeout.count();
    sets[expires_ms].push_back(&connection);
  });
  return sets;
}

void print_sessions(Text& out, const std::vector<ExpiryBucket>& buckets) {
  std::size_t sessions = 0;
  for (const ExpiryBucket& bucket : buckets) sessions += bucket.sessions.size();
  print(out, "Session Sets ({})/({}):\n", buckets.size(), sessions);
  for (const ExpiryBucket& bucket : buckets) {
    print(out, "{} expire at {}:\n", bucket.sessions.size(), java_date(bucket.expires_ms));
    for (const SessionId session : bucket.sessions) print(out, "\t{}\n", hex(session));
  }
}

void print_followed_sessions(Text& out, const std::vector<SessionReport>& sessions) {
  print(out, "Global Sessions({}):\n", sessions.size());
  for (const SessionReport& session : sessions) {
    print(out, "{}\t{}ms\n", hex(session.id), session.timeout.count());
  }
}

void dump(Text& out, const ServerReport& report) {
  print(out, "SessionTracker dump:\n");
  if (report.local_expiry_buckets) {
    print(out, "Local ");
    print_sessions(out, *report.local_expiry_buckets);
  }
  if (report.followed_sessions) {
    print_followed_sessions(out, *report.followed_sessions);
  } else {
    if (report.local_expiry_buckets) print(out, "Global ");
    print_sessions(out, report.expiry_buckets);
  }
  print(out, "ephemeral nodes dump:\nSessions with Ephemerals ({}):\n", report.ephemerals.size());
  for (const SessionEphemerals& owner : report.ephemerals) {
    print(out, "{}:\n", hex(owner.session));
    for (const std::string& path : owner.paths) print(out, "\t{}\n", path);
  }
  const auto sets = connections_by_expiry(report);
  print(out,
        "Connections dump:\nConnections Sets ({})/({}):\n",
        sets.size(),
        report.connections.size() + report.secure_connections.size());
  for (const auto& [expires_ms, connections] : sets) {
    print(out, "{} expire at {}:\n", connections.size(), java_date(expires_ms));
    for (const shard::ConnectionReport* connection : connections) {
      print(out, "\tip: /{} sessionId: {}\n", connection->peer, hex(connection->session));
    }
  }
}

void envi(Text& out, const ServerReport& report) {
  print(out, "Environment:\n");
  for (const auto& [name, value] : report.environment) print(out, "{}={}\n", name, value);
}

void trace_mask(Text& out, const ServerReport& report) {
  print(out, "{}", report.trace_mask);
}

void hash(Text& out, const ServerReport& report) {
  for (const DigestRecord& record : report.digests) {
    // Java prints the digest as a signed long.
    print(out,
          "{:x}: {}\n",
          static_cast<std::uint64_t>(record.zxid.value),
          static_cast<std::int64_t>(record.digest));
  }
}

void wchs(Text& out, const ServerReport& report) {
  print(out,
        "{} connections watching {} paths\nTotal watches:{}\n",
        report.watching_connections,
        report.watched_paths,
        report.watches_total);
}

void wchc(Text& out, const ServerReport& report) {
  std::map<SessionId, std::vector<View>> paths_of;
  for (const auto& [session, path] : report.watches) paths_of[session].push_back(path);
  for (const auto& [session, paths] : paths_of) {
    print(out, "{}\n", hex(session));
    for (const View path : paths) print(out, "\t{}\n", path);
  }
  print(out, "\n");
}

void wchp(Text& out, const ServerReport& report) {
  std::map<View, std::vector<SessionId>> sessions_of;
  for (const auto& [session, path] : report.watches) sessions_of[path].push_back(session);
  for (const auto& [path, sessions] : sessions_of) {
    print(out, "{}\n", path);
    for (const SessionId session : sessions) print(out, "\t{}\n", hex(session));
  }
  print(out, "\n");
}

void mntr(Text& out, const ServerReport& report) {
  for (const auto& [name, value] : monitor_values(report)) print(out, "zk_{}\t{}\n", name, value);
}

void ruok(Text& out, const ServerReport&) {
  print(out, "imok");
}

void isro(Text& out, const ServerReport& report) {
  if (!report.serving) return print(out, "null");
  print(out, "{}", report.read_only ? "ro" : "rw");
}

/// Access has no default: a word without a class does not compile.
struct Word {
  View name;
  Access access;
  void (*print)(Text& out, const ServerReport& report);
  bool needs_serving = true;
  Parts parts = {};
};

constexpr Parts kConnections{.connections = true};
constexpr Parts kWatches{.watches = true};
constexpr Parts kDirectories{.directories = true};

constexpr auto kWords = std::to_array<Word>({
    {"conf", Access::ConfidentialRead, conf, true, kDirectories},
    {"cons", Access::ConfidentialRead, cons, true, kConnections},
    {"crst", Access::Change, crst},
    {"dirs", Access::Read, dirs, true, kDirectories},
    {"dump",
     Access::ConfidentialRead,
     dump,
     true,
     {.connections = true, .sessions = true, .ephemerals = true}},
    {"envi", Access::ConfidentialRead, envi, false, {.environment = true}},
    {"gtmk", Access::Read, trace_mask, false},
    {"hash", Access::Read, hash},
    {"isro", Access::Read, isro, false},
    {"mntr", Access::Read, mntr, true, {.metrics = true}},
    {"ruok", Access::Read, ruok, false},
    {"srst", Access::Change, srst},
    {"srvr", Access::Read, srvr},
    {"stat", Access::ConfidentialRead, stat, true, kConnections},
    {"stmk", Access::Change, trace_mask, false},
    {"wchc", Access::ConfidentialRead, wchc, true, kWatches},
    {"wchp", Access::ConfidentialRead, wchp, true, kWatches},
    {"wchs", Access::Read, wchs, true, {.watch_counts = true}},
});

const Word* find(View name) {
  const auto* at = std::ranges::find(kWords, name, &Word::name);
  return at == kWords.end() ? nullptr : at;
}

}  // namespace

Parts parts_of_word(View word) {
  const Word* found = find(word);
  return found == nullptr ? Parts{} : found->parts;
}

Access access_of_word(View word) {
  const Word* found = find(word);
  return found == nullptr ? Access::Change : found->access;
}

std::string answer_word(View word, const ServerReport& report) {
  const Word* found = find(word);
  if (found == nullptr) return {};
  Text out;
  if (found->needs_serving && !report.serving) {
    // The one whose answer has no newline in ZooKeeper.
    print(out, "{}{}", kNotServing, word == "hash" ? "" : "\n");
    return out;
  }
  found->print(out, report);
  return out;
}

}  // namespace paddock::admin
