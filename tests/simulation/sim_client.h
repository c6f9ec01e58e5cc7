// SPDX-License-Identifier: Apache-2.0
//
// One client and what it knows to be true. It alone writes below its own node, so that at every
// moment it knows what the tree there must hold: the outcome of all acknowledged requests and of a
// prefix of those that were on their way when a connection broke. Every reply, event and read is
// held against that. What it does to nodes that others write too, and learns of them, goes into the
// history that all clients share. It arms its watches again when it re-attaches.
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
#include "jute/writer.h"
#include "simulation/shared_history.h"

namespace paddock::simulation {

/// What the client's own node holds, as far as it can know.
struct Home {
  std::map<std::string, std::string> nodes;  // children's names and data
  std::set<std::string> ephemerals;
  std::int32_t creates = 0;  // ever: the next sequence number

  void drop_ephemerals();
  [[nodiscard]] std::string describe() const;
  friend bool operator==(const Home&, const Home&) = default;
};

/// What all clients have been told so far.
struct Facts {
  SharedHistory history;
  /// The highest zxid in any reply: what is asked from now on must show it.
  std::int64_t highest_zxid = 0;
};

class SimClient {
 public:
  SimClient(int number, Prng& prng, Facts& facts);

  // --- The network, as the world moves it.
  [[nodiscard]] bool is_connected() const { return connection_.has_value(); }
  [[nodiscard]] ConnectionId connection() const { return *connection_; }
  void on_connected(ConnectionId id);
  /// The connection broke or the server died: what was on its way may or may not have happened.
  void on_disconnected();
  void on_bytes(View bytes);
  /// What the client wants to send.
  std::string outgoing;

  /// Servers may answer reads from a state that is not the newest; a sync and what follows it may
  /// not.
  void set_reads_may_lag(bool may_lag) { reads_may_lag_ = may_lag; }

  /// It asks for linearizable reads on each connection.
  void set_asks_for_linearizable_reads(bool asks) { asks_for_linearizable_reads_ = asks; }
  /// Its sessions may be known to one server only; `may_own_ephemerals`: until they create one.
  void set_sessions_may_be_local(bool may_own_ephemerals) {
    sessions_may_be_local_ = true;
    may_own_ephemerals_ = may_own_ephemerals;
  }

  /// It is served by servers without a quorum too, and may then read and nothing else.
  void set_accepts_read_only(bool accepts) { accepts_read_only_ = accepts; }

  // --- What it does.
  /// Sends one or a few random requests, if there is a session.
  void act();
  void ping();
  void close_session();
  /// Asks for these members of the ensemble; it may be refused for many reasons.
  void reconfigure(const std::string& members);
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
  [[nodiscard]] std::int64_t reconfigurations() const { return reconfigurations_; }
  /// How often a server without a quorum has served it.
  [[nodiscard]] std::int64_t read_only_connections() const { return read_only_connections_; }
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
    SetWatches,
    SharedCreate,
    SharedSet,
    SharedDelete,
    SharedMulti,  // sets the data of `name` and `other`
    SharedGet,
    SharedExists,
    Reconfig,  // to the members in `data`
    Auth,
  };

  enum class Form : std::uint8_t {
    Plain,
    Container,
    Ttl
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
    Form form = Form::Plain;
    std::int64_t floor = 0;  // the answer must not be older than this
  };
  struct Armed {
    std::int64_t since = 0;  // the zxid of the reply that armed it
    bool is_absent = false;  // of a node that is not there yet
  };

  [[nodiscard]] static bool is_read(Kind kind);
  void fail(const std::string& what);
  void send_handshake();
  void make_home();
  void send(Request request);
  /// The lowest zxid that its reply may have.
  [[nodiscard]] std::int64_t floor_of(Kind kind) const;
  [[nodiscard]] std::string encode(const Request& request) const;
  [[nodiscard]] std::string path_of(const std::string& name) const { return home_ + "/" + name; }
  void on_frame(View frame);
  void on_handshake(View frame);
  void on_event(std::int64_t zxid, View record);
  void on_reply(const jute::ReplyHeader& header, View record);
  void on_reconfigured(const jute::ReplyHeader& header, View record);
  void on_attached(const jute::ConnectResponse& response, bool is_read_only);
  void on_refused(const Request& request, ErrorCode err);
  /// An ephemeral node for a session that may not own any.
  [[nodiscard]] bool is_impossible(const Request& request) const {
    return request.ephemeral && !may_own_ephemerals_;
  }
  [[nodiscard]] bool may_lag(Kind kind) const;
  void on_read_only_disconnected();
  void on_write_reply(const Request& request, ErrorCode err, View record);
  void on_read_reply(const Request& request, ErrorCode err, View record);
  void on_audit_reply(const Request& request, ErrorCode err, View record);
  void finish_audit();
  void check_rearmed_watches();
  void rearm_watches();
  void forget_watches();
  void note_quiet_watches(std::int64_t zxid);
  void on_shared_event(const std::string& path, jute::EventType type, std::int64_t zxid);
  void on_shared_write(const Request& request, const jute::ReplyHeader& header, View record);
  void on_shared_read(const Request& request, const jute::ReplyHeader& header, View record);
  void encode_shared(const Request& request, jute::Writer& writer) const;
  static void encode_shared_create(const Request& request, jute::Writer& writer);
  void encode_watches(jute::Writer& writer) const;
  void act_on_shared(Request request);
  /// What a write does to `home`, and what the server must answer.
  static ErrorCode carry_out(const Request& request, Home& home);
  [[nodiscard]] static std::string created_name(const Request& request, const Home& home);
  void expect_no_watch(const Request& request);
  [[nodiscard]] std::string random_name();
  void act_once();

  int number_;
  Prng& prng_;
  Facts& facts_;
  std::string home_;
  std::optional<ConnectionId> connection_;
  bool reads_may_lag_ = false;
  bool asks_for_linearizable_reads_ = false;
  bool sessions_may_be_local_ = false;
  bool may_own_ephemerals_ = true;
  bool accepts_read_only_ = false;
  bool is_read_only_ = false;     // of the connection
  bool began_read_only_ = false;  // of the session
  std::int64_t read_only_connections_ = 0;
  bool is_ready_ = false;
  bool has_ended_ = false;
  bool closing_ = false;
  SessionId session_{};
  std::string password_;
  std::int32_t next_xid_ = 1;
  std::int64_t last_zxid_ = 0;
  std::int64_t last_event_zxid_ = 0;  // on this connection
  std::int64_t value_ = 0;
  std::int64_t acknowledged_ = 0;
  std::int64_t events_ = 0;
  std::int64_t reconfigurations_ = 0;  // that succeeded
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
  // One-shot watches: of own nodes with what they held, of the own node's children, of shared
  // nodes.
  std::map<std::string, std::optional<std::string>> armed_data_;
  std::optional<std::set<std::string>> armed_children_;
  std::map<std::string, Armed> armed_shared_;
};

}  // namespace paddock::simulation
