// SPDX-License-Identifier: Apache-2.0
#include "client_cli/context.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "client_cli/interruption.h"

namespace paddock::cli {

namespace {

/// Longer than any one attempt, so that the reason of a failure is known when it is reported.
constexpr Duration kConnectMargin = seconds(1);

constexpr std::string_view kServerHint =
    "check that the server runs and that --server names its client port";
constexpr std::string_view kClosedHint =
    "check that --server names its client port; one for TLS needs --tls";
constexpr std::string_view kTlsHint =
    "TLS is spoken with --tls, by the certificates of --ca-file, --cert and --key";

std::string_view hint_for(std::string_view why, bool has_tls) {
  const auto says = [why](std::string_view text) {
    return why.find(text) != std::string_view::npos;
  };
  if (says("TLS")) return kTlsHint;
  return !has_tls && says("it closed the connection") ? kClosedHint : kServerHint;
}

}  // namespace

Context::Context(Settings settings, Output& out, Mode mode)
    : settings_(std::move(settings)),
      out_(out),
      mode_(mode),
      watcher_(client::make_watcher([this](const client::Event& event) {
        // The end of the session is told as a change of state, once.
        if (event.type != client::EventType::None) events_.put(event);
      })) {}

Context::~Context() {
  disconnect();
}

Outcome Context::ensure_connected() {
  if (client_ == nullptr && !was_closed_) return connect_to(settings_.servers);
  if (client_ == nullptr || !is_alive(client_->info().state)) {
    return std::unexpected(Failure{.exit_code = ExitCode::Unreachable,
                                   .message = "Not connected",
                                   .hint = "use 'connect' to start a new session"});
  }
  if (auto connected = wait_until_connected(); !connected) return connected;
  return present_credentials();
}

Outcome Context::connect_to(std::string servers) {
  // A mistyped address does not cost the session.
  const auto hosts = client::parse_connect_string(servers);
  if (!hosts) return misused(hosts.error().message);
  auto credentials = read_credentials(settings_.credentials);
  if (!credentials) return misused(std::move(credentials).error().message);
  auto login = login_of(settings_.credentials, *credentials);
  if (!login) return misused(std::move(login).error().message);
  disconnect();
  was_closed_ = false;
  are_credentials_presented_ = false;
  settings_.servers = std::move(servers);
  auto client = client::BlockingClient::open(
      {.servers = settings_.servers,
       .timeout = settings_.session_timeout,
       .can_be_read_only = settings_.can_be_read_only,
       .connect_timeout =
           settings_.connect_timeout / static_cast<std::int64_t>(hosts->hosts.size()),
       .login = std::move(*login),
       .tls = settings_.tls,
       .on_state =
           [this](const client::StateChanged& change) {
             events_.put(change);
           }},
      is_interrupted);
  if (!client) return misused(std::move(client).error().message);
  client_ = std::move(*client);
  credentials_ = std::move(*credentials);
  if (auto connected = wait_until_connected(); !connected) {
    // A shell keeps trying in the background, as its prompt shows; a script wants to know.
    if (mode_ == Mode::OneShot) client_.reset();
    return connected;
  }
  return present_credentials();
}

Outcome Context::wait_until_connected() {
  const auto connected = client_->wait_until_connected(settings_.connect_timeout + kConnectMargin);
  if (connected) return {};
  const std::string& why = connected.error().message;
  if (client_->info().state == client::SessionState::AuthFailed) return failed(why);
  return std::unexpected(
      Failure{.exit_code = ExitCode::Unreachable,
              .message = fmt::format("no session at {}: {}", settings_.servers, why),
              .hint = std::string(hint_for(why, settings_.tls != nullptr))});
}

Failure Context::explained(Failure failure) {
  if (failure.code != ErrorCode::NoNode || client_ == nullptr) return failure;
  const auto servers = client::parse_connect_string(settings_.servers);
  if (!servers || servers->chroot.empty()) return failure;
  const auto root = client_->exists("/", nullptr);
  if (!root && root.error() == ErrorCode::NoNode) {
    failure.hint =
        fmt::format("the chroot {} does not exist: 'create /' makes it", servers->chroot);
  }
  return failure;
}

void Context::disconnect() {
  if (client_ == nullptr) return;
  client_->close();
  client_.reset();
  was_closed_ = true;
}

client::Watcher Context::watcher_if(bool wanted) const {
  return wanted ? watcher_ : nullptr;
}

Outcome Context::finish_watch(bool wanted) {
  if (!wanted || mode_ == Mode::Shell) return {};
  const auto end = std::chrono::steady_clock::now() + settings_.event_timeout.value_or(Duration{0});
  while (true) {
    std::optional<Duration> left;
    if (settings_.event_timeout) left = end - std::chrono::steady_clock::now();
    if (!events_.wait(left)) return failed("no event came before the time of --timeout was over");
    for (const EventQueue::Item& item : events_.take()) {
      if (const auto* event = std::get_if<client::Event>(&item)) {
        out_.event(*event);
        return {};
      }
      const auto& change = std::get<client::StateChanged>(item);
      if (!is_alive(change.state)) return unreachable("the session has ended: " + change.reason);
    }
  }
}

Outcome Context::present_credentials() {
  if (std::exchange(are_credentials_presented_, true)) return {};
  for (Credential& credential : credentials_) {
    if (credential.scheme == kLoginScheme) continue;
    const auto done = client_->add_auth(credential.scheme, std::move(credential.auth));
    if (!done) return refused(done.error(), credential.scheme);
  }
  return {};
}

}  // namespace paddock::cli
