// SPDX-License-Identifier: Apache-2.0
//
// Which watcher waits for what: five tables from server path to watchers, as the client must
// remember them to deliver events and to arm them again on the next connection. Owned by Session.
// Invariant: no path is listed without a watcher. Source: ZooKeeper ZKWatchManager.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "client_session/types.h"

namespace paddock::client {

/// The tables. Data, Exists and Children fire once; Exists is for nodes that were missing.
enum class WatchKind : std::uint8_t {
  Data,
  Exists,
  Children,
  Persistent,
  PersistentRecursive
};

inline constexpr std::size_t kWatchKinds = 5;

class WatchTable {
 public:
  using Paths = std::map<std::string, std::vector<WatcherId>, std::less<>>;

  /// Registering the same watcher twice is one registration.
  void add(WatchKind kind, View path, WatcherId watcher);

  /// Who is to be told of an event at `path`, each watcher once; one-shot registrations are
  /// consumed.
  [[nodiscard]] std::vector<WatcherId> fire(EventType type, View path);

  /// Whether `watcher` (any watcher if 0) has a registration that removing `type` would end.
  [[nodiscard]] bool contains(View path, WatcherType type, WatcherId watcher) const;

  /// Whether removing `watcher` would leave others that `type` covers on that path.
  [[nodiscard]] bool has_others(View path, WatcherType type, WatcherId watcher) const;

  struct Removed {
    std::vector<WatcherId> data;
    std::vector<WatcherId> children;
    std::vector<WatcherId> persistent;
  };
  /// Ends the registrations of `watcher` (of all watchers if 0) that `type` covers.
  Removed remove(View path, WatcherType type, WatcherId watcher);

  /// Empties the table; every watcher that was in it, once.
  [[nodiscard]] std::vector<WatcherId> clear();

  /// Whether `watcher` is registered anywhere.
  [[nodiscard]] bool is_registered(WatcherId watcher) const {
    return registrations_.contains(watcher);
  }
  [[nodiscard]] bool empty() const { return registrations_.empty(); }
  [[nodiscard]] const Paths& paths(WatchKind kind) const {
    return tables_[static_cast<std::size_t>(kind)];
  }

  void check_invariants() const;

 private:
  [[nodiscard]] Paths& table(WatchKind kind) { return tables_[static_cast<std::size_t>(kind)]; }
  void take_all(WatchKind kind, View path, std::vector<WatcherId>& into);
  void drop(WatchKind kind, View path, WatcherId watcher, std::vector<WatcherId>& into);
  void release(WatcherId watcher);

  std::array<Paths, kWatchKinds> tables_;
  std::map<WatcherId, std::size_t> registrations_;
};

}  // namespace paddock::client
