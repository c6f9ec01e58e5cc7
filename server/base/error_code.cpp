// SPDX-License-Identifier: Apache-2.0
#include "base/error_code.h"

namespace paddock {

std::string_view name(ErrorCode code) noexcept {  // NOLINT(readability-function-size): a table
  switch (code) {
    case ErrorCode::Ok:
      return "Ok";
    case ErrorCode::SystemError:
      return "SystemError";
    case ErrorCode::RuntimeInconsistency:
      return "RuntimeInconsistency";
    case ErrorCode::DataInconsistency:
      return "DataInconsistency";
    case ErrorCode::ConnectionLoss:
      return "ConnectionLoss";
    case ErrorCode::MarshallingError:
      return "MarshallingError";
    case ErrorCode::Unimplemented:
      return "Unimplemented";
    case ErrorCode::OperationTimeout:
      return "OperationTimeout";
    case ErrorCode::BadArguments:
      return "BadArguments";
    case ErrorCode::InvalidState:
      return "InvalidState";
    case ErrorCode::UnknownSession:
      return "UnknownSession";
    case ErrorCode::NewConfigNoQuorum:
      return "NewConfigNoQuorum";
    case ErrorCode::ReconfigInProgress:
      return "ReconfigInProgress";
    case ErrorCode::ApiError:
      return "ApiError";
    case ErrorCode::NoNode:
      return "NoNode";
    case ErrorCode::NoAuth:
      return "NoAuth";
    case ErrorCode::BadVersion:
      return "BadVersion";
    case ErrorCode::NoChildrenForEphemerals:
      return "NoChildrenForEphemerals";
    case ErrorCode::NodeExists:
      return "NodeExists";
    case ErrorCode::NotEmpty:
      return "NotEmpty";
    case ErrorCode::SessionExpired:
      return "SessionExpired";
    case ErrorCode::InvalidCallback:
      return "InvalidCallback";
    case ErrorCode::InvalidAcl:
      return "InvalidAcl";
    case ErrorCode::AuthFailed:
      return "AuthFailed";
    case ErrorCode::Closing:
      return "Closing";
    case ErrorCode::Nothing:
      return "Nothing";
    case ErrorCode::SessionMoved:
      return "SessionMoved";
    case ErrorCode::NotReadOnly:
      return "NotReadOnly";
    case ErrorCode::EphemeralOnLocalSession:
      return "EphemeralOnLocalSession";
    case ErrorCode::NoWatcher:
      return "NoWatcher";
    case ErrorCode::RequestTimeout:
      return "RequestTimeout";
    case ErrorCode::ReconfigDisabled:
      return "ReconfigDisabled";
    case ErrorCode::SessionClosedRequireSaslAuth:
      return "SessionClosedRequireSaslAuth";
    case ErrorCode::QuotaExceeded:
      return "QuotaExceeded";
    case ErrorCode::ThrottledOp:
      return "ThrottledOp";
  }
  return "Unknown";
}

}  // namespace paddock
