// SPDX-License-Identifier: Apache-2.0
//
// Session: how requests end, and what their end does to the watches.
#include "base/assert.h"
#include "client_session/session.h"

namespace paddock::client {

namespace {

void tell_removed(EventType type,
                  const std::string& path,
                  std::vector<WatcherId> watchers,
                  Effects& effects) {
  if (watchers.empty()) return;
  effects.notices.emplace_back(
      WatchFired{Event{type, KeeperState::SyncConnected, path, Zxid{-1}}, std::move(watchers)});
}

}  // namespace

std::optional<ErrorCode> Session::refusal() const {
  switch (state_) {
    case SessionState::Connecting:
    case SessionState::Connected:
    case SessionState::ConnectedReadOnly:
      if (is_closing_) return ErrorCode::Closing;
      return std::nullopt;
    case SessionState::AuthFailed:
      return ErrorCode::AuthFailed;
    case SessionState::Expired:
      return ErrorCode::SessionExpired;
    case SessionState::Closed:
      return ErrorCode::Closing;
  }
  PADDOCK_UNREACHABLE();
}

bool Session::answer_locally(RequestId id, Request& request, Effects& effects) {
  if (const auto error = refusal()) {
    effects.notices.emplace_back(Reply{id, *error, {}, {}});
    return true;
  }
  if (request.watch == nullptr || request.watch->effect != WatchEffect::Remove) return false;
  const WatchChange& change = *request.watch;
  if (!watches_.contains(change.server_path, change.type, change.watcher)) {
    effects.notices.emplace_back(Reply{id, ErrorCode::NoWatcher, {}, {}});
    return true;
  }
  // Without a connection no server holds a watch of ours, so there is nobody to ask.
  if (phase_ != Phase::Established) {
    const ErrorCode error = apply_removal(change, ErrorCode::Ok, effects);
    effects.notices.emplace_back(Reply{id, error, {}, {}});
    return true;
  }
  // The server knows one watch where several watchers share a path: it must stay for the others.
  const bool is_shared = change.watcher != WatcherId{} &&
                         watches_.has_others(change.server_path, change.type, change.watcher);
  if (is_shared) request.opcode = jute::Opcode::CheckWatches;
  return false;
}

void Session::complete(Pending& pending, Reply reply, Effects& effects) {
  if (pending.request.watch != nullptr) {
    reply.error = apply_watch_change(*pending.request.watch, reply.error, effects);
  }
  if (reply.error != ErrorCode::Ok) reply.body = View{};
  if (pending.request.opcode == jute::Opcode::CloseSession) return;
  effects.notices.emplace_back(reply);
}

ErrorCode Session::apply_watch_change(const WatchChange& change,
                                      ErrorCode error,
                                      Effects& effects) {
  if (change.effect == WatchEffect::Remove) return apply_removal(change, error, effects);
  if (change.effect == WatchEffect::Exists && error == ErrorCode::NoNode) {
    watches_.add(WatchKind::Exists, change.server_path, change.watcher);
  }
  if (error != ErrorCode::Ok) return error;
  switch (change.effect) {
    case WatchEffect::Exists:
    case WatchEffect::Data:
      watches_.add(WatchKind::Data, change.server_path, change.watcher);
      break;
    case WatchEffect::Children:
      watches_.add(WatchKind::Children, change.server_path, change.watcher);
      break;
    case WatchEffect::Persistent:
      watches_.add(WatchKind::Persistent, change.server_path, change.watcher);
      break;
    case WatchEffect::PersistentRecursive:
      watches_.add(WatchKind::PersistentRecursive, change.server_path, change.watcher);
      break;
    case WatchEffect::Remove:
      break;
  }
  return error;
}

ErrorCode Session::apply_removal(const WatchChange& change, ErrorCode error, Effects& effects) {
  // A server forgets the watches of a connection with the connection.
  if (error != ErrorCode::Ok && error != ErrorCode::ConnectionLoss) return error;
  WatchTable::Removed removed = watches_.remove(change.server_path, change.type, change.watcher);
  const std::string path(chroot().to_client(change.server_path));
  tell_removed(EventType::ChildWatchRemoved, path, std::move(removed.children), effects);
  tell_removed(EventType::DataWatchRemoved, path, std::move(removed.data), effects);
  tell_removed(EventType::PersistentWatchRemoved, path, std::move(removed.persistent), effects);
  return ErrorCode::Ok;
}

void Session::fail_all(std::deque<Pending>& requests, ErrorCode error, Effects& effects) {
  while (!requests.empty()) {
    Pending pending = std::move(requests.front());
    requests.pop_front();
    complete(pending, {pending.id, error, {}, {}}, effects);
  }
}

}  // namespace paddock::client
