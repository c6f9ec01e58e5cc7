// SPDX-License-Identifier: Apache-2.0
//
// Every record of the client protocol, described once: the same field list reads, writes and
// compares. Views and lists borrow the frame that they were read from. Source: ZooKeeper
// zookeeper.jute.
#pragma once

#include <cstdint>
#include <tuple>

#include "base/bytes.h"
#include "base/error_code.h"
#include "jute/opcode.h"
#include "jute/reader.h"

namespace paddock::jute {

struct Id {
  View scheme;
  View id;
  static constexpr auto kFields = std::tuple{&Id::scheme, &Id::id};
};

struct Acl {
  std::int32_t perms = 0;
  Id id;
  static constexpr auto kFields = std::tuple{&Acl::perms, &Acl::id};
};

struct Stat {
  std::int64_t czxid = 0;
  std::int64_t mzxid = 0;
  std::int64_t ctime = 0;
  std::int64_t mtime = 0;
  std::int32_t version = 0;
  std::int32_t cversion = 0;
  std::int32_t aversion = 0;
  std::int64_t ephemeral_owner = 0;
  std::int32_t data_length = 0;
  std::int32_t num_children = 0;
  std::int64_t pzxid = 0;
  static constexpr auto kFields = std::tuple{&Stat::czxid,
                                             &Stat::mzxid,
                                             &Stat::ctime,
                                             &Stat::mtime,
                                             &Stat::version,
                                             &Stat::cversion,
                                             &Stat::aversion,
                                             &Stat::ephemeral_owner,
                                             &Stat::data_length,
                                             &Stat::num_children,
                                             &Stat::pzxid};
  friend bool operator==(const Stat&, const Stat&) = default;
};

struct RequestHeader {
  std::int32_t xid = 0;
  Opcode type{};
  static constexpr auto kFields = std::tuple{&RequestHeader::xid, &RequestHeader::type};
};

struct ReplyHeader {
  std::int32_t xid = 0;
  std::int64_t zxid = 0;
  ErrorCode err = ErrorCode::Ok;
  static constexpr auto kFields =
      std::tuple{&ReplyHeader::xid, &ReplyHeader::zxid, &ReplyHeader::err};
};

/// Without the optional trailing `readOnly` byte, which clients up to 3.3 leave out.
struct ConnectRequest {
  std::int32_t protocol_version = 0;
  std::int64_t last_zxid_seen = 0;
  std::int32_t timeout_ms = 0;
  std::int64_t session_id = 0;
  View password;
  static constexpr auto kFields = std::tuple{&ConnectRequest::protocol_version,
                                             &ConnectRequest::last_zxid_seen,
                                             &ConnectRequest::timeout_ms,
                                             &ConnectRequest::session_id,
                                             &ConnectRequest::password};
};

/// Without the trailing `readOnly` byte, present only if the request had it.
struct ConnectResponse {
  std::int32_t protocol_version = 0;
  std::int32_t timeout_ms = 0;
  std::int64_t session_id = 0;
  View password;
  static constexpr auto kFields = std::tuple{&ConnectResponse::protocol_version,
                                             &ConnectResponse::timeout_ms,
                                             &ConnectResponse::session_id,
                                             &ConnectResponse::password};
};

/// Also create2 and createContainer.
struct CreateRequest {
  View path;
  View data;
  List<Acl> acl;
  CreateMode flags{};
  static constexpr auto kFields = std::tuple{
      &CreateRequest::path, &CreateRequest::data, &CreateRequest::acl, &CreateRequest::flags};
};

struct CreateTtlRequest {
  View path;
  View data;
  List<Acl> acl;
  CreateMode flags{};
  std::int64_t ttl_ms = 0;
  static constexpr auto kFields = std::tuple{&CreateTtlRequest::path,
                                             &CreateTtlRequest::data,
                                             &CreateTtlRequest::acl,
                                             &CreateTtlRequest::flags,
                                             &CreateTtlRequest::ttl_ms};
};

/// delete, and check inside multi.
struct PathVersionRequest {
  View path;
  std::int32_t version = -1;
  static constexpr auto kFields =
      std::tuple{&PathVersionRequest::path, &PathVersionRequest::version};
};

/// exists, getData, getChildren, getChildren2.
struct PathWatchRequest {
  View path;
  bool watch = false;
  static constexpr auto kFields = std::tuple{&PathWatchRequest::path, &PathWatchRequest::watch};
};

/// getACL, sync, getAllChildrenNumber, getEphemerals (a prefix there).
struct PathRequest {
  View path;
  static constexpr auto kFields = std::tuple{&PathRequest::path};
};

struct SetDataRequest {
  View path;
  View data;
  std::int32_t version = -1;
  static constexpr auto kFields =
      std::tuple{&SetDataRequest::path, &SetDataRequest::data, &SetDataRequest::version};
};

struct SetAclRequest {
  View path;
  List<Acl> acl;
  std::int32_t version = -1;
  static constexpr auto kFields =
      std::tuple{&SetAclRequest::path, &SetAclRequest::acl, &SetAclRequest::version};
};

struct ReconfigRequest {
  View joining_servers;
  View leaving_servers;
  View new_members;
  std::int64_t config_version = -1;
  static constexpr auto kFields = std::tuple{&ReconfigRequest::joining_servers,
                                             &ReconfigRequest::leaving_servers,
                                             &ReconfigRequest::new_members,
                                             &ReconfigRequest::config_version};
};

/// checkWatches, removeWatches.
struct PathTypeRequest {
  View path;
  WatcherType type{};
  static constexpr auto kFields = std::tuple{&PathTypeRequest::path, &PathTypeRequest::type};
};

struct AddWatchRequest {
  View path;
  AddWatchMode mode{};
  static constexpr auto kFields = std::tuple{&AddWatchRequest::path, &AddWatchRequest::mode};
};

struct SetWatchesRequest {
  std::int64_t relative_zxid = 0;
  List<View> data;
  List<View> exist;
  List<View> child;
  static constexpr auto kFields = std::tuple{&SetWatchesRequest::relative_zxid,
                                             &SetWatchesRequest::data,
                                             &SetWatchesRequest::exist,
                                             &SetWatchesRequest::child};
};

struct SetWatches2Request {
  std::int64_t relative_zxid = 0;
  List<View> data;
  List<View> exist;
  List<View> child;
  List<View> persistent;
  List<View> persistent_recursive;
  static constexpr auto kFields = std::tuple{&SetWatches2Request::relative_zxid,
                                             &SetWatches2Request::data,
                                             &SetWatches2Request::exist,
                                             &SetWatches2Request::child,
                                             &SetWatches2Request::persistent,
                                             &SetWatches2Request::persistent_recursive};
};

struct AuthPacket {
  std::int32_t type = 0;
  View scheme;
  View auth;
  static constexpr auto kFields =
      std::tuple{&AuthPacket::type, &AuthPacket::scheme, &AuthPacket::auth};
};

struct MultiHeader {
  Opcode type{};
  bool done = false;
  std::int32_t err = -1;
  static constexpr auto kFields =
      std::tuple{&MultiHeader::type, &MultiHeader::done, &MultiHeader::err};
};

inline constexpr MultiHeader kMultiEnd{Opcode::Error, true, -1};

struct ErrorResponse {
  ErrorCode err = ErrorCode::Ok;
  static constexpr auto kFields = std::tuple{&ErrorResponse::err};
};

/// create.
struct PathResponse {
  View path;
  static constexpr auto kFields = std::tuple{&PathResponse::path};
};

/// create2, createContainer, createTTL.
struct PathStatResponse {
  View path;
  Stat stat;
  static constexpr auto kFields = std::tuple{&PathStatResponse::path, &PathStatResponse::stat};
};

/// exists, setData, setACL.
struct StatResponse {
  Stat stat;
  static constexpr auto kFields = std::tuple{&StatResponse::stat};
};

/// getData, reconfig.
struct DataResponse {
  View data;
  Stat stat;
  static constexpr auto kFields = std::tuple{&DataResponse::data, &DataResponse::stat};
};

struct AclResponse {
  List<Acl> acl;
  Stat stat;
  static constexpr auto kFields = std::tuple{&AclResponse::acl, &AclResponse::stat};
};

/// getChildren, getEphemerals.
struct PathsResponse {
  List<View> paths;
  static constexpr auto kFields = std::tuple{&PathsResponse::paths};
};

struct ChildrenStatResponse {
  List<View> children;
  Stat stat;
  static constexpr auto kFields =
      std::tuple{&ChildrenStatResponse::children, &ChildrenStatResponse::stat};
};

struct CountResponse {
  std::int32_t count = 0;
  static constexpr auto kFields = std::tuple{&CountResponse::count};
};

struct ClientInfo {
  View scheme;
  View user;
  static constexpr auto kFields = std::tuple{&ClientInfo::scheme, &ClientInfo::user};
};

struct WhoAmIResponse {
  List<ClientInfo> identities;
  static constexpr auto kFields = std::tuple{&WhoAmIResponse::identities};
};

struct WatcherEvent {
  EventType type = EventType::None;
  KeeperState state = KeeperState::SyncConnected;
  View path;
  static constexpr auto kFields =
      std::tuple{&WatcherEvent::type, &WatcherEvent::state, &WatcherEvent::path};
};

}  // namespace paddock::jute
