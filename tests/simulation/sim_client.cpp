// SPDX-License-Identifier: Apache-2.0
#include "simulation/sim_client.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace paddock::simulation {

namespace {

using jute::Opcode;

constexpr int kNames = 6;
constexpr std::int32_t kTimeoutMs = 10000;
constexpr View kSharedRoot = "/s";
constexpr std::int64_t kZxidUnknown = -1;

jute::ListBuilder<jute::Acl> open_acl() {
  jute::ListBuilder<jute::Acl> acl;
  acl.add({jute::kPermAll, {"world", "anyone"}});
  return acl;
}

}  // namespace

std::string Home::describe() const {
  std::string text = fmt::format("[{} creates:", creates);
  for (const auto& [name, data] : nodes) {
    text += fmt::format(" {}{}={}",
                        name,
                        ephemerals.contains(name) ? " (ephemeral)" : "",
                        data.substr(0, data.find('x')));
  }
  return text + "]";
}

void Home::drop_ephemerals() {
  for (const std::string& name : std::exchange(ephemerals, {})) nodes.erase(name);
}

SimClient::SimClient(int number, Prng& prng, Facts& facts)
    : number_(number),
      prng_(prng),
      facts_(facts),
      home_(fmt::format("/c{}", number)),
      password_(16, '\0') {}

void SimClient::fail(const std::string& what) {
  if (violation_.empty()) violation_ = fmt::format("client {}: {}", number_, what);
}

void SimClient::on_connected(ConnectionId id) {
  connection_ = id;
  incoming_.clear();
  outgoing.clear();
  send_handshake();
}

void SimClient::on_disconnected() {
  connection_.reset();
  is_ready_ = false;
  incoming_.clear();
  outgoing.clear();
  auditing_ = false;
  if (is_read_only_) on_read_only_disconnected();
  for (Request& request : waiting_) {
    if (request.kind <= Kind::Multi && !is_impossible(request)) {
      doubtful_.push_back(std::move(request));
    }
  }
  waiting_.clear();
  needs_audit_ = true;
  last_event_zxid_ = 0;
  closing_ = false;
  if (std::exchange(has_ended_, false)) {
    forget_watches();
    session_ = SessionId{};
    password_.assign(16, '\0');
  }
}

void SimClient::send_handshake() {
  ByteBuffer out;
  jute::FrameWriter frame(out);
  jute::Writer writer(out);
  writer.put(jute::ConnectRequest{.last_zxid_seen = last_zxid_,
                                  .timeout_ms = kTimeoutMs,
                                  .session_id = raw(session_),
                                  .password = password_});
  writer.put(accepts_read_only_);
  frame.close();
  outgoing.append(out.view());
}

void SimClient::send(Request request) {
  request.xid = request.kind == Kind::Ping         ? jute::kXidPing
                : request.kind == Kind::SetWatches ? jute::kXidSetWatches
                : request.kind == Kind::Auth       ? jute::kXidAuth
                                                   : next_xid_++;
  request.floor = floor_of(request.kind);
  outgoing += encode(request);
  waiting_.push_back(std::move(request));
}

