// SPDX-License-Identifier: Apache-2.0
#include "client_cli/failure.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "client_session/path.h"

namespace paddock::cli {

namespace {

struct Wording {
  ErrorCode code;
  /// Followed by the path.
  std::string_view message;
  std::string_view hint;
};

constexpr auto kWordings = std::to_array<Wording>({
    {ErrorCode::NoNode, "Node does not exist: ", ""},
    {ErrorCode::NoChildrenForEphemerals,
     "Ephemerals cannot have children: ",
     "create it below a node that is not ephemeral"},
    {ErrorCode::NodeExists, "Node already exists: ", "use 'set' to change its data"},
    {ErrorCode::NotEmpty, "Node not empty: ", "use 'deleteall' to delete it with all its children"},
    {ErrorCode::NotReadOnly,
     "Not a read-only call: ",
     "this server has no quorum and only serves reads; connect to another one"},
    {ErrorCode::InvalidAcl,
     "Acl is not valid : ",
     "an ACL is scheme:id:perms[,…], for example world:anyone:cdrwa; 'auth::cdrwa' needs 'addauth' "
     "first"},
    {ErrorCode::NoAuth,
     "Insufficient permission : ",
     "present a credential (--auth scheme:credential, or 'addauth'); 'getAcl' shows what is "
     "needed"},
    {ErrorCode::BadArguments, "Arguments are not valid : ", ""},
    {ErrorCode::BadVersion,
     "version No is not valid : ",
     "somebody changed the node; read its present version with 'stat'"},
    {ErrorCode::QuotaExceeded, "Quota has exceeded : ", "'listquota' shows the limits"},
    {ErrorCode::NoWatcher, "KeeperErrorCode = No such watcher for ", ""},
    {ErrorCode::AuthFailed,
     "KeeperErrorCode = AuthFailed for ",
     "the server does not know this scheme or refuses this credential; the session has ended"},
    {ErrorCode::SessionExpired,
     "KeeperErrorCode = Session expired for ",
     "the session and its ephemerals are gone; connect again"},
    {ErrorCode::ConnectionLoss,
     "KeeperErrorCode = ConnectionLoss for ",
     "whether the server did it is unknown; look before repeating"},
    {ErrorCode::OperationTimeout,
     "Interrupted: ",
     "whether the server did it is unknown; look before repeating"},
    {ErrorCode::Unimplemented,
     "KeeperErrorCode = Unimplemented for ",
     "this server does not offer it (TTL needs extendedTypesEnabled, reconfig needs an ensemble)"},
    {ErrorCode::ReconfigDisabled,
     "KeeperErrorCode = Reconfig is disabled",
     "the server needs reconfigEnabled=true"},
    {ErrorCode::ReconfigInProgress, "Another reconfiguration is in progress", "wait and try again"},
    {ErrorCode::NewConfigNoQuorum,
     "No quorum of new config is connected and up-to-date",
     "start the new servers and let them follow the leader first"},
});

bool is_unreachable(ErrorCode code) {
  return code == ErrorCode::ConnectionLoss || code == ErrorCode::SessionExpired ||
         code == ErrorCode::Closing || code == ErrorCode::OperationTimeout;
}

}  // namespace

std::unexpected<Failure> refused(ErrorCode code, View path) {
  Failure failure{.code = code, .path = std::string(path)};
  const auto* wording = std::ranges::find(kWordings, code, &Wording::code);
  if (wording == kWordings.end()) {
    failure.message = fmt::format("KeeperErrorCode = {} for {}", name(code), path);
  } else {
    const bool has_path = wording->message.ends_with(' ');
    failure.message = fmt::format("{}{}", wording->message, has_path ? path : View{});
    failure.hint = wording->hint;
  }
  if (is_unreachable(code)) failure.exit_code = ExitCode::Unreachable;
  return std::unexpected(std::move(failure));
}

std::unexpected<Failure> refused(ErrorCode code, View path, std::string hint) {
  auto failure = refused(code, path);
  failure.error().hint = std::move(hint);
  return failure;
}

std::unexpected<Failure> misused(std::string message) {
  return std::unexpected(Failure{.exit_code = ExitCode::Usage, .message = std::move(message)});
}

std::unexpected<Failure> unreachable(std::string message) {
  return std::unexpected(
      Failure{.exit_code = ExitCode::Unreachable, .message = std::move(message)});
}

std::unexpected<Failure> failed(std::string message) {
  return std::unexpected(Failure{.message = std::move(message)});
}

Outcome check_path(View path) {
  const auto error = client::path_error(path);
  if (error) return misused(fmt::format("'{}' is not a path: {}", path, *error));
  return {};
}

}  // namespace paddock::cli
