// SPDX-License-Identifier: Apache-2.0
#include "manager/manager.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <unistd.h>

#include "base/number_text.h"
#include "base/version.h"
#include "control/controller.h"
#include "http/server.h"
#include "kube/discovery.h"
#include "kube/elector.h"
#include "kube/event_sink.h"
#include "kube/requests.h"
#include "kube_client/client.h"
#include "kube_client/clock_loop.h"
#include "manager/log_text.h"
#include "manager/member_client.h"
#include "manager/numbers.h"

namespace paddock::manager {
namespace {

namespace asio = boost::asio;

/// Writes end while the Lease is still ours for so long.
constexpr seconds kLeaseMargin{2};

std::string random_text(std::size_t bytes) {
  std::string chance(bytes, '\0');
  auto* const octets = reinterpret_cast<unsigned char*>(chance.data());
  return ::RAND_bytes(octets, static_cast<int>(bytes)) == 1 ? to_hex(chance) : std::string();
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "paddock-operator";
}

class Log {
 public:
  explicit Log(const Options& options)
      : is_json_(options.log_format == "json"), least_(rank(options.log_level)) {}

  void say(std::string_view level, std::string_view message, Fields fields) const {
    if (rank(level) < least_) return;
    const WallTime now = kube::machine_now().wall;
    const std::string line =
        is_json_ ? json_line(now, level, message, fields) : text_line(now, level, message, fields);
    std::fputs((line + "\n").c_str(), stderr);
  }

 private:
  static int rank(std::string_view level) {
    if (level == "debug") return 0;
    if (level == "info") return 1;
    return level == "warn" ? 2 : 3;
  }

  bool is_json_;
  int least_;
};

class Manager {
 public:
  Manager(const Options& options, kube::ClusterAccess access)
      : options_(options),
        log_(options),
        identity_(host_name() + "_" + random_text(8)),
        ns_(access.ns),
        client_(io_, std::move(access), client_options()),
        members_(io_),
        loop_(io_) {}