std::string SimClient::encode(const Request& request) const {
  ByteBuffer out;
  jute::FrameWriter frame(out);
  jute::Writer writer(out);
  const auto acl = open_acl();
  const std::string path = path_of(request.name);
  const auto header = [&](Opcode opcode) {
    writer.put(jute::RequestHeader{request.xid, opcode});
  };
  switch (request.kind) {
    case Kind::MakeHome:
      header(Opcode::Create);
      writer.put(jute::CreateRequest{home_, kEmpty, acl.view(), jute::CreateMode::Persistent});
      break;
    case Kind::Create: {
      header(Opcode::Create2);
      const int flags = (request.ephemeral ? 1 : 0) + (request.sequential ? 2 : 0);
      writer.put(jute::CreateRequest{path, request.data, acl.view(), jute::CreateMode{flags}});
      break;
    }
    case Kind::SetData:
      header(Opcode::SetData);
      writer.put(jute::SetDataRequest{path, request.data, -1});
      break;
    case Kind::Delete:
      header(Opcode::Delete);
      writer.put(jute::PathVersionRequest{path, -1});
      break;
    case Kind::Multi:
      header(Opcode::Multi);
      writer.put(jute::MultiHeader{Opcode::Create, false, -1});
      writer.put(jute::CreateRequest{path, request.data, acl.view(), jute::CreateMode::Persistent});
      writer.put(jute::MultiHeader{Opcode::SetData, false, -1});
      writer.put(jute::SetDataRequest{path_of(request.other), request.data, -1});
      writer.put(jute::kMultiEnd);
      break;
    case Kind::GetData:
    case Kind::AuditNode:
      header(Opcode::GetData);
      writer.put(jute::PathWatchRequest{path, request.watch});
      break;
    case Kind::Exists:
      header(Opcode::Exists);
      writer.put(jute::PathWatchRequest{path, request.watch});
      break;
    case Kind::GetChildren:
    case Kind::Audit:
      header(request.kind == Kind::Audit ? Opcode::GetChildren2 : Opcode::GetChildren);
      writer.put(jute::PathWatchRequest{home_, request.watch});
      break;
    case Kind::Sync:
      header(Opcode::Sync);
      writer.put(jute::PathRequest{home_});
      break;
    case Kind::Ping:
      header(Opcode::Ping);
      break;
    case Kind::Close:
      header(Opcode::CloseSession);
      break;
    case Kind::Auth:
      header(Opcode::Auth);
      writer.put(jute::AuthPacket{.scheme = "reads", .auth = "linearizable"});
      break;
    case Kind::Reconfig:
      header(Opcode::Reconfig);
      writer.put(jute::ReconfigRequest{
          .joining_servers = {}, .leaving_servers = {}, .new_members = request.data});
      break;
    case Kind::SetWatches:
    case Kind::SharedCreate:
    case Kind::SharedSet:
    case Kind::SharedDelete:
    case Kind::SharedMulti:
    case Kind::SharedGet:
    case Kind::SharedExists:
      encode_shared(request, writer);
      break;
  }
  frame.close();
  return std::string(out.view());
}

void SimClient::on_bytes(View bytes) {
  incoming_.append(bytes);
  while (incoming_.size() >= 4 && violation_.empty()) {
    const auto length = static_cast<std::size_t>(load_be<std::int32_t>(incoming_.data()));
    if (incoming_.size() < 4 + length) return;
    const std::string frame = incoming_.substr(4, length);
    incoming_.erase(0, 4 + length);
    on_frame(frame);
  }
}

void SimClient::on_frame(View frame) {
  if (!is_ready_ && !has_ended_) return on_handshake(frame);
  jute::Reader reader(frame);
  jute::ReplyHeader header;
  if (!reader.get(header)) return fail("a reply has no header");
  if (header.xid == jute::kXidWatchEvent) return on_event(header.zxid, reader.rest());
  on_reply(header, reader.rest());
}

void SimClient::on_handshake(View frame) {
  jute::Reader reader(frame);
  jute::ConnectResponse response;
  bool is_read_only = false;
  if (!reader.get(response) || !reader.get(is_read_only)) {
    return fail("the handshake's answer is malformed");
  }
  if (response.timeout_ms == 0) {
    // Expired: a new session is made with the next connection, which the server makes us open.
    if (session_ == SessionId{}) return fail("a new session was refused");
    forget_watches();
    session_ = SessionId{};
    password_.assign(16, '\0');
    session_lost_ = true;
    return;
  }
  on_attached(response, is_read_only);
  if (asks_for_linearizable_reads_) send({.kind = Kind::Auth, .name = {}, .other = {}, .data = {}});
  rearm_watches();
  if (!home_made_) make_home();
}

void SimClient::make_home() {
  send({.kind = Kind::SharedCreate, .name = std::string(kSharedRoot), .other = {}, .data = {}});
  send({.kind = Kind::MakeHome, .name = {}, .other = {}, .data = {}});
}

