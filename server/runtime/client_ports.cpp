// SPDX-License-Identifier: Apache-2.0
#include "runtime/client_ports.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace paddock::runtime {

Result<> ClientPorts::open(const config::ClientConfig& config) {
  if (config.plain) PADDOCK_TRY(listen(*config.plain, config, Kind::Plain));
  if (config.secure) PADDOCK_TRY(listen(*config.secure, config, Kind::Secure));
  return {};
}

Result<> ClientPorts::listen(const config::Endpoint& at,
                             const config::ClientConfig& config,
                             Kind kind) {
  auto socket = net::listen_tcp(
      at.host, at.port, {.backlog = config.listen_backlog, .keep_alive = config.tcp_keep_alive});
  PADDOCK_TRY(socket);
  auto listener = std::make_unique<Listener>(
      loop_, std::move(*socket), limits_, descriptors_max_, [this, kind](net::Accepted accepted) {
        deal_(std::move(accepted), kind);
      });
  PADDOCK_TRY(listener->open());
  const std::uint16_t number = listener->port();
  spdlog::info("serving clients on {}:{}{}",
               at.host.empty() ? "*" : at.host,
               number,
               kind == Kind::Secure      ? " with TLS"
               : config.port_unification ? " with or without TLS"
                                         : "");
  ports_[kind] = {std::move(listener), number};
  return {};
}

std::uint16_t ClientPorts::port(Kind kind) const {
  const auto found = ports_.find(kind);
  return found == ports_.end() ? std::uint16_t{0} : found->second.number;
}

void ClientPorts::close() {
  for (const auto& [kind, port] : ports_) port.listener->close();
}

std::int64_t ClientPorts::rejected() const {
  std::int64_t all = 0;
  for (const auto& [kind, port] : ports_) all += port.listener->rejected();
  return all;
}

MonotonicTime ClientPorts::retry_at() const {
  MonotonicTime at{Duration::max()};
  for (const auto& [kind, port] : ports_) at = std::min(at, port.listener->retry_at());
  return at;
}

void ClientPorts::retry(MonotonicTime now) {
  for (const auto& [kind, port] : ports_) port.listener->retry(now);
}

}  // namespace paddock::runtime