  int run() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) end(0, "asked to");
    });
    if (const auto opened = listen(); !opened) {
      log_.say("error", opened.error().message, {});
      return 1;
    }
    discover();
    io_.run();
    return exit_code_;
  }

 private:
  kube::ClientOptions client_options() {
    return {.user_agent = fmt::format("paddock-operator/{}", kVersion),
            .seed = seed(),
            .on_warning = [this](const std::string& text) { log_.say("warn", text, {}); },
            .on_attempt =
                [this](const kube::AttemptReport& report) {
                  requests_.count(report);
                }};
  }
  static std::uint64_t seed() {
    std::uint64_t number = 0;
    static_cast<void>(::RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number));
    return number;
  }

  /// What the cluster has; without an answer there is nothing to do.
  void discover() {
    asked_ = client_.call(kube::get("/apis"), [this](const kube::Reply& reply) {
      kube::Discovery found;
      const auto read = reply ? found.add_groups(reply->body) : Result<>();
      if (!reply || !read) {
        log_.say("error",
                 "the cluster does not say what it has; trying again",
                 {{"error", reply ? read.error().message : reply.error().text()}});
        timer_->set(loop_.now().monotonic + seconds(5));
        return;
      }
      begin(found);
    });
  }

  void begin(const kube::Discovery& found) {
    control::ControllerOptions options;
    options.cluster.domain = options_.cluster_domain;
    options.cluster.budget_api =
        found.first_of({"policy/v1", "policy/v1beta1"}).value_or("policy/v1");
    const bool has_monitors = found.has("monitoring.coreos.com/v1");
    options.cluster.has_pod_monitors = has_monitors;
    options.cluster.has_service_monitors = has_monitors;
    options.cache = {.namespaces = options_.namespaces,
                     .budget_api = options.cluster.budget_api,
                     .seed = seed()};
    if (const auto version = model::parse_product_version(kVersion)) {
      options.releases[*version] = kFeatureLevel;
    }
    looks_max_ = options.looks_max;
    controller_.emplace(client_,
                        members_,
                        loop_,
                        std::move(options),
                        control::ControllerHandlers{
                            .may_act = [this] { return may_act(); },
                            .make_password = [] { return random_text(24); },
                            .on_decision = [this](const control::Decision& one) { tell(one); },
                            .on_deed = [this](const control::Deed& one) { tell(one); },
                            .on_trouble =
                                [this](const std::string& what, const kube::ApiError& error) {
                                  log_.say(
                                      "warn", "cannot follow " + what, {{"error", error.text()}});
                                }});
    controller_->start();
    log_.say("info",
             "the operator follows the cluster",
             {{"version", kVersion},
              {"instance", identity_},
              {"disruptionBudgets", controller_budget_api(found)},
              {"monitors", has_monitors ? "true" : "false"}});
    events_.emplace(
        client_,
        loop_,
        kube::RecorderOptions{.controller = "paddock.io/operator", .instance = identity_},
        [this](const kube::ApiError& error) {
          log_.say("debug", "an event could not be told", {{"error", error.text()}});
        });
    if (options_.elects_leader) {
      elect();
    } else {
      controller_->act();
    }
  }
  static std::string controller_budget_api(const kube::Discovery& found) {
    return found.first_of({"policy/v1", "policy/v1beta1"}).value_or("none");
  }

  void elect() {
    const std::string ns = !options_.lease_namespace.empty() ? options_.lease_namespace
                           : ns_.empty()                     ? "default"
                                                             : ns_;
    elector_.emplace(
        client_,
        loop_,
        kube::ObjectKey{.ns = ns, .name = options_.lease_name},
        kube::ElectionOptions{.identity = identity_},
        seed(),
        kube::ElectorHandlers{
            .on_won =
                [this] {
                  log_.say("info", "the Lease is ours: acting", {});
                  controller_->act();
                },
            .on_lost = [this](const std::string& why) { end(1, "the Lease is lost: " + why); },
            .on_trouble =
                [this](const kube::ApiError& error) {
                  log_.say("warn", "the Lease", {{"error", error.text()}});
                }});
    elector_->start();
  }

  [[nodiscard]] bool may_act() const {
    return !options_.elects_leader || (elector_ && elector_->remaining() > kLeaseMargin);
  }

  void tell(const control::Decision& decision) {
    const std::string key = kube::to_text(decision.key);
    const std::string member =
        decision.next.member ? std::to_string(raw(*decision.next.member)) : "";
    log_.say(decision.is_warning ? "warn" : "info",
             decision.next.text(),
             {{"ensemble", key}, {"reason", name_of(decision.next.reason)}, {"member", member}});
    using Type = kube::News::Type;
    events_->record({.regarding = {.api_version = "paddock.io/v1",
                                   .kind = "Ensemble",
                                   .key = decision.key,
                                   .uid = decision.uid},
                     .type = decision.is_warning ? Type::Warning : Type::Normal,
                     .reason = std::string(name_of(decision.next.reason)),
                     .action = "Reconcile",
                     .note = decision.next.text()});
  }

  void tell(const control::Deed& deed) {
    using control::Outcome;
    const std::string key = kube::to_text(deed.key);
    if (deed.verdict.outcome == Outcome::Done)
      return log_.say("info", deed.text, {{"ensemble", key}});
    const bool is_failed = deed.verdict.outcome == Outcome::Failed;
    log_.say(is_failed ? "error" : "debug",
             (is_failed ? "failed: " : "not now: ") + deed.text,
             {{"ensemble", key}, {"error", deed.verdict.text}});
  }

  Result<> listen() {
    if (options_.listen_port == 0) return {};
    auto server = http::Server::create({});
    if (!server) return std::unexpected(std::move(server).error());
    http_ = *std::move(server);
    const auto port = http_->listen(options_.listen_host,
                                    options_.listen_port,
                                    {.handler = [this](const http::Request& request) {
                                      return answer(request);
                                    }});
    if (!port) return std::unexpected(port.error());
    http_->start();
    return {};
  }

  /// On the other thread: whatever it has to say comes from ours.
  http::Response answer(const http::Request& request) {
    http::Response response;
    response.later = [this, path = request.path](http::Reply reply) {
      asio::post(io_, [this, path, reply = std::move(reply)] { reply(page(path)); });
    };
    return response;
  }

  [[nodiscard]] http::Response page(const std::string& path) const {
    if (path == "/healthz" || path == "/livez") return {.body = "ok\n"};
    if (path == "/readyz") {
      const bool is_ready = controller_ && controller_->has_synced();
      return is_ready
                 ? http::Response{.body = "ok\n"}
                 : http::Response{.status = 503, .body = "not everything has been listed yet\n"};
    }
    if (path != "/metrics") return {.status = 404, .body = "/metrics, /healthz, /readyz\n"};
    if (!controller_) return {.status = 503, .body = "not yet\n"};
    const Standing standing{.leads = may_act(),
                            .lease = options_.lease_name,
                            .looks_max = looks_max_,
                            .longest_look = controller_->longest_look()};
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
            .body = metrics::to_prometheus(numbers_of(*controller_, requests_, standing))};
  }

  void end(int code, const std::string& why) {
    log_.say(code == 0 ? "info" : "error", "the operator ends: " + why, {});
    exit_code_ = code;
    const bool gives_up = code == 0 && elector_ && elector_->holds();
    if (!gives_up) return io_.stop();
    elector_->release([this] { asio::post(io_, [this] { io_.stop(); }); });
  }

  const Options& options_;
  Log log_;
  const std::string identity_;
  const std::string ns_;
  RequestNumbers requests_;
  asio::io_context io_{1};
  asio::signal_set signals_{io_, SIGTERM, SIGINT};
  kube::Client client_;
  MemberClient members_;
  kube::ClockLoop loop_;
  std::unique_ptr<kube::Timer> timer_ = loop_.make_timer([this] { discover(); });
  std::unique_ptr<kube::Pending> asked_;
  std::optional<control::Controller> controller_;
  std::optional<kube::EventSink> events_;
  std::optional<kube::Elector> elector_;
  std::size_t looks_max_ = 0;
  std::unique_ptr<http::Server> http_;
  int exit_code_ = 0;
};

}  // namespace

int run(const Options& options, kube::ClusterAccess access) {
  Manager manager(options, std::move(access));
  return manager.run();
}

}  // namespace paddock::manager
