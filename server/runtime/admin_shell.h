// SPDX-License-Identifier: Apache-2.0
//
// What answers from outside the client protocol: four-letter words, and the routes of the admin and
// metrics ports (/commands/*, /admin/*, /livez, /readyz, /startupz, /metrics). Everything runs on
// the HTTP server's thread. Probes have no side effects.
#pragma once

#include "config/server_config.h"
#include "http/server.h"
#include "runtime/reporter.h"

namespace paddock::runtime {

class AdminShell {
 public:
  AdminShell(const config::ServerConfig& config, Reporter reporter);

  /// Opens the configured listeners. *Errors*: a port that cannot be used.
  [[nodiscard]] Result<> open();
  void start() { http_.start(); }
  /// A shard's thread: a word to be answered to its connection.
  void on_command(const shard::Command& command);

 private:
  [[nodiscard]] std::string answer_word(const shard::Command& command);
  [[nodiscard]] http::Response answer_admin(const http::Request& request);
  [[nodiscard]] http::Response answer_command(std::string_view name, const http::Request& request);
  [[nodiscard]] http::Response answer_metrics();
  [[nodiscard]] http::Response answer_member();
  [[nodiscard]] http::Response answer_transfer(const http::Request& request);
  [[nodiscard]] http::Response answer_probe(bool needs_serving);

  const config::ServerConfig& config_;
  Reporter reporter_;
  http::Server http_;
};

}  // namespace paddock::runtime