void SimClient::on_event(std::int64_t zxid, View record) {
  jute::WatcherEvent event;
  if (!jute::decode(record, event)) return fail("an event is malformed");
  // Those that tell what happened while there was no connection do not say when.
  const bool is_late =
      zxid == kZxidUnknown && !waiting_.empty() && waiting_.front().kind == Kind::SetWatches;
  if (zxid < last_zxid_ && !is_late)
    return fail(fmt::format("event of zxid {} after a reply at {}", zxid, last_zxid_));
  last_event_zxid_ = zxid;
  ++events_;
  if (event.path.starts_with(kSharedRoot))
    return on_shared_event(std::string(event.path), event.type, zxid);
  if (event.path == home_) {
    if (event.type != jute::EventType::NodeChildrenChanged ||
        !std::exchange(armed_children_, std::nullopt)) {
      fail("an event of the home that was not asked for");
    }
    return;
  }
  const std::string name(event.path.substr(std::min(event.path.size(), home_.size() + 1)));
  if (armed_data_.erase(name) == 0)
    fail(fmt::format("an event of {} that was not asked for", event.path));
}

void SimClient::on_reply(const jute::ReplyHeader& header, View record) {
  if (waiting_.empty()) return fail(fmt::format("a reply to xid {} that nobody sent", header.xid));
  const Request request = std::move(waiting_.front());
  waiting_.pop_front();
  if (request.xid != header.xid) {
    return fail(fmt::format("xid {} answered in place of {}", header.xid, request.xid));
  }
  // A ping does not wait for the writes before it, whose replies have their own places.
  // A wish has none.
  if (request.kind != Kind::Ping && request.kind != Kind::Auth) {
    if (header.zxid < last_zxid_)
      return fail(fmt::format("zxid went back from {} to {}", last_zxid_, header.zxid));
    if (header.zxid < last_event_zxid_)
      return fail(
          fmt::format("reply of zxid {} after an event of {}", header.zxid, last_event_zxid_));
    last_zxid_ = header.zxid;
  }
  ++acknowledged_;
  if (header.err == ErrorCode::SessionExpired) return;  // nothing was done; the connection ends
  if (header.zxid < request.floor) {
    return fail(
        fmt::format("a reply at {}, though {} had been answered before the request was sent",
                    header.zxid,
                    request.floor));
  }
  facts_.highest_zxid = std::max(facts_.highest_zxid, header.zxid);
  if (request.kind == Kind::SetWatches) {
    for (auto& [path, armed] : armed_shared_) {
      // A node that came and went meanwhile has left no trace.
      if (armed.is_absent) armed.since = header.zxid;
    }
  }
  note_quiet_watches(header.zxid);
  if (is_read_only_ && !is_read(request.kind)) return on_refused(request, header.err);
  if (header.err == ErrorCode::NotReadOnly) return;  // the disk is full; nothing was done
  switch (request.kind) {
    case Kind::MakeHome:
      home_made_ = true;
      if (header.err != ErrorCode::Ok && header.err != ErrorCode::NodeExists)
        fail("the home was refused");
      return;
    case Kind::Create:
    case Kind::SetData:
    case Kind::Delete:
    case Kind::Multi:
      return on_write_reply(request, header.err, record);
    case Kind::GetData:
    case Kind::Exists:
    case Kind::GetChildren:
      return on_read_reply(request, header.err, record);
    case Kind::Auth:
    case Kind::Sync:
    case Kind::Ping:
      if (header.err != ErrorCode::Ok) fail("a sync, a ping or a wish failed");
      return;
    case Kind::Close:
      // Its ephemeral nodes went with it, but were there for requests before it that are doubtful.
      session_lost_ = true;
      has_ended_ = true;
      return;
    case Kind::Audit:
    case Kind::AuditNode:
      return on_audit_reply(request, header.err, record);
    case Kind::SetWatches:
      if (header.err != ErrorCode::Ok) fail("setWatches failed");
      return;
    case Kind::SharedCreate:
    case Kind::SharedSet:
    case Kind::SharedDelete:
    case Kind::SharedMulti:
      return on_shared_write(request, header, record);
    case Kind::SharedGet:
    case Kind::SharedExists:
      return on_shared_read(request, header, record);
    case Kind::Reconfig:
      return on_reconfigured(header, record);
  }
}

