// SPDX-License-Identifier: Apache-2.0
//
// A shard with a real tree and a core that answers what it is handed, one entry at a time, when a
// test says so. Clients are scripted bytes.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "auth/authenticator.h"
#include "gate/shared_tree.h"
#include "jute/records.h"
#include "jute/writer.h"
#include "session/password.h"
#include "shard/shard.h"
#include "txn/txn.pb.h"

namespace paddock::shard {

/// One packet that a client got, without its length.
struct Packet {
  std::int32_t xid = 0;
  std::int64_t zxid = 0;
  ErrorCode err = ErrorCode::Ok;
  std::string record;

  [[nodiscard]] jute::WatcherEvent event() const;
};

/// What the core was handed, with its bytes.
struct Handed {
  gate::CoreEntry entry;
  std::string payload;
  std::string identities;
};

template <class Record>
std::string encoded(const Record& record) {
  ByteBuffer out;
  jute::Writer(out).put(record);
  return std::string(out.view());
}

/// A packet: 4 bytes of length and the payload.
std::string framed(View payload);

/// A request as a packet.
std::string request(std::int32_t xid, jute::Opcode opcode, View record = kEmpty);
std::string get_data(std::int32_t xid, View path, bool watch = false);
std::string get_children(std::int32_t xid, View path, bool watch = false);
std::string exists(std::int32_t xid, View path, bool watch = false);
std::string set_data(std::int32_t xid, View path, View data);
std::string create(std::int32_t xid,
                   View path,
                   View data,
                   jute::CreateMode mode = jute::CreateMode::Persistent);
std::string remove(std::int32_t xid, View path);
std::string ping();

struct Handshake {
  std::int64_t last_zxid_seen = 0;
  std::int32_t timeout_ms = 30000;
  SessionId session{};
  bool read_only_byte = true;
  bool accepts_read_only = false;
  std::string password = std::string(16, '\0');
};
std::string handshake(const Handshake& wish = {});

inline const std::vector<txn::pb::Acl> kOpen = [] {
  txn::pb::Acl acl;
  acl.set_perms(jute::kPermAll);
  acl.set_scheme("world");
  acl.set_id("anyone");
  return std::vector{acl};
}();

class Harness {
 public:
  explicit Harness(ShardOptions options = {});
  ~Harness();

  // --- Clients.
  ConnectionId accept();
  /// Accepts a connection and takes it through its handshake.
  ConnectionId connect();
  void send(ConnectionId id, View bytes);
  /// Ends the shell's turn.
  void end_turn();
  /// Takes what a client has been sent, as the shell would: sends it all.
  std::string take_bytes(ConnectionId id);
  std::vector<Packet> take(ConnectionId id);
  /// The xids of take().
  std::vector<std::int32_t> take_xids(ConnectionId id);
  void disconnect(ConnectionId id);
  [[nodiscard]] SessionId session_of(ConnectionId id) const { return sessions_.at(id); }

  // --- The core.
  /// Answers up to `count` of the entries that the shard handed over; delivers the mail unless told
  /// not to.
  void run_core(std::size_t count = ~std::size_t{0}, bool deliver = true);
  /// Moves new entries from the effects to handed().
  std::deque<Handed>& handed();
  void deliver_mail();
  void mail(gate::MailEntry entry, View text = kEmpty);

  // --- Somebody else's writes, applied and mailed but not delivered.
  Zxid apply_create(const std::string& path,
                    const std::string& data = "",
                    const std::vector<txn::pb::Acl>& acl = kOpen);
  Zxid apply_set(const std::string& path, const std::string& data);
  Zxid apply_delete(const std::string& path);
  Zxid apply_create_ephemeral(const std::string& path, SessionId owner);
  /// It has expired, or was closed by its client.
  void end_session(SessionId session);

  void advance(milliseconds by) {
    now.monotonic = now.monotonic + by;
    now.wall.ms += by.count();
  }
  /// Whether the effects since the last clear_effects() say so.
  [[nodiscard]] bool closes(ConnectionId id) const;
  [[nodiscard]] bool drops(ConnectionId id) const;
  [[nodiscard]] bool resumes(ConnectionId id) const;
  void clear_effects();

  auth::Authenticator authenticator{auth::AuthOptions{}};
  gate::SharedTree tree{2};
  Shard shard;
  Effects effects;
  Now now{{std::chrono::seconds(1000)}, {1'000'000}};

 private:
  Zxid apply(txn::pb::Txn& txn);
  Zxid apply_create(txn::pb::Txn& txn,
                    const std::string& path,
                    const std::string& data,
                    const std::vector<txn::pb::Acl>& acl);
  void mail_changes(const gate::SharedTree::WriteGate& gate,
                    Zxid zxid,
                    const tree::Changes& changes);
  void answer(const Handed& handed);
  void answer_write(const Handed& handed);
  ErrorCode carry_out_create(const Handed& handed, std::string& record);
  ErrorCode carry_out_set(const Handed& handed, std::string& record);
  ErrorCode carry_out_delete(const Handed& handed);

  std::deque<Handed> handed_;
  std::map<ConnectionId, SessionId> sessions_;
  std::set<SessionId> live_;
  std::int64_t next_session_ = 0x100;
  std::int64_t next_zxid_ = 1;
};

}  // namespace paddock::shard
