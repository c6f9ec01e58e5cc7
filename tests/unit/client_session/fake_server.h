// SPDX-License-Identifier: Apache-2.0
//
// A ZooKeeper server small enough to read: a flat map of nodes, sessions with passwords, one
// connection, watches of that connection. It answers in order, and what it was sent can be looked
// at.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/byte_buffer.h"
#include "client_session/types.h"
#include "jute/records.h"
#include "jute/writer.h"

namespace paddock::client {

class FakeServer {
 public:
  struct Node {
    std::string data;
    Stat stat;
  };

  /// A new connection; the one before is forgotten with its watches.
  void accept();
  void receive(View bytes);
  /// What the server has to say since the last call.
  [[nodiscard]] std::string take_output();

  /// A change by some other client.
  void set(const std::string& path, const std::string& data);
  void create(const std::string& path);
  void remove(const std::string& path);

  void expire(SessionId session) { sessions_.erase(raw(session)); }
  void stop_answering() { is_answering_ = false; }
  void start_answering() { is_answering_ = true; }

  std::int32_t timeout_ms_max = 30000;
  bool is_read_only = false;
  ErrorCode auth_result = ErrorCode::Ok;
  ErrorCode set_watches_result = ErrorCode::Ok;
  ErrorCode login_result = ErrorCode::Ok;
  /// Does it answer the tokens of a login with tokens.
  bool does_sasl = true;

  std::map<std::string, Node> nodes;
  /// The header's type of every packet since accept(), in order; the handshake is not listed.
  std::vector<jute::Opcode> opcodes;
  std::vector<std::int32_t> xids;
  std::vector<std::string> auths;
  /// Of logins.
  std::vector<std::string> tokens;
  std::vector<std::size_t> set_watches_sizes;
  /// What the packets of set_watches_sizes asked for, as "data /a", and since when.
  std::vector<std::string> armed_again;
  std::vector<std::int64_t> relative_zxids;
  std::set<std::string> data_watches;
  std::set<std::string> child_watches;
  std::set<std::string> persistent_watches;
  std::int64_t zxid = 0;
  bool is_closed = false;

 private:
  void shake_hands(View frame);
  void on_request(View frame);
  void reply(std::int32_t xid, ErrorCode error);
  template <class Record>
  void reply(std::int32_t xid, const Record& record);
  void notify(EventType type, const std::string& path);
  void touch(const std::string& path, EventType type);
  void on_create(std::int32_t xid, View body);
  void on_token(std::int32_t xid, View body);
  void note_armed(const jute::SetWatches2Request& request);
  void on_set_watches(View body, std::size_t bytes, jute::Opcode opcode);
  void on_path_request(std::int32_t xid, jute::Opcode opcode, View body);

  ByteBuffer input_;
  ByteBuffer output_;
  std::map<std::int64_t, std::string> sessions_;
  std::int64_t next_session_ = 0x0100000000000001;
  bool has_shaken_hands_ = false;
  bool is_answering_ = true;
};

}  // namespace paddock::client
