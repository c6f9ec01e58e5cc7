// SPDX-License-Identifier: Apache-2.0
#include "runtime/admin_shell.h"

#include <charconv>
#include <memory>
#include <utility>

#include <spdlog/spdlog.h>

#include "admin/ensemble_commands.h"
#include "admin/four_letter_words.h"
#include "audit/request_note.h"
#include "base/assert.h"
#include "config/principal.h"
#include "net/event_loop.h"
#include "runtime/descriptors.h"

namespace paddock::runtime {

namespace {

constexpr const char* kJson = "application/json";
constexpr std::string_view kMetrics = "/metrics";
/// Lines a second about clients that did not come in.
constexpr int kHandshakeLinesMax = 10;

Result<std::int64_t> trace_mask_of(const http::Request& request) {
  const auto given = request.query.find("traceMask");
  const std::string needed = "setTraceMask requires long traceMask argument";
  if (given == request.query.end()) return fail(needed);
  const std::string& text = given->second;
  std::int64_t mask = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, mask);
  if (error != std::errc{} || at != end) return fail(needed + ", got " + text);
  return mask;
}

/// The server that `to` names; none without it.
Result<std::optional<ServerId>> server_of(const http::Request& request) {
  const auto given = request.query.find("to");
  if (given == request.query.end()) return std::optional<ServerId>{};
  const std::string& text = given->second;
  std::int32_t id = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, id);
  if (error != std::errc{} || at != end || id < 1 || id > 255) {
    return fail("to=" + text + ": expected a server id (1 to 255)");
  }
  return std::optional(ServerId{id});
}

bool takes(std::string_view allowed, std::string_view method) {
  return method == allowed || (allowed == "GET" && method == "HEAD");
}

http::Response wrong_method(std::string_view allowed) {
  const std::string method(allowed);
  return {.status = 405,
          .body = "only " + method + " is possible here\n",
          .headers = {"Allow: " + method + (method == "GET" ? ", HEAD" : "")}};
}

std::string_view shown(http::Speech speech) {
  switch (speech) {
    case http::Speech::Plain:
      return "";
    case http::Speech::Tls:
      return " with TLS";
    case http::Speech::Either:
      return " with or without TLS";
  }
  PADDOCK_UNREACHABLE();
}

std::vector<admin::Rule> rules_of(const std::vector<std::string>& principals) {
  std::vector<admin::Rule> rules;
  for (const std::string& text : principals) {
    const auto principal = config::parse_principal(text);
    PADDOCK_ASSERT(principal.has_value());
    rules.push_back({principal->scheme, principal->id});
  }
  return rules;
}

admin::AuthorityOptions authority_options(const config::ServerConfig& config) {
  return {.readers = rules_of(config.admin.readers),
          .operators = rules_of(config.admin.operators),
          .trust_loopback = config.admin.trust_loopback};
}

}  // namespace

AdminShell::AdminShell(const AdminParts& parts, Reporter reporter)
    : parts_(parts),
      config_(parts.config),
      reporter_(std::move(reporter)),
      authority_(authority_options(parts.config), parts.authenticator),
      handshake_lines_(kHandshakeLinesMax, seconds(1)) {}

Result<> AdminShell::open() {
  auto created = http::Server::create(
      {.idle_timeout = config_.admin.idle_timeout,
       .descriptors_max = descriptors_for_admin(),
       .on_refused = [this](const std::string& ip, const std::string& reason) {
         if (!handshake_lines_.allow(net::read_clocks().monotonic)) return;
         spdlog::warn("a TLS connection from {} to the admin server was refused: {}", ip, reason);
       }});
  PADDOCK_TRY(created);
  http_ = std::move(*created);
  if (config_.admin.enabled) PADDOCK_TRY(open_admin());
  return open_metrics();
}

Result<> AdminShell::open_admin() {
  const config::AdminConfig& admin = config_.admin;
  const auto speech = admin.force_https        ? http::Speech::Tls
                      : admin.port_unification ? http::Speech::Either
                                               : http::Speech::Plain;
  const auto port = http_->listen(
      admin.listen.host,
      admin.listen.port,
      {.handler = [this](const http::Request& request) { return answer_admin(request); },
       .speech = speech,
       .context =
           [tls = parts_.admin_tls] {
             return tls->in_force();
           }});
  PADDOCK_TRY(port);
  spdlog::info("admin server on port {}{}: {}, /livez, /readyz, /startupz, /metrics",
               *port,
               shown(speech),
               admin.command_url);
  return {};
}

Result<> AdminShell::open_metrics() {
  const config::MetricsConfig& metrics = config_.metrics;
  if (metrics.listen && metrics.listen == metrics.secure_listen) {
    return listen_metrics(*metrics.listen, http::Speech::Either);
  }
  if (metrics.listen) PADDOCK_TRY(listen_metrics(*metrics.listen, http::Speech::Plain));
  if (metrics.secure_listen) return listen_metrics(*metrics.secure_listen, http::Speech::Tls);
  return {};
}

