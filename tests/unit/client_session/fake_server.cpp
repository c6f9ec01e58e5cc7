// SPDX-License-Identifier: Apache-2.0
#include "fake_server.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "client_session/path.h"

namespace paddock::client {

void FakeServer::accept() {
  input_.clear();
  output_.clear();
  has_shaken_hands_ = false;
  is_closed = false;
  data_watches.clear();
  child_watches.clear();
  persistent_watches.clear();
  opcodes.clear();
  xids.clear();
  auths.clear();
  tokens.clear();
  set_watches_sizes.clear();
  armed_again.clear();
  relative_zxids.clear();
}

void FakeServer::receive(View bytes) {
  input_.append(bytes);
  while (is_answering_ && input_.size() >= 4) {
    const auto length = static_cast<std::size_t>(load_be<std::int32_t>(input_.data()));
    if (input_.size() < 4 + length) return;
    const std::string frame(input_.view().substr(4, length));
    input_.consume(4 + length);
    if (has_shaken_hands_) {
      on_request(frame);
    } else {
      shake_hands(frame);
    }
  }
}

std::string FakeServer::take_output() {
  std::string bytes(output_.view());
  output_.clear();
  return bytes;
}

void FakeServer::set(const std::string& path, const std::string& data) {
  nodes[path].data = data;
  ++nodes[path].stat.version;
  touch(path, EventType::NodeDataChanged);
}

void FakeServer::create(const std::string& path) {
  nodes[path] = {};
  touch(path, EventType::NodeCreated);
}

void FakeServer::remove(const std::string& path) {
  nodes.erase(path);
  touch(path, EventType::NodeDeleted);
}

void FakeServer::touch(const std::string& path, EventType type) {
  ++zxid;
  if (nodes.contains(path)) nodes[path].stat.mzxid = zxid;
  notify(type, path);
  if (type != EventType::NodeDataChanged) {
    notify(EventType::NodeChildrenChanged, std::string(parent_path(path)));
  }
}

void FakeServer::notify(EventType type, const std::string& path) {
  const bool child_event = type == EventType::NodeChildrenChanged || type == EventType::NodeDeleted;
  const bool data_event = type != EventType::NodeChildrenChanged;
  bool wanted = persistent_watches.contains(path);
  if (data_event) wanted = data_watches.erase(path) > 0 || wanted;
  if (child_event) wanted = child_watches.erase(path) > 0 || wanted;
  if (!wanted) return;
  jute::FrameWriter frame(output_);
  jute::Writer writer(output_);
  writer.put(jute::ReplyHeader{jute::kXidWatchEvent, zxid, ErrorCode::Ok});
  writer.put(jute::WatcherEvent{type, KeeperState::SyncConnected, path});
  frame.close();
}

void FakeServer::shake_hands(View frame) {
  jute::ConnectRequest request;
  if (!jute::decode(frame, request)) {
    is_closed = true;
    return;
  }
  has_shaken_hands_ = true;
  std::int64_t id = request.session_id;
  std::int32_t timeout = std::min(request.timeout_ms, timeout_ms_max);
  std::string password(request.password);
  if (id == 0) {
    id = next_session_++;
    password = "password of " + std::to_string(id);
    sessions_[id] = password;
  } else if (!sessions_.contains(id) || sessions_[id] != password) {
    id = 0;
    timeout = 0;
    password.assign(16, '\0');
    is_closed = true;
  }
  jute::FrameWriter out(output_);
  jute::Writer writer(output_);
  writer.put(jute::ConnectResponse{0, timeout, id, password});
  writer.put(is_read_only);
  out.close();
}

void FakeServer::reply(std::int32_t xid, ErrorCode error) {
  jute::FrameWriter frame(output_);
  jute::Writer(output_).put(jute::ReplyHeader{xid, zxid, error});
  frame.close();
}

template <class Record>
void FakeServer::reply(std::int32_t xid, const Record& record) {
  jute::FrameWriter frame(output_);
  jute::Writer writer(output_);
  writer.put(jute::ReplyHeader{xid, zxid, ErrorCode::Ok});
  writer.put(record);
  frame.close();
}

void FakeServer::on_request(View frame) {
  jute::Reader reader(frame);
  jute::RequestHeader header;
  if (!reader.get(header)) {
    is_closed = true;
    return;
  }
  opcodes.push_back(header.type);
  xids.push_back(header.xid);
  const View body = reader.rest();
  jute::AuthPacket auth;
  switch (static_cast<int>(header.type)) {
    case static_cast<int>(jute::Opcode::Ping):
      reply(header.xid, ErrorCode::Ok);
      return;
    case static_cast<int>(jute::Opcode::CloseSession):
      reply(header.xid, ErrorCode::Ok);
      is_closed = true;
      return;
    case static_cast<int>(jute::Opcode::Auth):
      if (jute::decode(body, auth)) auths.emplace_back(auth.auth);
      reply(header.xid, auth_result);
      return;
    case static_cast<int>(jute::Opcode::Sasl):
      on_token(header.xid, body);
      return;
    case static_cast<int>(jute::Opcode::SetWatches):
    case static_cast<int>(jute::Opcode::SetWatches2):
      on_set_watches(body, frame.size(), header.type);
      return;
    case static_cast<int>(jute::Opcode::Create2):
      on_create(header.xid, body);
      return;
    default:
      on_path_request(header.xid, header.type, body);
  }
}

void FakeServer::on_token(std::int32_t xid, View body) {
  jute::Reader reader(body);
  View token;
  is_closed = !reader.get(token) || is_null(token);
  tokens.emplace_back(token);
  jute::FrameWriter frame(output_);
  jute::Writer writer(output_);
  writer.put(jute::ReplyHeader{xid, 0, login_result});
  const std::string answer = fmt::format("answer {}", tokens.size());
  writer.put(does_sasl ? View(answer) : View{});
  frame.close();
}

void FakeServer::on_create(std::int32_t xid, View body) {
  jute::CreateRequest request;
  if (!jute::decode(body, request)) return reply(xid, ErrorCode::MarshallingError);
  const std::string path(request.path);
  if (nodes.contains(path)) return reply(xid, ErrorCode::NodeExists);
  create(path);
  nodes[path].data = request.data;
  reply(xid, jute::PathStatResponse{path, nodes[path].stat});
}

void FakeServer::note_armed(const jute::SetWatches2Request& request) {
  relative_zxids.push_back(request.relative_zxid);
  const auto note = [&](std::string_view kind, const jute::List<View>& paths) {
    for (const View path : paths) armed_again.push_back(fmt::format("{} {}", kind, path));
  };
  note("data", request.data);
  note("exists", request.exist);
  note("child", request.child);
  note("persistent", request.persistent);
  note("recursive", request.persistent_recursive);
}

void FakeServer::on_set_watches(View body, std::size_t bytes, jute::Opcode opcode) {
  set_watches_sizes.push_back(bytes);
  jute::SetWatches2Request request;
  if (opcode == jute::Opcode::SetWatches2) {
    if (!jute::decode(body, request))
      return reply(jute::kXidSetWatches, ErrorCode::MarshallingError);
  } else {
    jute::SetWatchesRequest old;
    if (!jute::decode(body, old)) return reply(jute::kXidSetWatches, ErrorCode::MarshallingError);
    request = {old.relative_zxid, old.data, old.exist, old.child, {}, {}};
  }
  note_armed(request);
  const auto tell = [&](EventType type, View path) {
    jute::FrameWriter frame(output_);
    jute::Writer writer(output_);
    writer.put(jute::ReplyHeader{jute::kXidWatchEvent, -1, ErrorCode::Ok});
    writer.put(jute::WatcherEvent{type, KeeperState::SyncConnected, path});
    frame.close();
  };
  for (const View path : request.data) {
    const auto node = nodes.find(std::string(path));
    if (node == nodes.end()) {
      tell(EventType::NodeDeleted, path);
    } else if (node->second.stat.mzxid > request.relative_zxid) {
      tell(EventType::NodeDataChanged, path);
    } else {
      data_watches.emplace(path);
    }
  }
  for (const View path : request.exist) {
    if (nodes.contains(std::string(path))) {
      tell(EventType::NodeCreated, path);
    } else {
      data_watches.emplace(path);
    }
  }
  for (const View path : request.child) child_watches.emplace(path);
  for (const View path : request.persistent) persistent_watches.emplace(path);
  for (const View path : request.persistent_recursive) persistent_watches.emplace(path);
  reply(jute::kXidSetWatches, set_watches_result);
}

void FakeServer::on_path_request(std::int32_t xid, jute::Opcode opcode, View body) {
  jute::Reader reader(body);
  View view;
  static_cast<void>(reader.get(view));
  const std::string path(view);
  const bool exists = nodes.contains(path);
  bool watch = false;
  std::int32_t number = 0;
  switch (static_cast<int>(opcode)) {
    case static_cast<int>(jute::Opcode::Exists):
      static_cast<void>(reader.get(watch));
      if (watch) data_watches.insert(path);
      if (!exists) return reply(xid, ErrorCode::NoNode);
      return reply(xid, nodes[path].stat);
    case static_cast<int>(jute::Opcode::GetData):
      static_cast<void>(reader.get(watch));
      if (!exists) return reply(xid, ErrorCode::NoNode);
      if (watch) data_watches.insert(path);
      return reply(xid, jute::DataResponse{nodes[path].data, nodes[path].stat});
    case static_cast<int>(jute::Opcode::GetChildren2):
      static_cast<void>(reader.get(watch));
      if (watch) child_watches.insert(path);
      return reply(xid, jute::ChildrenStatResponse{{0, kEmpty}, nodes[path].stat});
    case static_cast<int>(jute::Opcode::AddWatch):
      persistent_watches.insert(path);
      return reply(xid, jute::ErrorResponse{});
    case static_cast<int>(jute::Opcode::RemoveWatches):
      static_cast<void>(reader.get(number));
      data_watches.erase(path);
      child_watches.erase(path);
      persistent_watches.erase(path);
      return reply(xid, ErrorCode::Ok);
    case static_cast<int>(jute::Opcode::CheckWatches):
      return reply(xid, ErrorCode::Ok);
    default:
      reply(xid, ErrorCode::Unimplemented);
      is_closed = true;
  }
}

}  // namespace paddock::client
