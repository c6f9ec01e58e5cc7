// SPDX-License-Identifier: Apache-2.0
//
// What a client is told when it asked for something impossible. The numbers are on the wire and
// fixed by existing clients. Source: ZooKeeper KeeperException.Code.
#pragma once

#include <cstdint>
#include <string_view>

namespace paddock {

enum class ErrorCode : std::int32_t {
  Ok = 0,
  SystemError = -1,
  RuntimeInconsistency = -2,
  DataInconsistency = -3,
  ConnectionLoss = -4,
  MarshallingError = -5,
  Unimplemented = -6,
  OperationTimeout = -7,
  BadArguments = -8,
  InvalidState = -9,
  UnknownSession = -12,
  NewConfigNoQuorum = -13,
  ReconfigInProgress = -14,
  ApiError = -100,
  NoNode = -101,
  NoAuth = -102,
  BadVersion = -103,
  NoChildrenForEphemerals = -108,
  NodeExists = -110,
  NotEmpty = -111,
  SessionExpired = -112,
  InvalidCallback = -113,
  InvalidAcl = -114,
  AuthFailed = -115,
  Closing = -116,
  Nothing = -117,
  SessionMoved = -118,
  NotReadOnly = -119,
  EphemeralOnLocalSession = -120,
  NoWatcher = -121,
  RequestTimeout = -122,
  ReconfigDisabled = -123,
  SessionClosedRequireSaslAuth = -124,
  QuotaExceeded = -125,
  ThrottledOp = -127,
};

/// The name as ZooKeeper's KeeperException.Code spells it in CamelCase ("NoNode"); "Unknown"
/// otherwise.
[[nodiscard]] std::string_view name(ErrorCode code) noexcept;

}  // namespace paddock