ErrorCode SimClient::carry_out(const Request& request, Home& home) {
  const bool exists = home.nodes.contains(request.name);
  switch (request.kind) {
    case Kind::Create: {
      const std::string name = created_name(request, home);
      if (home.nodes.contains(name)) return ErrorCode::NodeExists;
      home.nodes[name] = request.data;
      if (request.ephemeral) home.ephemerals.insert(name);
      ++home.creates;
      return ErrorCode::Ok;
    }
    case Kind::SetData:
      if (!exists) return ErrorCode::NoNode;
      home.nodes[request.name] = request.data;
      return ErrorCode::Ok;
    case Kind::Delete:
      if (!exists) return ErrorCode::NoNode;
      home.nodes.erase(request.name);
      home.ephemerals.erase(request.name);
      return ErrorCode::Ok;
    case Kind::Multi:
      if (exists) return ErrorCode::NodeExists;
      if (request.other != request.name && !home.nodes.contains(request.other))
        return ErrorCode::NoNode;
      home.nodes[request.name] = request.data;
      home.nodes[request.other] = request.data;
      ++home.creates;
      return ErrorCode::Ok;
    case Kind::MakeHome:
    case Kind::GetData:
    case Kind::Exists:
    case Kind::GetChildren:
    case Kind::Sync:
    case Kind::Auth:
    case Kind::Ping:
    case Kind::Close:
    case Kind::Audit:
    case Kind::AuditNode:
    case Kind::SetWatches:
    case Kind::SharedCreate:
    case Kind::SharedSet:
    case Kind::SharedDelete:
    case Kind::SharedMulti:
    case Kind::SharedGet:
    case Kind::SharedExists:
    case Kind::Reconfig:
      return ErrorCode::Ok;
  }
  return ErrorCode::SystemError;
}

std::string SimClient::created_name(const Request& request, const Home& home) {
  return request.sequential ? fmt::format("{}{:010}", request.name, home.creates) : request.name;
}

void SimClient::on_write_reply(const Request& request, ErrorCode err, View record) {
  const std::string name = created_name(request, known_);
  if (is_impossible(request)) {
    if (err != ErrorCode::EphemeralOnLocalSession) fail("a local session owns an ephemeral node");
    return;
  }
  const ErrorCode expected = carry_out(request, known_);
  if (request.kind == Kind::Multi) {
    jute::Reader reader(record);
    jute::MultiHeader first;
    if (err != ErrorCode::Ok || !reader.get(first)) return fail("a multi's reply is malformed");
    if ((first.type != Opcode::Error) != (expected == ErrorCode::Ok))
      return fail("a multi went the wrong way");
  } else if (err != expected) {
    return fail(fmt::format("{} answered {} instead of {}",
                            path_of(request.name),
                            paddock::name(err),
                            paddock::name(expected)));
  }
  if (expected != ErrorCode::Ok) return;
  if (request.kind == Kind::Create) {
    jute::PathStatResponse response;
    if (!jute::decode(record, response)) return fail("a create's reply is malformed");
    if (response.path != path_of(name)) {
      return fail(fmt::format("created {} instead of {}", response.path, path_of(name)));
    }
  }
  // The event that a write fires on its own connection comes before its reply.
  if (armed_data_.contains(name) ||
      (request.kind == Kind::Multi && armed_data_.contains(request.other))) {
    fail(fmt::format("the reply of a write to {} came before its event", name));
  }
  if (request.kind != Kind::SetData && armed_children_) {
    fail("the reply of a create or delete came before its event");
  }
}

void SimClient::on_read_reply(const Request& request, ErrorCode err, View record) {
  if (request.kind == Kind::GetChildren) {
    jute::PathsResponse response;
    if (err != ErrorCode::Ok || !jute::decode(record, response)) return fail("getChildren failed");
    std::set<std::string> names;
    for (const View child : response.paths) names.emplace(child);
    std::set<std::string> expected;
    for (const auto& [name, data] : known_.nodes) expected.insert(name);
    if (names != expected) fail("getChildren shows another set of children");
    if (request.watch && !armed_children_) armed_children_ = std::move(names);
    return;
  }
  const auto node = known_.nodes.find(request.name);
  const bool exists = node != known_.nodes.end();
  if (err != (exists ? ErrorCode::Ok : ErrorCode::NoNode)) {
    return fail(fmt::format("a read of {} answered {}", path_of(request.name), paddock::name(err)));
  }
  if (request.kind == Kind::GetData && exists) {
    jute::DataResponse response;
    if (!jute::decode(record, response)) return fail("a getData's reply is malformed");
    if (response.data != node->second) {
      fail(fmt::format(
          "{} holds '{}' instead of '{}'", path_of(request.name), response.data, node->second));
    }
  }
  if (request.watch && (exists || request.kind == Kind::Exists)) {
    armed_data_.emplace(request.name, exists ? std::optional(node->second) : std::nullopt);
  }
}

