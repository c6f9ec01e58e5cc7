// SPDX-License-Identifier: Apache-2.0
#include "runtime/admin_shell.h"

#include <charconv>
#include <memory>
#include <utility>

#include <spdlog/spdlog.h>

#include "admin/admin.pb.h"
#include "admin/four_letter_words.h"
#include "admin/message_text.h"
#include "audit/request_note.h"
#include "base/assert.h"
#include "config/principal.h"
#include "console/assets.h"
#include "net/event_loop.h"
#include "runtime/descriptors.h"

namespace paddock::runtime {

namespace {

constexpr const char* kJson = "application/json";
constexpr const char* kProtobuf = "application/x-protobuf";
constexpr std::string_view kConsole = "/console";
constexpr std::string_view kMetrics = "/metrics";
/// The page takes nothing from elsewhere, and nobody shows it inside of another.
constexpr const char* kConsoleHeaders[] = {
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: DENY",
    "Referrer-Policy: no-referrer",
    "Cross-Origin-Opener-Policy: same-origin",
    "Cross-Origin-Resource-Policy: same-origin"};
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

admin::Caller caller_of(const http::Request& request) {
  return {.ip = request.peer.ip,
          .is_local = request.peer.is_local && !http::is_foreign_host(request.header("host")),
          .subject = request.peer.subject,
          .names = request.peer.names,
          .authorization = request.authorization,
          .now = net::read_clocks().wall};
}

unsigned status_of(admin::Verdict verdict) {
  return verdict == admin::Verdict::Unknown ? 401 : 403;
}

/// A browser asks its user when it is told to. The console asks by itself.
void ask_who(http::Response& response, const http::Request& request) {
  if (response.status == 401 && request.header("x-paddock-console").empty()) {
    response.headers = {"WWW-Authenticate: Basic realm=\"paddock\""};
  }
}

/// As the caller wants it.
http::Response response_of(const ApiAnswer& answer, const http::Request& request) {
  if (request.header("accept") == kProtobuf) {
    return {.status = answer.status,
            .content_type = kProtobuf,
            .body = answer.message->SerializeAsString()};
  }
  return {.status = answer.status,
          .content_type = kJson,
          .body = admin::to_json(*answer.message) + "\n"};
}

http::Response refusal_response(unsigned status,
                                const std::string& error,
                                const http::Request& request) {
  auto message = std::make_unique<admin::pb::Refusal>();
  message->set_error(error);
  return response_of({status, std::move(message)}, request);
}

/// *Errors*: what is wrong with it.
Result<> read_request(const http::Request& request, google::protobuf::Message& into) {
  PADDOCK_TRY(admin::from_query(request.query, into));
  if (request.body.empty()) return {};
  if (request.header("content-type") == kProtobuf) {
    if (!into.MergeFromString(request.body))
      return fail("the body is not the message expected here");
    return {};
  }
  return admin::from_json(request.body, into);
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
      api_(reporter_, parts.control),
      authority_(authority_options(parts.config), parts.authenticator),
      handshake_lines_(kHandshakeLinesMax, seconds(1)) {}

Result<> AdminShell::open() {
  auto created = http::Server::create(
      {.idle_timeout = config_.admin.idle_timeout,
       .descriptors_max = descriptors_for_admin(),
       .on_refused = [this](const std::string& ip, const std::string& reason) {
         if (!handshake_lines_.allow(net::read_monotonic())) return;
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
                           if (auto slowed = slow_down(request)) return std::move(*slowed);
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

admin::Decision AdminShell::decide(admin::Access access,
                                   std::string_view what,
                                   const http::Request& request) {
  admin::Decision decision = authority_.decide(access, caller_of(request));
  audit(access, decision, request.peer.ip, what);
  if (decision.verdict != admin::Verdict::Allowed && !request.authorization.empty()) {
    guesses_.on_refused(request.peer.ip, request.authorization, net::read_monotonic());
  }
  return decision;
}

std::optional<http::Response> AdminShell::slow_down(const http::Request& request) const {
  if (request.authorization.empty() || guesses_.may_try(request.peer.ip, net::read_monotonic())) {
    return std::nullopt;
  }
  return http::Response{.status = 429,
                        .body = "too many credentials from this address were refused\n",
                        .headers = {"Retry-After: 1"}};
}

std::optional<http::Response> AdminShell::refuse(admin::Access access,
                                                 std::string_view what,
                                                 const http::Request& request) {
  const admin::Decision decision = decide(access, what, request);
  if (decision.verdict == admin::Verdict::Allowed) return std::nullopt;
  http::Response response{.status = status_of(decision.verdict),
                          .body = admin::refusal(access, decision.verdict, what) + "\n"};
  ask_who(response, request);
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
  if (auto slowed = slow_down(request)) return std::move(*slowed);
  if (auto answered = answer_route(request)) return std::move(*answered);
  if (auto answered = answer_api(request)) return std::move(*answered);
  if (request.path.starts_with(kConsole)) return answer_console(request);
  if (!takes("GET", request.method)) return wrong_method("GET");
  const std::string& base = config_.admin.command_url;
  if (request.path == base || request.path == base + "/") {
    return {.content_type = "text/html; charset=utf-8", .body = admin::command_links(base)};
  }
  if (request.path.starts_with(base + "/")) {
    return answer_command(std::string_view(request.path).substr(base.size() + 1), request);
  }
  return {.status = 404,
          .body = "try /console/, " + base +
                  ", /livez, /readyz, /startupz, /metrics or /admin/member\n"};
}

// --- The admin API.

std::optional<http::Response> AdminShell::answer_api(const http::Request& request) {
  const auto calls = admin::calls_at(request.path);
  if (calls.empty()) return std::nullopt;
  for (const admin::Call* call : calls) {
    if (takes(call->method, request.method)) return make_call(*call, request);
  }
  return wrong_method(calls.front()->method);
}

ApiCaller AdminShell::api_caller(admin::Decision decision, const http::Request& request) const {
  const auto may = [&](admin::Access access) {
    return authority_.decide(access, caller_of(request)).verdict == admin::Verdict::Allowed;
  };
  return {.as_client = {.ip = request.peer.ip,
                        .identities = std::make_shared<const auth::IdentitySet>(
                            std::move(decision.identities))},
          .may_read_confidential = may(admin::Access::ConfidentialRead),
          .may_change = may(admin::Access::Change)};
}

http::Response AdminShell::make_call(const admin::Call& call, const http::Request& request) {
  // What a page of another site has its visitor's browser send, which no site's form can do.
  if (call.method == "POST" && http::is_of_a_browser(request) &&
      request.header("x-paddock-console").empty()) {
    return refusal_response(
        403,
        "a browser must send the header X-Paddock-Console with what changes something",
        request);
  }
  admin::Decision decision = decide(call.access, request.path, request);
  if (decision.verdict != admin::Verdict::Allowed) {
    http::Response response =
        refusal_response(status_of(decision.verdict),
                         admin::refusal(call.access, decision.verdict, request.path),
                         request);
    ask_who(response, request);
    return response;
  }
  std::shared_ptr<google::protobuf::Message> message = admin::new_request(call);
  if (const auto read = read_request(request, *message); !read) {
    return refusal_response(400, read.error().message, request);
  }
  const ApiCaller caller = api_caller(std::move(decision), request);
  if (!AdminApi::waits(call)) return response_of(api_.answer(call, *message, caller), request);
  return answer_by_worker(request, [this, &call, message, caller, request] {
    return response_of(api_.answer(call, *message, caller), request);
  });
}

http::Response AdminShell::answer_by_worker(const http::Request& request,
                                            std::function<http::Response()> answer) {
  return {.later = [this, request, answer = std::move(answer)](const http::Reply& reply) {
    if (worker_->put([answer, reply] { reply(answer()); })) return;
    reply(refusal_response(503, "too many calls wait already: try again later", request));
  }};
}

/// Files that everybody may have: what they show, the page asks for with its user's identity.
http::Response AdminShell::answer_console(const http::Request& request) {
  if (!takes("GET", request.method)) return wrong_method("GET");
  const std::string_view rest = std::string_view(request.path).substr(kConsole.size());
  if (rest.empty()) return {.status = 308, .headers = {"Location: /console/"}};
  const console::Asset* const asset = console::find_asset(rest.substr(1));
  if (rest.front() != '/' || asset == nullptr) return {.status = 404, .body = "try /console/\n"};
  const std::string tag = console::tag_of(*asset);
  http::Response response{.content_type = console::content_type_of(*asset),
                          .headers = {"Cache-Control: no-cache", "ETag: " + tag}};
  for (const char* const header : kConsoleHeaders) response.headers.emplace_back(header);
  if (request.header("if-none-match") == tag) {
    response.status = 304;
  } else {
    response.body = asset->bytes;
  }
  return response;
}

http::Response AdminShell::answer_command(std::string_view name, const http::Request& request) {
  const auto command = admin::find_command(name);
  if (!command) return {.content_type = kJson, .body = admin::answer_unknown(name)};
  const View primary = admin::name_of_command(*command);
  const admin::Access access = admin::access_of_command(*command);
  // ZooKeeper's changes are GET, which any page can have its visitor's browser send.
  if (access == admin::Access::Change && http::is_of_another_site(request)) {
    return {.status = 403,
            .content_type = kJson,
            .body = admin::answer_error(*command, "another site asks for this: ask for it here")};
  }
  auto refused = refuse(access, primary, request);
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
  return {
      .content_type = "text/plain; version=0.0.4; charset=utf-8",
      .body = metrics::to_prometheus(report->metrics,
                                     config_.metrics.total_names ? metrics::TotalNames::Both
                                                                 : metrics::TotalNames::AsTheyAre)};
}

http::Response AdminShell::answer_snapshot(const http::Request& request) {
  return parts_.backups.answer_snapshot(request);
}

http::Response AdminShell::answer_log(const http::Request& request) {
  return answer_by_worker(
      request, [&backups = parts_.backups, request] { return backups.answer_log(request); });
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
