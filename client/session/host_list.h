// SPDX-License-Identifier: Apache-2.0
//
// The servers a client may talk to: parsed from a connect string ("host:port,host:port/chroot"),
// then tried in a random order that is the same for the whole life of a session, so that many
// clients with one string spread over all servers. Owned by Session. Source: ZooKeeper
// ConnectStringParser, StaticHostProvider.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/prng.h"

namespace paddock::client {

inline constexpr std::uint16_t kDefaultPort = 2181;

struct Host {
  std::string name;
  std::uint16_t port = kDefaultPort;

  friend bool operator==(const Host&, const Host&) = default;
};

/// "name:port", with brackets around an IPv6 address.
[[nodiscard]] std::string to_string(const Host& host);

struct ConnectString {
  std::vector<Host> hosts;
  /// Empty, or an absolute path without a trailing slash.
  std::string chroot;
};

/// Parses "host[:port][,host[:port]…][/chroot]"; IPv6 addresses are written in brackets.
[[nodiscard]] Result<ConnectString> parse_connect_string(View text);

class HostList {
 public:
  /// `hosts` must not be empty; `prng` decides their order.
  HostList(std::vector<Host> hosts, Prng& prng);

  /// The next server to try.
  [[nodiscard]] const Host& next();

  /// How often every server was tried since the last success (or since the beginning).
  [[nodiscard]] std::uint32_t failed_rounds() const;

  /// Whether the last next() was the last of a round over all servers.
  [[nodiscard]] bool is_round_complete() const { return tried_ % hosts_.size() == 0; }

  /// The server last returned by next() answered.
  void on_success() { tried_ = 0; }

  /// Makes `host` the one that next() returns first, if it is in the list.
  void prefer(const Host& host);

  [[nodiscard]] std::size_t size() const { return hosts_.size(); }
  [[nodiscard]] const Host& current() const { return hosts_[at_]; }
  /// The server `offset` places after the current one.
  [[nodiscard]] const Host& peek(std::size_t offset) const {
    return hosts_[(at_ + offset) % hosts_.size()];
  }

 private:
  std::vector<Host> hosts_;
  std::size_t at_;
  std::size_t tried_ = 0;
};

}  // namespace paddock::client
