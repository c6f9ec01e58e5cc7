// SPDX-License-Identifier: Apache-2.0
#include "client_session/types.h"

namespace paddock::client {

std::string_view name(SessionState state) noexcept {
  switch (state) {
    case SessionState::Connecting:
      return "CONNECTING";
    case SessionState::Connected:
      return "CONNECTED";
    case SessionState::ConnectedReadOnly:
      return "CONNECTEDREADONLY";
    case SessionState::AuthFailed:
      return "AUTH_FAILED";
    case SessionState::Expired:
    case SessionState::Closed:
      return "CLOSED";
  }
  return "UNKNOWN";
}

std::string_view name(EventType type) noexcept {
  switch (type) {
    case EventType::None:
      return "None";
    case EventType::NodeCreated:
      return "NodeCreated";
    case EventType::NodeDeleted:
      return "NodeDeleted";
    case EventType::NodeDataChanged:
      return "NodeDataChanged";
    case EventType::NodeChildrenChanged:
      return "NodeChildrenChanged";
    case EventType::DataWatchRemoved:
      return "DataWatchRemoved";
    case EventType::ChildWatchRemoved:
      return "ChildWatchRemoved";
    case EventType::PersistentWatchRemoved:
      return "PersistentWatchRemoved";
  }
  return "Unknown";
}

std::string_view name(KeeperState state) noexcept {
  switch (state) {
    case KeeperState::Unknown:
      return "Unknown";
    case KeeperState::Disconnected:
      return "Disconnected";
    case KeeperState::NoSyncConnected:
      return "NoSyncConnected";
    case KeeperState::SyncConnected:
      return "SyncConnected";
    case KeeperState::AuthFailed:
      return "AuthFailed";
    case KeeperState::ConnectedReadOnly:
      return "ConnectedReadOnly";
    case KeeperState::SaslAuthenticated:
      return "SaslAuthenticated";
    case KeeperState::Closed:
      return "Closed";
    case KeeperState::Expired:
      return "Expired";
  }
  return "Unknown";
}

std::vector<Acl> open_acl() {
  return {{jute::kPermAll, "world", "anyone"}};
}

}  // namespace paddock::client
