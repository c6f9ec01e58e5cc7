// SPDX-License-Identifier: Apache-2.0
//
// Gathers what the admin commands show from the threads that own it: each is asked through its loop
// and answers between two turns. Called on the admin thread, which may wait; a thread that does not
// answer in time makes the report fail, which is what a liveness probe wants to know.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin/server_report.h"
#include "base/error.h"
#include "config/server_config.h"
#include "metrics/windows.h"
#include "runtime/audit_log.h"
#include "runtime/background.h"
#include "runtime/client_ports.h"
#include "runtime/core.h"
#include "runtime/gathered.h"
#include "runtime/limit_keeper.h"
#include "runtime/memory_budget.h"
#include "runtime/recovery.h"
#include "runtime/reload_desk.h"
#include "runtime/shard_io.h"
#include "runtime/stall_monitor.h"
#include "runtime/tls_credentials.h"

namespace paddock::runtime {

/// What a report is made of. All outlive the reporter.
struct ReportSources {
  const config::ServerConfig& config;
  gate::SharedTree& tree;
  std::size_t slot;  // the reporter's own
  Core& core;
  std::vector<ShardIo*> shards;
  LogThread& log;
  Background& background;
  ClientPorts& ports;
  const LimitKeeper& limits;
  const ReloadDesk& reloads;
  const MemoryBudget& memory;  // the core's
  const StallMonitor& stalls;  // the core's
  const AuditLog* audit_log;   // null: there is none
  /// By whom each is for: "clients".
  std::vector<std::pair<std::string, const TlsCredentials*>> certificates;
  std::string disk_id;  // bytes
  StartReport start;
  MonotonicTime started;
};

class Reporter {
 public:
  explicit Reporter(ReportSources sources)
      : sources_(std::move(sources)), windows_(sources_.config.metrics.summary_rotate) {}

  /// *Errors*: a thread did not answer. Parts::metrics fills `metrics` too.
  [[nodiscard]] Result<Gathered> gather(const admin::Parts& parts);
  /// Hands leadership over to `to`, or to the best one; it has begun when this returns. *Errors*:
  /// why not.
  [[nodiscard]] Result<> transfer_leadership(std::optional<ServerId> to);
  struct ConfigurationVersions {
    std::int64_t committed = 0;
    std::int64_t activated = 0;
  };
  /// Any of the admin server's threads; nothing inside: standalone. *Errors*: the core did not
  /// answer.
  [[nodiscard]] Result<std::optional<ConfigurationVersions>> configuration_versions();
  [[nodiscard]] const config::ServerConfig& config() const { return sources_.config; }
  /// Of the data directory, in hexadecimal.
  [[nodiscard]] std::string disk_id() const;
  /// As it was at the start, but for what a reload changes.
  [[nodiscard]] config::ServerConfig config_in_force() const;
  /// What is allowed for each reader of the tree is allowed here on the admin thread.
  [[nodiscard]] gate::SharedTree::ReadGate read_tree() { return sources_.tree.read(sources_.slot); }
  [[nodiscard]] std::vector<admin::CertificateReport> certificates() const;
  /// Whether clients had better come here.
  [[nodiscard]] bool is_ready();
  /// Whether the core's loop takes turns.
  [[nodiscard]] bool is_alive();

  void reset_counters();
  void reset_connection_counters();
  void set_trace_mask(std::int64_t mask) { trace_mask_ = mask; }

  [[nodiscard]] ShardIo& shard_of(ConnectionId id) const;

 private:
  [[nodiscard]] Result<> ask_core(const admin::Parts& parts, Gathered& into);
  [[nodiscard]] Result<> ask_shard(ShardIo& shard, const admin::Parts& parts, Gathered& into);
  void report_tree(const admin::Parts& parts, Gathered& into);
  void read_config(admin::ServerReport& report) const;
  void read_process(const admin::Parts& parts, admin::ServerReport& report) const;
  [[nodiscard]] admin::SnapshotReport last_snapshot() const;
  void add_metrics(Gathered& into);
  void tell_shards(const std::function<void(shard::Shard&)>& what);

  ReportSources sources_;
  metrics::Windows windows_;
  std::int64_t trace_mask_ = 306;
};

}  // namespace paddock::runtime
