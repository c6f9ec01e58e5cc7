// SPDX-License-Identifier: Apache-2.0
//
// One client session as a pure machine: bytes in, bytes out, time as an argument. It finds a
// server, shakes hands, keeps the session alive by pings, matches replies to requests in their
// order, and after a lost connection re-attaches with id and password, sends the credentials again
// and arms the watches again. Owned and stepped by one thread, normally the shell's (client.h).
// Invariant: a request that was sent is answered in order or ends in ConnectionLoss; it is never
// sent twice. Source: ZooKeeper ClientCnxn.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/prng.h"
#include "base/time.h"
#include "client_session/effects.h"
#include "client_session/host_list.h"
#include "client_session/login.h"
#include "client_session/path.h"
#include "client_session/request.h"
#include "client_session/types.h"
#include "client_session/watch_table.h"

namespace paddock::client {

struct SessionOptions {
  /// At least one.
  std::vector<Host> hosts{};
  Chroot chroot{};
  /// What the client asks for; the server decides. Requests that could not be sent for this long
  /// end in ConnectionLoss.
  Duration timeout = seconds(30);
  /// Re-attach to this session instead of making one; `last_zxid` is the newest that it has seen.
  std::optional<Credentials> resume{};
  Zxid last_zxid{};
  /// Accept a server without a quorum, and look for a better one meanwhile.
  bool can_be_read_only = false;
  /// For connecting and shaking hands with one server; 0 means the timeout shared among the
  /// servers.
  Duration connect_timeout{0};
  /// The wait after every server was tried once, doubled with each round, half of it random.
  Duration backoff_min = milliseconds(50);
  Duration backoff_max = seconds(1);
  /// Logs in on every connection, before anything else is asked; empty: no login. A refusal ends
  /// the session.
  LoginFactory login{};
  /// How long closing waits for the server's word.
  Duration close_wait = seconds(2);
  /// A longer frame is taken for garbage.
  std::size_t frame_bytes_max = std::size_t{128} << 20U;
};

class Session {
 public:
  Session(SessionOptions options, Prng prng);

  /// Begins to connect. Once.
  void start(MonotonicTime now, Effects& effects);

  /// Sends `request` now, or as soon as there is a connection. The reply is a notice, at once (in
  /// these effects) if the session has ended.
  RequestId submit(Request request, MonotonicTime now, Effects& effects);

  /// Presents a credential on this connection and on all later ones. The reply has no body; a
  /// refusal ends the session.
  RequestId add_auth(std::string scheme, std::string auth, MonotonicTime now, Effects& effects);

  /// Ends the session on the server if connected. Requests before it are still answered.
  void close(MonotonicTime now, Effects& effects);

  /// The dialed connection stands.
  void on_dialed(MonotonicTime now, Effects& effects);
  /// Dialing failed, or the connection broke.
  void on_connection_lost(std::string reason, MonotonicTime now, Effects& effects);
  void on_received(View bytes, MonotonicTime now, Effects& effects);
  /// `host` answered a probe: it is read-write.
  void on_writable_server_found(const Host& host, MonotonicTime now, Effects& effects);
  /// To be called at deadline() or later; earlier does no harm.
  void on_time(MonotonicTime now, Effects& effects);

  /// When on_time is due; nothing once the session has ended.
  [[nodiscard]] std::optional<MonotonicTime> deadline() const;

  [[nodiscard]] SessionState state() const { return state_; }
  /// Id 0 until the first server has answered.
  [[nodiscard]] const Credentials& credentials() const { return credentials_; }
  /// As negotiated; as wanted before that.
  [[nodiscard]] Duration timeout() const { return timeout_; }
  /// The newest zxid in any reply.
  [[nodiscard]] Zxid last_zxid() const { return last_zxid_; }
  [[nodiscard]] const Chroot& chroot() const { return options_.chroot; }
  [[nodiscard]] const WatchTable& watches() const { return watches_; }
  /// The server that is connected or was last tried.
  [[nodiscard]] const Host& server() const { return hosts_.current(); }
  /// Requests submitted and not yet answered.
  [[nodiscard]] std::size_t outstanding() const { return sent_.size() + unsent_.size(); }

  void check_invariants() const;

 private:
  enum class Phase {
    Idle,
    Waiting,
    Dialing,
    Handshaking,
    LoggingIn,
    Established,
    Ended
  };

  struct Pending {
    RequestId id{};
    std::int32_t xid = 0;
    MonotonicTime submitted;
    Request request;
  };

