// SPDX-License-Identifier: Apache-2.0
#include "config/fields.h"
#include "config/key_table.h"
#include "config/limit_field.h"

namespace paddock::config {
namespace {

using enum KeyClass;
using enum Support;
using S = ServerConfig;

constexpr ChoiceNames<LogFormat, 2> kLogFormats{{
    {"text", LogFormat::Text},
    {"json", LogFormat::Json},
}};

constexpr ChoiceNames<LogLevel, 7> kLogLevels{{
    {"trace", LogLevel::Trace},
    {"debug", LogLevel::Debug},
    {"info", LogLevel::Info},
    {"warn", LogLevel::Warn},
    {"warning", LogLevel::Warn},
    {"error", LogLevel::Error},
    {"fatal", LogLevel::Error},
}};

/// The hash of a digest is worth guessing at.
template <auto Member>
consteval Field principals() {
  Field made = field<Principals, &S::admin, Member>();
  made.secret = true;
  return made;
}

struct Memory {
  static std::string allowed() { return "a number of bytes, or of percent as 80%"; }
  static bool parse(std::string_view text, MemoryLimit& target) {
    target = {};
    const bool is_percent = text.ends_with('%');
    if (is_percent) return Number<1, 100>::parse(text.substr(0, text.size() - 1), target.percent);
    return Number<0, kLongMax>::parse(text, target.bytes);
  }
  static std::string show(const MemoryLimit& value) {
    return value.percent > 0 ? fmt::format("{}%", value.percent) : fmt::format("{}", value.bytes);
  }
};

constexpr std::int64_t kMegabyte = 1024 * 1024;

template <auto Member>
consteval Field jwt() {
  return field<Text, &S::auth, &AuthConfig::jwt, Member>();
}

constexpr Key kKeys[] = {
    {"paddock.ioThreads",
     Own,
     Honoured,
     field<Number<-1, 256>, &S::process, &ProcessConfig::io_threads>(),
     "",
     "Threads that serve clients; 0 serves them from the core's own, -1 takes as many as the "
     "machine suggests."},
    {"paddock.configurationLabel",
     Own,
     Honoured,
     field<Text, &S::process, &ProcessConfig::configuration_label>(),
     "",
     "Any text. `GET /admin/member` says which of the file last read is in force, so that whoever "
     "writes the file knows that it was read; taken by a reload."},
    {"paddock.logFormat",
     Own,
     Honoured,
     field<Choice<kLogFormats>, &S::process, &ProcessConfig::log_format>(),
     "",
     "Form of the log's lines: `text` or `json`."},
    {"paddock.logLevel",
     Own,
     Honoured,
     field<Choice<kLogLevels>, &S::process, &ProcessConfig::log_level>(),
     "",
     "Least severity that is logged: `trace`, `debug`, `info`, `warn` or `error`."},
    {"paddock.slowOperationThresholdMs",
     Own,
     Honoured,
     field<Millis<0>, &S::process, &ProcessConfig::slow_operation_threshold>(),
     "",
     "Milliseconds from which a request is logged as slow; 0 is never."},
    {"paddock.shutdownGraceMs",
     Own,
     Honoured,
     field<Millis<0>, &S::process, &ProcessConfig::shutdown_grace>(),
     "",
     "Milliseconds in which requests in flight are answered when the server is told to stop."},
    {"paddock.drainMs",
     Own,
     Honoured,
     field<Millis<0>, &S::process, &ProcessConfig::drain>(),
     "",
     "Milliseconds over which a member of an ensemble that is told to stop sends its clients to "
     "others."},
    {"paddock.linearizableReads",
     Own,
     Honoured,
     field<Flag, &S::features, &FeatureConfig::linearizable_reads>(),
     "",
     "Whether every read waits until a quorum has said that nothing newer was acknowledged before; "
     "else only those of clients that ask for it."},
    {"paddock.followersFeedObservers",
     Own,
     Honoured,
     field<Flag, &S::ensemble, &EnsembleConfig::feed_by_followers>(),
     "",
     "A leader leaves it to its followers to send observers what is written."},
    {"paddock.jwt.keys",
     Own,
     Honoured,
     jwt<&JwtConfig::keys_file>(),
     "none",
     "File of a JSON Web Key Set: clients may authenticate by tokens (scheme `jwt`) that one of "
     "its "
     "keys has signed. A changed file is taken up."},
    {"paddock.jwt.issuer",
     Own,
     Honoured,
     jwt<&JwtConfig::issuer>(),
     "none",
     "Their issuer, `iss`."},
    {"paddock.jwt.audience",
     Own,
     Honoured,
     jwt<&JwtConfig::audience>(),
     "none",
     "Whom they must be for, `aud`: a name that only this ensemble has."},
    {"paddock.jwt.superUser",
     Own,
     Honoured,
     jwt<&JwtConfig::super_user>(),
     "none",
     "Subject, `sub`, of the super user, whom no ACL stops."},
    {"paddock.admin.clientAuth",
     Own,
     Honoured,
     field<Choice<kClientAuthNames>, &S::admin, &AdminConfig::client_auth>(),
     "",
     "Whether the admin port asks its clients that speak TLS for certificates: `none`, `want` or "
     "`need`."},
    {"paddock.admin.readers",
     Own,
     Honoured,
     principals<&AdminConfig::readers>(),
     "",
     "Who may see what is confidential on the admin port and by four-letter words: ids as in ACLs, "
     "between semicolons."},
    {"paddock.admin.operators",
     Own,
     Honoured,
     principals<&AdminConfig::operators>(),
     "none",
     "Who may change something there, besides clients on the server's own machine. They may see "
     "everything, too."},
    {"paddock.admin.trustLoopback",
     Own,
     Honoured,
     field<Flag, &S::admin, &AdminConfig::trust_loopback>(),
     "",
     "Clients on the server's own machine may see and change everything. Say false if a proxy runs "
     "there."},
    {"paddock.metricsJvmNames",
     Own,
     Honoured,
     field<Flag, &S::metrics, &MetricsConfig::jvm_names>(),
     "",
     "`/metrics` has `jvm_memory_bytes_used` and `jvm_memory_bytes_max`, too, so that alerts on "
     "these go on working; not without `metricsProvider.exportJvmInfo`."},
    {"paddock.metricsTotalNames",
     Own,
     Honoured,
     field<Flag, &S::metrics, &MetricsConfig::total_names>(),
     "",
     "`/metrics` has ZooKeeper's counters under the names of 3.10, too, which end with `_total`."},
    {"paddock.limit.N",
     Own,
     Honoured,
     {&allowed_client_limit, &parse_client_limit, &show_client_limits},
     "none",
     "Limits of some clients together: N is a name, a dot, and `match`, `requestsPerSecond`, "
     "`bytesPerSecond`, `connections`, `watches`, `sessions` or `ephemerals` "
     "([limits.md](limits.md))."},
    {"paddock.memoryLimit",
     Own,
     Honoured,
     field<Memory, &S::limits, &LimitConfig::memory>(),
     "",
     "Memory, in bytes or in percent of what the control group or the machine has, from which no "
     "new sessions and watches are taken; 0 is no limit ([limits.md](limits.md))."},
    {"paddock.reserveFileSizeInMb",
     Own,
     Honoured,
     field<Size<kMegabyte, 0>, &S::storage, &StorageConfig::reserve_file_bytes>(),
     "",
     "Megabytes held back on the disk, so that a full one can be recovered from."},
    {"paddock.minFreeSpaceInMb",
     Own,
     Honoured,
     field<Size<kMegabyte, 0>, &S::storage, &StorageConfig::free_bytes_min>(),
     "",
     "Megabytes of free disk below which writes are refused."},
};

}  // namespace

std::span<const Key> own_keys() {
  return kKeys;
}

}  // namespace paddock::config
