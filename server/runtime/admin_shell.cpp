// SPDX-License-Identifier: Apache-2.0
#include "runtime/admin_shell.h"

#include <charconv>
#include <memory>
#include <utility>

#include <spdlog/spdlog.h>

#include "admin/commands.h"
#include "admin/ensemble_commands.h"
#include "admin/four_letter_words.h"
#include "runtime/descriptors.h"

namespace paddock::runtime {

namespace {

constexpr const char* kJson = "application/json";

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

}  // namespace

AdminShell::AdminShell(const config::ServerConfig& config, Reporter reporter)
    : config_(config),
      reporter_(std::move(reporter)),
      http_({.idle_timeout = config.admin.idle_timeout,
             .descriptors_max = descriptors_for_admin()}) {}

Result<> AdminShell::open() {
  if (config_.admin.enabled) {
    const auto port = http_.listen(
        config_.admin.listen.host, config_.admin.listen.port, [this](const http::Request& request) {
          return answer_admin(request);
        });
    PADDOCK_TRY(port);
    spdlog::info("admin server on port {}: {}, /livez, /readyz, /startupz, /metrics",
                 *port,
                 config_.admin.command_url);
  }
  if (config_.metrics.provider == config::MetricsProvider::Prometheus && config_.metrics.listen) {
    const auto port = http_.listen(config_.metrics.listen->host,
                                   config_.metrics.listen->port,
                                   [this](const http::Request& request) {
                                     return request.path == "/metrics"
                                                ? answer_metrics()
                                                : http::Response{.status = 404,
                                                                 .body = "only /metrics is here\n"};
                                   });
    PADDOCK_TRY(port);
    spdlog::info("metrics on port {}: /metrics", *port);
  }
  return {};
}

void AdminShell::on_command(const shard::Command& command) {
  http_.post([this, command] {
    ShardIo& io = reporter_.shard_of(command.connection);
    auto text = std::make_shared<std::string>(answer_word(command));
    io.loop().post([&io, id = command.connection, text] { io.answer(id, *text); });
  });
}

std::string AdminShell::answer_word(const shard::Command& command) {
  if (command.word == "crst") reporter_.reset_connection_counters();
  if (command.word == "srst") reporter_.reset_counters();
  if (command.word == "stmk") reporter_.set_trace_mask(command.argument);
  const auto report = reporter_.gather(admin::parts_of_word(command.word));
  if (!report) return report.error().message + "\n";
  return admin::answer_word(command.word, report->report);
}

http::Response AdminShell::answer_admin(const http::Request& request) {
  if (request.path == "/admin/transfer-leader") return answer_transfer(request);
  if (request.method != "GET" && request.method != "HEAD") {
    return {.status = 405, .body = "only GET is possible here\n"};
  }
  if (request.path == "/livez") return answer_probe(false);
  if (request.path == "/readyz" || request.path == "/startupz") return answer_probe(true);
  if (request.path == "/metrics") return answer_metrics();
  if (request.path == "/admin/member") return answer_member();
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
  if (*command == admin::CommandKind::ConnectionStatReset) reporter_.reset_connection_counters();
  if (*command == admin::CommandKind::StatReset) reporter_.reset_counters();
  if (*command == admin::CommandKind::SetTraceMask) {
    const Result<std::int64_t> mask = trace_mask_of(request);
    if (!mask)
      return {.content_type = kJson, .body = admin::answer_error(*command, mask.error().message)};
    reporter_.set_trace_mask(*mask);
  }
  const auto report = reporter_.gather(admin::parts_of_command(*command));
  if (!report)
    return {.content_type = kJson, .body = admin::answer_error(*command, report.error().message)};
  return {.content_type = kJson, .body = admin::answer_command(*command, report->report)};
}

http::Response AdminShell::answer_metrics() {
  const auto report = reporter_.gather({.metrics = true});
  if (!report) return {.status = 503, .body = report.error().message + "\n"};
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
          .body = metrics::to_prometheus(report->metrics)};
}

http::Response AdminShell::answer_member() {
  const auto report = reporter_.gather({});
  if (!report) return {.status = 503, .body = report.error().message + "\n"};
  return {.content_type = kJson, .body = admin::member_page(report->report)};
}

/// Only for this machine, since nobody says who asks.
http::Response AdminShell::answer_transfer(const http::Request& request) {
  if (request.method != "POST") return {.status = 405, .body = "only POST is possible here\n"};
  if (!request.is_local) return {.status = 403, .body = "only from the server's own machine\n"};
  const auto to = server_of(request);
  if (!to) return {.status = 400, .body = to.error().message + "\n"};
  const auto begun = reporter_.transfer_leadership(*to);
  if (!begun) return {.status = 409, .body = begun.error().message + "\n"};
  return {.status = 202, .body = "begun; /admin/member says who leads\n"};
}

http::Response AdminShell::answer_probe(bool needs_serving) {
  if (!reporter_.is_alive()) return {.status = 503, .body = "the core loop does not answer\n"};
  if (needs_serving && !reporter_.is_ready()) {
    return {.status = 503, .body = "clients are not served: /admin/member says how it stands\n"};
  }
  return {.status = 200, .body = needs_serving ? "ready\n" : "alive\n"};
}

}  // namespace paddock::runtime
