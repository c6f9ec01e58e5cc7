// SPDX-License-Identifier: Apache-2.0
#include "runtime/client_ports.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace paddock::runtime {

Result<> ClientPorts::open(const config::ClientConfig& config) {
  if (config.plain) {
    auto opened = listen(*config.plain, config, Kind::Plain);
    PADDOCK_TRY(opened);
    plain_ = std::move(*opened);
  }
  if (config.secure) {
    auto opened = listen(*config.secure, config, Kind::Secure);
    PADDOCK_TRY(opened);
    secure_ = std::move(*opened);
  }
  return {};
}

Result<ClientPorts::Port> ClientPorts::listen(const config::Endpoint& at,
                                              const config::ClientConfig& config,
                                              Kind kind) {
  auto socket = net::listen_tcp(
      at.host, at.port, {.backlog = config.listen_backlog, .keep_alive = config.tcp_keep_alive});
  PADDOCK_TRY(socket);
  Port opened;
  opened.listener = std::make_unique<Listener>(
      loop_, std::move(*socket), limits_, descriptors_max_, [this, kind](net::Accepted accepted) {
        deal_(std::move(accepted), kind);
      });
  PADDOCK_TRY(opened.listener->open());
  opened.port = opened.listener->port();
  spdlog::info("serving clients on {}:{}{}",
               at.host.empty() ? "*" : at.host,
               opened.port,
               kind == Kind::Secure      ? " with TLS"
               : config.port_unification ? " with or without TLS"
                                         : "");
  return opened;
}

void ClientPorts::close() {
  if (plain_.listener) plain_.listener->close();
  if (secure_.listener) secure_.listener->close();
}

std::int64_t ClientPorts::rejected() const {
  return (plain_.listener ? plain_.listener->rejected() : 0) +
         (secure_.listener ? secure_.listener->rejected() : 0);
}

MonotonicTime ClientPorts::retry_at() const {
  MonotonicTime at{Duration::max()};
  if (plain_.listener) at = std::min(at, plain_.listener->retry_at());
  if (secure_.listener) at = std::min(at, secure_.listener->retry_at());
  return at;
}

void ClientPorts::retry(MonotonicTime now) {
  if (plain_.listener) plain_.listener->retry(now);
  if (secure_.listener) secure_.listener->retry(now);
}

}  // namespace paddock::runtime