Result<> AdminShell::listen_metrics(const config::Endpoint& at, http::Speech speech) {
  const auto port =
      http_->listen(at.host,
                    at.port,
                    {.handler =
                         [this](const http::Request& request) {
                           if (request.path == kMetrics) return *answer_route(request);
                           return http::Response{.status = 404, .body = "only /metrics is here\n"};
                         },
                     .speech = speech,
                     .context =
                         [tls = parts_.metrics_tls] {
                           return tls->in_force();
                         }});
  PADDOCK_TRY(port);
  spdlog::info("metrics on port {}{}: /metrics", *port, shown(speech));
  return {};
}

// --- Who may.

std::optional<http::Response> AdminShell::refuse(admin::Access access,
                                                 std::string_view what,
                                                 const http::Request& request) {
  const admin::Decision decision = authority_.decide(access,
                                                     {.ip = request.peer.ip,
                                                      .is_local = request.peer.is_local,
                                                      .subject = request.peer.subject,
                                                      .names = request.peer.names,
                                                      .authorization = request.authorization,
                                                      .now = net::read_clocks().wall});
  audit(access, decision, request.peer.ip, what);
  if (decision.verdict == admin::Verdict::Allowed) return std::nullopt;
  http::Response response{.status = decision.verdict == admin::Verdict::Unknown ? 401U : 403U,
                          .body = admin::refusal(access, decision.verdict, what) + "\n"};
  if (response.status == 401) response.headers = {"WWW-Authenticate: Basic realm=\"paddock\""};
  return response;
}

bool AdminShell::is_permitted(const shard::Command& command) {
  const admin::Access access = admin::access_of_word(command.word);
  const admin::Decision decision = authority_.decide(access,
                                                     {.ip = command.ip,
                                                      .is_local = http::is_loopback(command.ip),
                                                      .subject = command.subject,
                                                      .names = command.names,
                                                      .authorization = {},
                                                      .now = {}});
  audit(access, decision, command.ip, command.word);
  return decision.verdict == admin::Verdict::Allowed;
}

void AdminShell::audit(admin::Access access,
                       const admin::Decision& decision,
                       std::string_view ip,
                       std::string_view what) {
  const bool is_allowed = decision.verdict == admin::Verdict::Allowed;
  if (parts_.audit_log == nullptr || (is_allowed && access != admin::Access::Change)) return;
  parts_.audit_log->put(
      {.at = net::read_clocks().wall,
       .users = audit::users_of(decision.identities.view()),
       .ip = std::string(ip),
       .operation = audit::Operation::AdminCommand,
       .command = std::string(what),
       .outcome = is_allowed ? audit::Outcome::Invoked : audit::Outcome::Failure});
}

// --- Four-letter words.

void AdminShell::on_command(const shard::Command& command) {
  http_->post([this, command] {
    ShardIo& io = reporter_.shard_of(command.connection);
    auto text = std::make_shared<std::string>(answer_word(command));
    io.loop().post([&io, id = command.connection, text] { io.answer(id, *text); });
  });
}

std::string AdminShell::answer_word(const shard::Command& command) {
  if (!is_permitted(command)) {
    return admin::refusal(
               admin::access_of_word(command.word), admin::Verdict::Forbidden, command.word) +
           "\n";
  }
  if (command.word == "crst") reporter_.reset_connection_counters();
  if (command.word == "srst") reporter_.reset_counters();
  if (command.word == "stmk") reporter_.set_trace_mask(command.argument);
  const auto report = reporter_.gather(admin::parts_of_word(command.word));
  if (!report) return report.error().message + "\n";
  return admin::answer_word(command.word, report->report);
}

// --- Routes.

const AdminShell::Route AdminShell::kRoutes[] = {
    {"/livez", admin::Access::Probe, "GET", &AdminShell::answer_live},
    {"/readyz", admin::Access::Probe, "GET", &AdminShell::answer_ready},
    {"/startupz", admin::Access::Probe, "GET", &AdminShell::answer_ready},
    {kMetrics, admin::Access::Read, "GET", &AdminShell::answer_metrics},
    {"/admin/member", admin::Access::Read, "GET", &AdminShell::answer_member},
    {"/admin/transfer-leader", admin::Access::Change, "POST", &AdminShell::answer_transfer},
    {"/admin/snapshot", admin::Access::Change, "GET", &AdminShell::answer_snapshot},
    {"/admin/log", admin::Access::Change, "GET", &AdminShell::answer_log},
};

/// Under ZooKeeper's names.
const AdminShell::Route AdminShell::kBackupCommands[] = {
    {"/snapshot", admin::Access::Change, "GET", &AdminShell::answer_snapshot},
    {"/restore", admin::Access::Change, "POST", &AdminShell::answer_restore},
};

