// SPDX-License-Identifier: Apache-2.0
//
// One client and what it knows to be true. It alone writes below its own node, so that at every
// moment it knows what the tree there must hold: the outcome of all acknowledged requests and of a
// prefix of those that were on their way when a connection broke. Every reply, event and read is
// held against that.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error_code.h"
#include "base/ids.h"
#include "base/prng.h"
#include "jute/records.h"

namespace paddock::simulation {

/// What the client's own node holds, as far as it can know.
struct Home {
  std::map<std::string, std::string> nodes;  // children's names and data
  std::set<std::string> ephemerals;
  std::int32_t creates = 0;  // ever: the next sequence number

  void drop_ephemerals();
  friend bool operator==(const Home&, const Home&) = default;
};

class SimClient {
 public:
  SimClient(int number, Prng& prng);

  // --- The network, as the world moves it.
  [[nodiscard]] bool is_connected() const { return connection_.has_value(); }
  [[nodiscard]] ConnectionId connection() const { return *connection_; }
  void on_connected(ConnectionId id);
  /// The connection broke or the server died: what was on its way may or may not have happened.
  void on_disconnected();
  void on_bytes(View bytes);
  /// What the client wants to send.
  std::string outgoing;

  // --- What it does.
  /// Sends one or a few random requests, if there is a session.
  void act();
  void ping();
  void close_session();
  /// Reads everything below its own node again, to learn which of the doubtful requests happened.
  void begin_audit();
  [[nodiscard]] bool is_idle() const { return is_ready_ && waiting_.empty() && outgoing.empty(); }
  [[nodiscard]] bool is_ready() const { return is_ready_; }
  [[nodiscard]] bool has_ended() const { return has_ended_; }
  [[nodiscard]] bool wants_audit() const { return needs_audit_; }

  /// The first thing that was wrong; empty if nothing was.
  [[nodiscard]] const std::string& violation() const { return violation_; }
  /// The highest zxid in any reply: acknowledged, so it must survive.
  [[nodiscard]] std::int64_t last_zxid() const { return last_zxid_; }
  [[nodiscard]] std::int64_t acknowledged() const { return acknowledged_; }
  [[nodiscard]] std::int64_t events() const { return events_; }
  [[nodiscard]] SessionId session() const { return session_; }
  [[nodiscard]] std::string home() const { return home_; }
  [[nodiscard]] const Home& known() const { return known_; }
  /// Whether everything that it knows is certain.
  [[nodiscard]] bool is_certain() const { return !needs_audit_; }

 private:
  enum class Kind : std::uint8_t {
    MakeHome,
    Create,
    SetData,
    Delete,
    Multi,  // creates `name`, sets the data of `other`
    GetData,
    Exists,
    GetChildren,
    Sync,
    Ping,
    Close,
    Audit,      // getChildren of the home, asked by begin_audit()
    AuditNode,  // getData of one of them
  };

  struct Request {
    Kind kind{};
    std::int32_t xid = 0;
    std::string name;
    std::string other;
    std::string data;
    bool ephemeral = false;
    bool sequential = false;
    bool watch = false;
  };

  void fail(const std::string& what);
  void send_handshake();
  void send(Request request);
  [[nodiscard]] std::string encode(const Request& request) const;
  [[nodiscard]] std::string path_of(const std::string& name) const { return home_ + "/" + name; }
  void on_frame(View frame);
  void on_handshake(View frame);
  void on_event(std::int64_t zxid, View record);
  void on_reply(const jute::ReplyHeader& header, View record);
  void on_write_reply(const Request& request, ErrorCode err, View record);
  void on_read_reply(const Request& request, ErrorCode err, View record);
  void on_audit_reply(const Request& request, ErrorCode err, View record);
  void finish_audit();
  /// What a write does to `home`, and what the server must answer.
  static ErrorCode carry_out(const Request& request, Home& home);
  [[nodiscard]] static std::string created_name(const Request& request, const Home& home);
  void expect_no_watch(const Request& request);
  [[nodiscard]] std::string random_name();
  void act_once();

  int number_;
  Prng& prng_;
  std::string home_;
  std::optional<ConnectionId> connection_;
  bool is_ready_ = false;
  bool has_ended_ = false;
  bool closing_ = false;
  SessionId session_{};
  std::string password_;
  std::int32_t next_xid_ = 1;
  std::int64_t last_zxid_ = 0;
  std::int64_t value_ = 0;
  std::int64_t acknowledged_ = 0;
  std::int64_t events_ = 0;
  std::deque<Request> waiting_;
  std::string incoming_;
  std::string violation_;

  Home known_;                     // after all acknowledged requests
  std::vector<Request> doubtful_;  // writes on their way when a connection broke, in order
  bool session_lost_ = false;      // since the last audit: its ephemerals are gone
  bool home_made_ = false;
  bool needs_audit_ = false;
  bool auditing_ = false;
  Home audited_;
  std::size_t audit_left_ = 0;
  std::set<std::string> armed_data_;  // one-shot watches of nodes, and of nodes to come
  bool armed_children_ = false;
};

}  // namespace paddock::simulation
