// SPDX-License-Identifier: Apache-2.0
//
// What every command works with: the settings, the connection (made when the first command needs
// it), the output, and the events on their way to the terminal. Owned by the program; the main
// thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "client/blocking_client.h"
#include "client_cli/credentials.h"
#include "client_cli/event_queue.h"
#include "client_cli/failure.h"
#include "client_cli/output.h"

namespace paddock::cli {

/// OneShot runs a single command and waits for what it watches; the Shell goes on and prints events
/// as they come.
enum class Mode {
  OneShot,
  Shell
};

struct Settings {
  std::string servers = "localhost:2181";
  Duration session_timeout = seconds(30);
  /// How long to look for a server that answers, all of them together.
  Duration connect_timeout = seconds(10);
  bool can_be_read_only = false;
  /// How long `-w` and `watch` wait for events; forever if not given.
  std::optional<Duration> event_timeout{};
  /// Presented on connecting.
  CredentialSources credentials{};
  /// What to speak TLS with; null: it is spoken plainly.
  std::shared_ptr<client::TlsSource> tls{};
};

class Context {
 public:
  Context(Settings settings, Output& out, Mode mode);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// Connects if there is no connection yet, and presents the credentials of the settings.
  [[nodiscard]] Outcome ensure_connected();
  /// Leaves the present session, if any, for a new one at `servers`.
  [[nodiscard]] Outcome connect_to(std::string servers);
  /// Ends the session; later commands need connect_to.
  void disconnect();

  /// Only after ensure_connected.
  [[nodiscard]] client::BlockingClient& client() { return *client_; }
  [[nodiscard]] bool has_client() const { return client_ != nullptr; }
  [[nodiscard]] client::SessionInfo info() const { return client_->info(); }
  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] Output& out() { return out_; }
  [[nodiscard]] Mode mode() const { return mode_; }
  [[nodiscard]] EventQueue& events() { return events_; }

  /// The watcher that puts events into the queue, if `wanted`; else null. Always the same one, so
  /// that a change that several commands watch is told once.
  [[nodiscard]] client::Watcher watcher_if(bool wanted) const;

  /// In a one-shot command that watches: waits for the event and prints it. Nothing in a shell.
  [[nodiscard]] Outcome finish_watch(bool wanted);

  /// `failure` with a hint where this connection explains it: the chroot that does not exist.
  [[nodiscard]] Failure explained(Failure failure);

  bool print_watches = true;

 private:
  [[nodiscard]] Outcome wait_until_connected();
  [[nodiscard]] Outcome present_credentials();

  Settings settings_;
  Output& out_;
  Mode mode_;
  EventQueue events_;
  client::Watcher watcher_;
  bool was_closed_ = false;
  /// Once for each session, on its first connection: a shell may have been started before its
  /// server.
  bool are_credentials_presented_ = false;
  /// As they were read when the session began.
  std::vector<Credential> credentials_;
  std::unique_ptr<client::BlockingClient> client_;
};

}  // namespace paddock::cli