void SimClient::begin_audit() {
  if (!is_ready_ || is_read_only_ || auditing_ || !waiting_.empty()) return;
  if (!home_made_) return make_home();
  auditing_ = true;
  audited_ = {};
  audit_left_ = 0;
  // A session that nobody else knows begins with whatever its server has.
  if (sessions_may_be_local_) send({.kind = Kind::Sync, .name = {}, .other = {}, .data = {}});
  send({.kind = Kind::Audit, .name = {}, .other = {}, .data = {}});
}

void SimClient::on_audit_reply(const Request& request, ErrorCode err, View record) {
  if (err != ErrorCode::Ok)
    return fail("an audit's read failed: " + std::string(paddock::name(err)));
  if (request.kind == Kind::Audit) {
    jute::ChildrenStatResponse response;
    if (!jute::decode(record, response)) return fail("an audit's reply is malformed");
    audited_.creates = (response.stat.cversion + response.stat.num_children) / 2;
    for (const View child : response.children) {
      ++audit_left_;
      send({.kind = Kind::AuditNode, .name = std::string(child), .other = {}, .data = {}});
    }
    if (audit_left_ == 0) finish_audit();
    return;
  }
  jute::DataResponse response;
  if (!jute::decode(record, response)) return fail("an audit's reply is malformed");
  audited_.nodes[request.name] = std::string(response.data);
  if (response.stat.ephemeral_owner != 0) audited_.ephemerals.insert(request.name);
  if (--audit_left_ == 0) finish_audit();
}

void SimClient::finish_audit() {
  auditing_ = false;
  Home candidate = known_;
  for (std::size_t happened = 0;; ++happened) {
    Home after = candidate;
    if (session_lost_) after.drop_ephemerals();
    if (after == audited_) {
      known_ = after;
      doubtful_.clear();
      session_lost_ = false;
      needs_audit_ = false;
      return check_rearmed_watches();
    }
    if (happened == doubtful_.size()) break;
    static_cast<void>(carry_out(doubtful_[happened], candidate));
  }
  fail(fmt::format(
      "{} holds what no prefix of the {} doubtful requests explains: it has {}, the client knew {}",
      home_,
      doubtful_.size(),
      audited_.describe(),
      known_.describe()));
}

std::string SimClient::random_name() {
  return fmt::format("n{}", prng_.below(kNames));
}

void SimClient::act() {
  if (!is_ready_ || has_ended_ || closing_) return;
  if (!is_read_only_ && (auditing_ || needs_audit_ || !home_made_)) return;
  const std::uint64_t burst = 1 + prng_.below(4);
  for (std::uint64_t i = 0; i < burst; ++i) act_once();
}

void SimClient::act_once() {
  Request request{.kind = Kind::Ping, .name = random_name(), .other = random_name(), .data = {}};
  request.data = fmt::format("{}.{}", number_, ++value_) + std::string(prng_.below(300), 'x');
  switch (prng_.below(20)) {
    case 0:
    case 1:
    case 2:
      request.kind = Kind::Create;
      request.ephemeral = prng_.chance(1, 3);
      request.sequential = prng_.chance(1, 4);
      if (request.sequential) request.name = "s";
      break;
    case 3:
    case 4:
      request.kind = Kind::SetData;
      break;
    case 5:
      request.kind = Kind::Delete;
      break;
    case 6:
      request.kind = Kind::Multi;
      break;
    case 7:
      request.kind = Kind::GetData;
      request.watch = prng_.chance(1, 2);
      break;
    case 8:
      request.kind = Kind::Exists;
      request.watch = prng_.chance(1, 2);
      break;
    case 9:
      request.kind = Kind::GetChildren;
      request.watch = prng_.chance(1, 2);
      break;
    case 10:
      request.kind = Kind::Sync;
      break;
    case 11:
      break;
    default:
      return act_on_shared(std::move(request));
  }
  // What its own node holds there, it cannot know.
  if (is_read_only_ && is_read(request.kind)) return act_on_shared(std::move(request));
  send(std::move(request));
}

void SimClient::ping() {
  if (is_ready_ && !has_ended_) send({.kind = Kind::Ping, .name = {}, .other = {}, .data = {}});
}

}  // namespace paddock::simulation
