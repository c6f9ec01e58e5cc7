// SPDX-License-Identifier: Apache-2.0
//
// The request types and reserved xids of the client protocol. Source: ZooKeeper ZooDefs.OpCode.
#pragma once

#include <cstdint>
#include <string_view>

namespace paddock::jute {

enum class Opcode : std::int32_t {
  Notification = 0,
  Create = 1,
  Delete = 2,
  Exists = 3,
  GetData = 4,
  SetData = 5,
  GetAcl = 6,
  SetAcl = 7,
  GetChildren = 8,
  Sync = 9,
  Ping = 11,
  GetChildren2 = 12,
  Check = 13,
  Multi = 14,
  Create2 = 15,
  Reconfig = 16,
  CheckWatches = 17,
  RemoveWatches = 18,
  CreateContainer = 19,
  DeleteContainer = 20,
  CreateTtl = 21,
  MultiRead = 22,
  Auth = 100,
  SetWatches = 101,
  Sasl = 102,
  GetEphemerals = 103,
  GetAllChildrenNumber = 104,
  SetWatches2 = 105,
  AddWatch = 106,
  WhoAmI = 107,
  CreateSession = -10,
  CloseSession = -11,
  Error = -1,
};

inline constexpr std::int32_t kXidWatchEvent = -1;
inline constexpr std::int32_t kXidPing = -2;
inline constexpr std::int32_t kXidAuth = -4;
inline constexpr std::int32_t kXidSetWatches = -8;

/// The name as the `cons` command abbreviates it ("CREA", "GETD"); "UNKN" for a number that is
/// none.
[[nodiscard]] std::string_view short_name(Opcode opcode) noexcept;

/// The name as ZooKeeper logs it ("create", "getData"); "unknown" for a number that is none.
[[nodiscard]] std::string_view name(Opcode opcode) noexcept;

enum class EventType : std::int32_t {
  None = -1,
  NodeCreated = 1,
  NodeDeleted = 2,
  NodeDataChanged = 3,
  NodeChildrenChanged = 4,
  DataWatchRemoved = 5,
  ChildWatchRemoved = 6,
  PersistentWatchRemoved = 7,
};

enum class KeeperState : std::int32_t {
  Unknown = -1,
  Disconnected = 0,
  NoSyncConnected = 1,
  SyncConnected = 3,
  AuthFailed = 4,
  ConnectedReadOnly = 5,
  SaslAuthenticated = 6,
  Closed = 7,
  Expired = -112,
};

/// The watcher types of checkWatches and removeWatches.
enum class WatcherType : std::int32_t {
  Children = 1,
  Data = 2,
  Any = 3,
  Persistent = 4,
  PersistentRecursive = 5,
};

enum class AddWatchMode : std::int32_t {
  Persistent = 0,
  PersistentRecursive = 1
};

enum class CreateMode : std::int32_t {
  Persistent = 0,
  Ephemeral = 1,
  PersistentSequential = 2,
  EphemeralSequential = 3,
  Container = 4,
  PersistentWithTtl = 5,
  PersistentSequentialWithTtl = 6,
};

/// Bits of Acl::perms.
inline constexpr std::int32_t kPermRead = 1;
inline constexpr std::int32_t kPermWrite = 2;
inline constexpr std::int32_t kPermCreate = 4;
inline constexpr std::int32_t kPermDelete = 8;
inline constexpr std::int32_t kPermAdmin = 16;
inline constexpr std::int32_t kPermAll = 31;

}  // namespace paddock::jute