/// Nothing: it has none.
std::optional<http::Response> AdminShell::answer_route(const http::Request& request) {
  if (auto answered = answer_one_of(kRoutes, request.path, request)) return answered;
  const std::string& base = config_.admin.command_url;
  if (!request.path.starts_with(base)) return std::nullopt;
  return answer_one_of(
      kBackupCommands, std::string_view(request.path).substr(base.size()), request);
}

std::optional<http::Response> AdminShell::answer_one_of(std::span<const Route> routes,
                                                        std::string_view path,
                                                        const http::Request& request) {
  for (const Route& route : routes) {
    if (path != route.path) continue;
    if (!takes(route.method, request.method)) return wrong_method(route.method);
    auto refused = refuse(route.access, route.path, request);
    return refused ? std::move(*refused) : (this->*route.answer)(request);
  }
  return std::nullopt;
}

http::Response AdminShell::answer_admin(const http::Request& request) {
  if (auto answered = answer_route(request)) return std::move(*answered);
  if (!takes("GET", request.method)) return wrong_method("GET");
  const std::string& base = config_.admin.command_url;
  if (request.path == base || request.path == base + "/") {
    return {.content_type = "text/html; charset=utf-8", .body = admin::command_links(base)};
  }
  if (request.path.starts_with(base + "/")) {
    return answer_command(std::string_view(request.path).substr(base.size() + 1), request);
  }
  return {.status = 404,
          .body = "try " + base + ", /livez, /readyz, /startupz, /metrics or /admin/member\n"};
}

http::Response AdminShell::answer_command(std::string_view name, const http::Request& request) {
  const auto command = admin::find_command(name);
  if (!command) return {.content_type = kJson, .body = admin::answer_unknown(name)};
  const View primary = admin::name_of_command(*command);
  auto refused = refuse(admin::access_of_command(*command), primary, request);
  if (!refused) return run_command(*command, request);
  refused->body.pop_back();
  refused->body = admin::answer_error(*command, refused->body);
  refused->content_type = kJson;
  return std::move(*refused);
}

http::Response AdminShell::run_command(admin::CommandKind command, const http::Request& request) {
  const auto failed = [&](const Error& error) -> http::Response {
    return {.content_type = kJson, .body = admin::answer_error(command, error.message)};
  };
  if (command == admin::CommandKind::ConnectionStatReset) reporter_.reset_connection_counters();
  if (command == admin::CommandKind::StatReset) reporter_.reset_counters();
  if (command == admin::CommandKind::SetTraceMask) {
    const Result<std::int64_t> mask = trace_mask_of(request);
    if (!mask) return failed(mask.error());
    reporter_.set_trace_mask(*mask);
  }
  const auto report = reporter_.gather(admin::parts_of_command(command));
  if (!report) return failed(report.error());
  return {.content_type = kJson, .body = admin::answer_command(command, report->report)};
}

http::Response AdminShell::answer_metrics(const http::Request& /*request*/) {
  const auto report = reporter_.gather({.metrics = true});
  if (!report) return {.status = 503, .body = report.error().message + "\n"};
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
          .body = metrics::to_prometheus(report->metrics)};
}

http::Response AdminShell::answer_member(const http::Request& /*request*/) {
  const auto report = reporter_.gather({});
  if (!report) return {.status = 503, .body = report.error().message + "\n"};
  return {.content_type = kJson, .body = admin::member_page(report->report)};
}

http::Response AdminShell::answer_transfer(const http::Request& request) {
  const auto to = server_of(request);
  if (!to) return {.status = 400, .body = to.error().message + "\n"};
  const auto begun = reporter_.transfer_leadership(*to);
  if (!begun) return {.status = 409, .body = begun.error().message + "\n"};
  return {.status = 202, .body = "begun; /admin/member says who leads\n"};
}

http::Response AdminShell::answer_snapshot(const http::Request& request) {
  return parts_.backups->answer_snapshot(request);
}

http::Response AdminShell::answer_log(const http::Request& request) {
  return parts_.backups->answer_log(request);
}

http::Response AdminShell::answer_restore(const http::Request& request) {
  return BackupSource::answer_restore(request);
}

http::Response AdminShell::answer_live(const http::Request& /*request*/) {
  if (!reporter_.is_alive()) return {.status = 503, .body = "the core loop does not answer\n"};
  return {.status = 200, .body = "alive\n"};
}

http::Response AdminShell::answer_ready(const http::Request& request) {
  http::Response live = answer_live(request);
  if (live.status != 200) return live;
  if (!reporter_.is_ready()) {
    return {.status = 503, .body = "clients are not served: /admin/member says how it stands\n"};
  }
  return {.status = 200, .body = "ready\n"};
}

}  // namespace paddock::runtime
