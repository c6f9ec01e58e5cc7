// SPDX-License-Identifier: Apache-2.0
//
// Requests as bytes: one function for each operation of the protocol, which checks the path, puts
// the chroot in front of it and encodes the record. Pure functions, callable from any thread. What
// they return goes to Session::submit, which adds the header. Source: ZooKeeper zookeeper.jute,
// ZooKeeper.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>

#include "base/byte_buffer.h"
#include "client_session/path.h"
#include "client_session/types.h"

namespace paddock::client {

/// What a successful reply does to the watch table.
enum class WatchEffect {
  Exists,
  Data,
  Children,
  Persistent,
  PersistentRecursive,
  Remove
};

/// Whether a removal that the server did not hear of still ends the local registration.
enum class WhenDisconnected {
  Keep,
  RemoveLocally
};

struct WatchChange {
  WatchEffect effect{};
  std::string server_path;
  WatcherId watcher{};
  WatcherType type = WatcherType::Any;
};

struct Request {
  jute::Opcode opcode{};
  ByteBuffer body;
  /// Null for the many requests that watch nothing.
  std::unique_ptr<WatchChange> watch;
};

/// An illegal path or mode gives BadArguments, as the server would answer.
using EncodedRequest = std::expected<Request, ErrorCode>;

struct CreateOptions {
  /// Null (the default) stores null, which reads tell apart from empty.
  View data{};
  /// Empty means open_acl().
  std::span<const Acl> acl{};
  CreateMode mode = CreateMode::Persistent;
  /// Only for the two modes with TTL: 1 to kTtlMaxMs.
  std::int64_t ttl_ms = 0;
};

inline constexpr std::int64_t kTtlMaxMs = 0xFF'FFFF'FFFF;
inline constexpr std::int32_t kAnyVersion = -1;

/// The reply carries path and Stat (create2, createContainer or createTTL, by the mode).
[[nodiscard]] EncodedRequest create_request(const Chroot& chroot,
                                            View path,
                                            const CreateOptions& options);
/// The oldest form (create), whose reply is the path alone; no TTL.
[[nodiscard]] EncodedRequest plain_create_request(const Chroot& chroot,
                                                  View path,
                                                  const CreateOptions& options);
[[nodiscard]] EncodedRequest delete_request(const Chroot& chroot, View path, std::int32_t version);

/// A `watcher` of 0 sets no watch.
[[nodiscard]] EncodedRequest exists_request(const Chroot& chroot, View path, WatcherId watcher);
[[nodiscard]] EncodedRequest get_request(const Chroot& chroot, View path, WatcherId watcher);
[[nodiscard]] EncodedRequest children_request(const Chroot& chroot, View path, WatcherId watcher);
/// The older form (getChildren), whose reply has no Stat.
[[nodiscard]] EncodedRequest child_names_request(const Chroot& chroot,
                                                 View path,
                                                 WatcherId watcher);

[[nodiscard]] EncodedRequest set_request(const Chroot& chroot,
                                         View path,
                                         View data,
                                         std::int32_t version);
[[nodiscard]] EncodedRequest get_acl_request(const Chroot& chroot, View path);
[[nodiscard]] EncodedRequest set_acl_request(const Chroot& chroot,
                                             View path,
                                             std::span<const Acl> acl,
                                             std::int32_t version);
[[nodiscard]] EncodedRequest sync_request(const Chroot& chroot, View path);
[[nodiscard]] EncodedRequest add_watch_request(const Chroot& chroot,
                                               View path,
                                               AddWatchMode mode,
                                               WatcherId watcher);

/// A `watcher` of 0 means all watchers of the path.
[[nodiscard]] EncodedRequest remove_watch_request(const Chroot& chroot,
                                                  View path,
                                                  WatcherType type,
                                                  WatcherId watcher);

/// The session's own ephemerals whose path starts with `prefix`.
[[nodiscard]] EncodedRequest ephemerals_request(const Chroot& chroot, View prefix);
[[nodiscard]] EncodedRequest descendant_count_request(const Chroot& chroot, View path);
[[nodiscard]] Request who_am_i_request();

/// The ensemble's configuration node, outside of any chroot.
inline constexpr View kConfigPath = "/zookeeper/config";
[[nodiscard]] EncodedRequest config_request(WatcherId watcher);

struct ReconfigOptions {
  /// Null where not wanted: either `joining` and `leaving`, or `members`.
  View joining{};
  View leaving{};
  View members{};
  /// The version that the present configuration must have; -1 for any.
  std::int64_t config_version = -1;
};
[[nodiscard]] Request reconfig_request(const ReconfigOptions& options);

}  // namespace paddock::client
