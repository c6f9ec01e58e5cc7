// SPDX-License-Identifier: Apache-2.0
#include "harness.h"

#include <algorithm>
#include <cstring>

namespace paddock::shard {

namespace {

txn::pb::Op& add_op(txn::pb::Txn& txn, jute::Opcode opcode) {
  txn::pb::Op& op = *txn.add_ops();
  op.set_opcode(static_cast<std::int32_t>(opcode));
  return op;
}

}  // namespace

jute::WatcherEvent Packet::event() const {
  EXPECT_EQ(xid, jute::kXidWatchEvent);
  jute::WatcherEvent event;
  EXPECT_TRUE(jute::decode(record, event));
  return event;
}

std::string framed(View payload) {
  std::string packet(4, '\0');
  store_be(packet.data(), static_cast<std::int32_t>(payload.size()));
  return packet.append(payload);
}

std::string request(std::int32_t xid, jute::Opcode opcode, View record) {
  return framed(encoded(jute::RequestHeader{xid, opcode}).append(record));
}

std::string get_data(std::int32_t xid, View path, bool watch) {
  return request(xid, jute::Opcode::GetData, encoded(jute::PathWatchRequest{path, watch}));
}

std::string get_children(std::int32_t xid, View path, bool watch) {
  return request(xid, jute::Opcode::GetChildren, encoded(jute::PathWatchRequest{path, watch}));
}

std::string exists(std::int32_t xid, View path, bool watch) {
  return request(xid, jute::Opcode::Exists, encoded(jute::PathWatchRequest{path, watch}));
}

std::string set_data(std::int32_t xid, View path, View data) {
  return request(xid, jute::Opcode::SetData, encoded(jute::SetDataRequest{path, data, -1}));
}

std::string create(std::int32_t xid, View path, View data, jute::CreateMode mode) {
  jute::ListBuilder<jute::Acl> acl;
  acl.add({jute::kPermAll, {"world", "anyone"}});
  return request(
      xid, jute::Opcode::Create, encoded(jute::CreateRequest{path, data, acl.view(), mode}));
}

std::string remove(std::int32_t xid, View path) {
  return request(xid, jute::Opcode::Delete, encoded(jute::PathVersionRequest{path, -1}));
}

std::string ping() {
  return request(jute::kXidPing, jute::Opcode::Ping);
}

std::string handshake(const Handshake& wish) {
  ByteBuffer out;
  jute::Writer writer(out);
  writer.put(jute::ConnectRequest{.last_zxid_seen = wish.last_zxid_seen,
                                  .timeout_ms = wish.timeout_ms,
                                  .session_id = raw(wish.session),
                                  .password = wish.password});
  if (wish.read_only_byte) writer.put(wish.accepts_read_only);
  return framed(out.view());
}

Harness::Harness(ShardOptions options) : shard(0, tree, authenticator, std::move(options)) {}

Harness::~Harness() {
  shard.check_invariants();
}

ConnectionId Harness::accept() {
  return shard.on_accept("127.0.0.1", 5000, now);
}

ConnectionId Harness::connect() {
  const ConnectionId id = accept();
  send(id, handshake());
  run_core();
  EXPECT_EQ(take_bytes(id).size(), 41U);
  return id;
}

void Harness::send(ConnectionId id, View bytes) {
  while (!bytes.empty()) {
    std::size_t room = 0;
    char* const space = shard.input_space(id, 64, room);
    const std::size_t count = std::min(room, bytes.size());
    std::memcpy(space, bytes.data(), count);
    shard.on_bytes(id, count, now, effects);
    bytes.remove_prefix(count);
  }
  shard.check_invariants();
}

void Harness::end_turn() {
  do {
    shard.go_round(now, effects);
    shard.check_invariants();
  } while (shard.is_amid_round());
}

std::string Harness::take_bytes(ConnectionId id) {
  ByteBuffer& output = shard.output(id);
  std::string bytes(output.view());
  output.consume(bytes.size());
  shard.on_sent(id, now, effects);
  shard.check_invariants();
  return bytes;
}

std::vector<Packet> Harness::take(ConnectionId id) {
  const std::string bytes = take_bytes(id);
  std::vector<Packet> packets;
  for (View rest = bytes; !rest.empty();) {
    const auto length = static_cast<std::size_t>(load_be<std::int32_t>(rest.data()));
    EXPECT_GE(rest.size(), 4 + length);
    jute::Reader reader(rest.substr(4, length));
    jute::ReplyHeader header;
    EXPECT_TRUE(reader.get(header));
    packets.push_back({header.xid, header.zxid, header.err, std::string(reader.rest())});
    rest.remove_prefix(4 + length);
  }
  return packets;
}

std::vector<std::int32_t> Harness::take_xids(ConnectionId id) {
  std::vector<std::int32_t> xids;
  for (const Packet& packet : take(id)) xids.push_back(packet.xid);
  return xids;
}

void Harness::disconnect(ConnectionId id) {
  shard.on_closed(id, effects);
  shard.check_invariants();
}

std::deque<Handed>& Harness::handed() {
  for (const gate::CoreEntry& entry : effects.core.entries()) {
    handed_.push_back({entry,
                       std::string(effects.core.payload(entry)),
                       std::string(effects.core.identities(entry))});
  }
  effects.core.clear();
  return handed_;
}

void Harness::run_core(std::size_t count, bool deliver) {
  while (count > 0 && !handed().empty()) {
    const Handed next = std::move(handed_.front());
    handed_.pop_front();
    answer(next);
    --count;
  }
  if (deliver) deliver_mail();
}

void Harness::deliver_mail() {
  shard.on_mail(now, effects);
  shard.check_invariants();
}

void Harness::mail(gate::MailEntry entry, View text) {
  tree.write().mail(0).add(entry, text);
}

void Harness::answer(const Handed& handed) {
  const gate::CoreEntry& entry = handed.entry;
  switch (entry.kind) {
    case gate::CoreKind::Write:
      return answer_write(handed);
    case gate::CoreKind::CreateSession:
    case gate::CoreKind::AttachSession: {
      const bool creates = entry.kind == gate::CoreKind::CreateSession;
      const SessionId session = creates ? SessionId{next_session_++} : entry.session;
      if (creates) live_.insert(session);
      sessions_[entry.connection] = session;
      return mail({.kind = live_.contains(session) ? gate::MailKind::SessionAttached
                                                   : gate::MailKind::SessionRefused,
                   .timeout_ms = entry.timeout_ms,
                   .connection = entry.connection,
                   .session = session});
    }
    case gate::CoreKind::ConnectionClosed:
    case gate::CoreKind::Touch:
      return;
  }
}

void Harness::answer_write(const Handed& handed) {
  const gate::CoreEntry& entry = handed.entry;
  std::string record;
  ErrorCode err = ErrorCode::Ok;
  if (entry.opcode == jute::Opcode::Create) err = carry_out_create(handed, record);
  if (entry.opcode == jute::Opcode::SetData) err = carry_out_set(handed, record);
  if (entry.opcode == jute::Opcode::Delete) err = carry_out_delete(handed);
  if (entry.opcode == jute::Opcode::Sync) record = handed.payload;
  mail({.kind = gate::MailKind::Reply,
        .err = err,
        .xid = entry.xid,
        .connection = entry.connection,
        .zxid = tree.writers_view().last_zxid()},
       record);
}

ErrorCode Harness::carry_out_create(const Handed& handed, std::string& record) {
  jute::CreateRequest wish;
  EXPECT_TRUE(jute::decode(handed.payload, wish));
  if (tree.writers_view().find(wish.path) != nullptr) return ErrorCode::NodeExists;
  if (wish.flags == jute::CreateMode::Ephemeral) {
    apply_create_ephemeral(std::string(wish.path), handed.entry.session);
  } else {
    apply_create(std::string(wish.path), std::string(wish.data));
  }
  record = encoded(jute::PathResponse{wish.path});
  return ErrorCode::Ok;
}

ErrorCode Harness::carry_out_set(const Handed& handed, std::string& record) {
  jute::SetDataRequest wish;
  EXPECT_TRUE(jute::decode(handed.payload, wish));
  const tree::DataTree& view = tree.writers_view();
  if (view.find(wish.path) == nullptr) return ErrorCode::NoNode;
  apply_set(std::string(wish.path), std::string(wish.data));
  record = encoded(jute::StatResponse{view.stat(*view.find(wish.path))});
  return ErrorCode::Ok;
}

ErrorCode Harness::carry_out_delete(const Handed& handed) {
  jute::PathVersionRequest wish;
  EXPECT_TRUE(jute::decode(handed.payload, wish));
  if (tree.writers_view().find(wish.path) == nullptr) return ErrorCode::NoNode;
  apply_delete(std::string(wish.path));
  return ErrorCode::Ok;
}

Zxid Harness::apply(txn::pb::Txn& txn) {
  tree::Changes changes;
  const Zxid zxid{next_zxid_++};
  txn.set_zxid(zxid.value);
  txn.set_time_ms(now.wall.ms);
  const auto gate = tree.write();
  gate.tree().apply(txn, changes);
  mail_changes(gate, zxid, changes);
  return zxid;
}

void Harness::mail_changes(const gate::SharedTree::WriteGate& gate,
                           Zxid zxid,
                           const tree::Changes& changes) {
  if (gate.counts_sessions(0)) {
    for (const SessionId owner : changes.owners()) {
      const std::size_t count = gate.tree().ephemeral_count(owner);
      gate.mail(0).add({.kind = gate::MailKind::Ephemerals,
                        .ephemerals = static_cast<std::uint32_t>(count),
                        .session = owner});
    }
  }
  if (!gate.wants_events(0)) return;
  for (const tree::Change& change : changes.list()) {
    gate.mail(0).add(
        {.kind = gate::MailKind::Event, .event = change.type, .acl = change.acl, .zxid = zxid},
        changes.path(change));
  }
}

Zxid Harness::apply_create(const std::string& path,
                           const std::string& data,
                           const std::vector<txn::pb::Acl>& acl) {
  txn::pb::Txn txn;
  return apply_create(txn, path, data, acl);
}

Zxid Harness::apply_create_ephemeral(const std::string& path, SessionId owner) {
  txn::pb::Txn txn;
  add_op(txn, jute::Opcode::Create).mutable_create()->set_owner(raw(owner));
  return apply_create(txn, path, "", kOpen);
}

Zxid Harness::apply_create(txn::pb::Txn& txn,
                           const std::string& path,
                           const std::string& data,
                           const std::vector<txn::pb::Acl>& acl) {
  if (txn.ops().empty()) add_op(txn, jute::Opcode::Create);
  txn::pb::Create& op = *txn.mutable_ops(0)->mutable_create();
  op.set_path(path);
  op.set_data(data);
  for (const txn::pb::Acl& entry : acl) *op.add_acl() = entry;
  const tree::DataTree& view = tree.writers_view();
  const std::string parent = path.rfind('/') == 0 ? "/" : path.substr(0, path.rfind('/'));
  op.set_parent_cversion(view.view(*view.find(parent)).cversion + 1);
  return apply(txn);
}

Zxid Harness::apply_set(const std::string& path, const std::string& data) {
  txn::pb::Txn txn;
  txn::pb::SetData& op = *add_op(txn, jute::Opcode::SetData).mutable_set_data();
  op.set_path(path);
  op.set_data(data);
  const tree::DataTree& view = tree.writers_view();
  op.set_version(view.stat(*view.find(path)).version + 1);
  return apply(txn);
}

Zxid Harness::apply_delete(const std::string& path) {
  txn::pb::Txn txn;
  add_op(txn, jute::Opcode::Delete).mutable_delete_()->set_path(path);
  return apply(txn);
}

void Harness::end_session(SessionId session) {
  live_.erase(session);
  txn::pb::Txn txn;
  txn.set_session(raw(session));
  add_op(txn, jute::Opcode::CloseSession).mutable_close_session();
  apply(txn);
  mail({.kind = gate::MailKind::SessionLeft, .session = session});
}

bool Harness::closes(ConnectionId id) const {
  return std::ranges::count(effects.close, id) == 1;
}
bool Harness::drops(ConnectionId id) const {
  return std::ranges::count(effects.drop, id) == 1;
}
bool Harness::resumes(ConnectionId id) const {
  return std::ranges::count(effects.resume, id) == 1;
}

void Harness::clear_effects() {
  static_cast<void>(handed());
  effects = Effects{};
}

}  // namespace paddock::shard
