// SPDX-License-Identifier: Apache-2.0
//
// What answers from outside the client protocol: four-letter words, and the routes of the admin and
// metrics ports (/commands/*, /admin/*, /console/*, /livez, /readyz, /startupz, /metrics). All but
// what waits for a quorum or the disk runs on the HTTP server's thread. Probes have no side
// effects. Whoever asks for anything passes one Authority, before anything happens.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "admin/authority.h"
#include "admin/commands.h"
#include "admin/guess_limit.h"
#include "config/server_config.h"
#include "http/server.h"
#include "runtime/admin_api.h"
#include "runtime/admin_worker.h"
#include "runtime/audit_log.h"
#include "runtime/backup_source.h"
#include "runtime/log_rate.h"
#include "runtime/reporter.h"
#include "runtime/tls_credentials.h"

namespace paddock::runtime {

/// What the shell needs of the server; all of it outlives the shell.
struct AdminParts {
  const config::ServerConfig& config;
  const auth::Authenticator& authenticator;
  ServerControl& control;
  BackupSource& backups;
  AuditLog* audit_log;          // null: there is none
  TlsCredentials* admin_tls;    // null: the port does not speak TLS
  TlsCredentials* metrics_tls;  // the same
};

class AdminShell {
 public:
  AdminShell(const AdminParts& parts, Reporter reporter);
  ~AdminShell() {
    api_.stop();
    worker_.reset();
  }
  AdminShell(const AdminShell&) = delete;
  AdminShell& operator=(const AdminShell&) = delete;

  /// Opens the configured listeners. *Errors*: a port that cannot be used.
  [[nodiscard]] Result<> open();
  void start() {
    worker_.emplace();
    http_->start();
  }
  /// A shard's thread: a word to be answered to its connection.
  void on_command(const shard::Command& command);

 private:
  /// Something that can be asked for; a route without a class does not compile.
  struct Route {
    std::string_view path;
    admin::Access access;
    std::string_view method;  // GET is HEAD as well
    http::Response (AdminShell::*answer)(const http::Request& request);
  };
  static const Route kRoutes[];
  static const Route kBackupCommands[];

  [[nodiscard]] Result<> open_admin();
  [[nodiscard]] Result<> open_metrics();
  [[nodiscard]] Result<> listen_metrics(const config::Endpoint& at, http::Speech speech);

  /// Nothing: its credentials are looked at. Else what is said.
  [[nodiscard]] std::optional<http::Response> slow_down(const http::Request& request) const;
  /// Whether it may. What is refused, and what changes something, is audited.
  [[nodiscard]] admin::Decision decide(admin::Access access,
                                       std::string_view what,
                                       const http::Request& request);
  /// Nothing: it may. Else what is said.
  [[nodiscard]] std::optional<http::Response> refuse(admin::Access access,
                                                     std::string_view what,
                                                     const http::Request& request);
  [[nodiscard]] bool is_permitted(const shard::Command& command);
  void audit(admin::Access access,
             const admin::Decision& decision,
             std::string_view ip,
             std::string_view what);

  [[nodiscard]] std::string answer_word(const shard::Command& command);
  [[nodiscard]] std::optional<http::Response> answer_route(const http::Request& request);
  [[nodiscard]] std::optional<http::Response> answer_one_of(std::span<const Route> routes,
                                                            std::string_view path,
                                                            const http::Request& request);
  [[nodiscard]] http::Response answer_admin(const http::Request& request);
  /// Nothing: there is no such call.
  [[nodiscard]] std::optional<http::Response> answer_api(const http::Request& request);
  [[nodiscard]] http::Response make_call(const admin::Call& call, const http::Request& request);
  [[nodiscard]] ApiCaller api_caller(admin::Decision decision, const http::Request& request) const;
  /// What waits for others is answered by the worker.
  [[nodiscard]] http::Response answer_by_worker(const http::Request& request,
                                                std::function<http::Response()> answer);
  [[nodiscard]] http::Response answer_console(const http::Request& request);
  [[nodiscard]] http::Response answer_command(std::string_view name, const http::Request& request);
  [[nodiscard]] http::Response run_command(admin::CommandKind command,
                                           const http::Request& request);
  [[nodiscard]] http::Response answer_metrics(const http::Request& request);
  [[nodiscard]] http::Response answer_snapshot(const http::Request& request);
  [[nodiscard]] http::Response answer_log(const http::Request& request);
  [[nodiscard]] http::Response answer_restore(const http::Request& request);
  [[nodiscard]] http::Response answer_live(const http::Request& request);
  [[nodiscard]] http::Response answer_ready(const http::Request& request);

  AdminParts parts_;
  const config::ServerConfig& config_;
  Reporter reporter_;
  AdminApi api_;
  admin::Authority authority_;
  admin::GuessLimit guesses_;
  LogRate handshake_lines_;
  std::unique_ptr<http::Server> http_;
  /// Ends first: it answers through the HTTP server.
  std::optional<AdminWorker> worker_;
};

}  // namespace paddock::runtime