  struct Auth {
    std::string scheme;
    std::string auth;
    /// Who waits for the server's word; 0 for nobody.
    RequestId waiting{};
  };

  // Connecting (session.cpp).
  void dial(MonotonicTime now, Effects& effects);
  void lose_connection(std::string reason, MonotonicTime now, Effects& effects);
  void redial_later(MonotonicTime now);
  void finish(SessionState end, std::string reason, Effects& effects);
  void set_state(SessionState state, std::string reason, Effects& effects);
  void keep_alive(MonotonicTime now, Effects& effects);
  void give_up_unsent(MonotonicTime now, Effects& effects);
  [[nodiscard]] Duration connect_timeout() const;

  // Writing (session_output.cpp).
  [[nodiscard]] RequestId take_id() { return RequestId{next_id_++}; }
  [[nodiscard]] std::int32_t take_xid();
  void write(Pending pending, MonotonicTime now, Effects& effects);
  void write_connect_request(MonotonicTime now, Effects& effects);
  void write_auth(std::size_t index, Effects& effects);
  void write_login_token(View token, MonotonicTime now, Effects& effects);
  void write_ping(MonotonicTime now, Effects& effects);
  void arm_watches_again(Effects& effects);

  // Reading (session_input.cpp).
  [[nodiscard]] bool hears() const {
    return phase_ == Phase::Handshaking || phase_ == Phase::LoggingIn ||
           phase_ == Phase::Established;
  }
  [[nodiscard]] std::optional<View> next_frame(MonotonicTime now, Effects& effects);
  void on_frame(View frame, MonotonicTime now, Effects& effects);
  void on_connect_response(View frame, MonotonicTime now, Effects& effects);
  /// The server may be asked for things now.
  void establish(MonotonicTime now, Effects& effects);
  void on_watch_event(Zxid zxid, View body, MonotonicTime now, Effects& effects);
  void on_auth_reply(ErrorCode error, MonotonicTime now, Effects& effects);
  void on_set_watches_reply(ErrorCode error, MonotonicTime now, Effects& effects);
  void on_reply(const Reply& reply, std::int32_t xid, MonotonicTime now, Effects& effects);

  // Logging in (session_login.cpp).
  void log_in(MonotonicTime now, Effects& effects);
  void on_login_reply(View frame, MonotonicTime now, Effects& effects);
  void give_up_login(const std::string& why, Effects& effects);

  // Replies and watches (session_replies.cpp).
  /// Why new requests are refused; nothing while they are welcome.
  [[nodiscard]] std::optional<ErrorCode> refusal() const;
  [[nodiscard]] bool answer_locally(RequestId id, Request& request, Effects& effects);
  void complete(Pending& pending, Reply reply, Effects& effects);
  [[nodiscard]] ErrorCode apply_watch_change(const WatchChange& change,
                                             ErrorCode error,
                                             Effects& effects);
  [[nodiscard]] ErrorCode apply_removal(const WatchChange& change,
                                        ErrorCode error,
                                        Effects& effects);
  void fail_all(std::deque<Pending>& requests, ErrorCode error, Effects& effects);

  SessionOptions options_;
  Prng prng_;
  HostList hosts_;
  Phase phase_ = Phase::Idle;
  SessionState state_ = SessionState::Connecting;
  bool is_closing_ = false;

  Credentials credentials_;
  Duration timeout_;
  Zxid last_zxid_;
  /// A session made by a read-only server exists nowhere else, so its id must not be presented
  /// later.
  bool seen_writable_server_;
  bool is_server_read_only_ = false;

  std::uint64_t next_id_ = 1;
  std::int32_t next_xid_ = 1;
  std::deque<Pending> unsent_;
  std::deque<Pending> sent_;
  std::vector<Auth> auths_;
  std::deque<std::size_t> auths_in_flight_;
  WatchTable watches_;
  /// While LoggingIn.
  std::unique_ptr<Login> login_;
  std::int32_t login_xid_ = 0;

  ByteBuffer input_;
  /// Bytes at the front of input_ whose frames were handled; notices may still borrow them.
  std::size_t parsed_ = 0;

  MonotonicTime last_heard_;
  MonotonicTime last_sent_;
  /// When Dialing and Handshaking are given up, Waiting ends, or closing stops to wait.
  MonotonicTime phase_deadline_;
  MonotonicTime probe_at_;
  Duration probe_interval_{0};
  std::size_t probe_offset_ = 0;
};

}  // namespace paddock::client
