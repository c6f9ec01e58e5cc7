// SPDX-License-Identifier: Apache-2.0
//
// The words that users of the client library share with it: states, events, ACLs that own their
// text, identifiers of requests and watchers. Plain values, no behaviour.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error_code.h"
#include "base/ids.h"
#include "jute/opcode.h"
#include "jute/records.h"

namespace paddock::client {

using jute::AddWatchMode;
using jute::CreateMode;
using jute::EventType;
using jute::KeeperState;
using jute::Stat;
using jute::WatcherType;

/// One submitted request, for matching its reply; unique within a session. 0 is none.
enum class RequestId : std::uint64_t {
};

/// One watcher, named by whoever registers it; the same watcher may watch many paths. 0 is none.
enum class WatcherId : std::uint64_t {
};

enum class SessionState {
  Connecting,
  Connected,
  ConnectedReadOnly,
  AuthFailed,
  Expired,
  Closed,
};

/// "CONNECTED", as ZooKeeper's shell shows it.
[[nodiscard]] std::string_view name(SessionState state) noexcept;
[[nodiscard]] std::string_view name(EventType type) noexcept;
[[nodiscard]] std::string_view name(KeeperState state) noexcept;

/// Connecting, Connected and ConnectedReadOnly: the session may still serve requests.
[[nodiscard]] constexpr bool is_alive(SessionState state) {
  return state == SessionState::Connecting || state == SessionState::Connected ||
         state == SessionState::ConnectedReadOnly;
}

struct Acl {
  std::int32_t perms = jute::kPermAll;
  std::string scheme;
  std::string id;

  friend bool operator==(const Acl&, const Acl&) = default;
};

/// Everyone may do everything.
[[nodiscard]] std::vector<Acl> open_acl();

/// What a watch tells. `path` is seen from the client's chroot; `zxid` is -1 if the server did not
/// say which transaction fired it.
struct Event {
  EventType type = EventType::None;
  KeeperState state = KeeperState::SyncConnected;
  std::string path;
  Zxid zxid{-1};

  friend bool operator==(const Event&, const Event&) = default;
};

/// What re-attaches to an existing session.
struct Credentials {
  SessionId id{};
  std::string password;
};

}  // namespace paddock::client
