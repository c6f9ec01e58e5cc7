// SPDX-License-Identifier: Apache-2.0
//
// The connections of one I/O thread: handshakes, requests, ordered replies, watches. A pure
// machine: bytes and mail go in, bytes, closes and a batch for the core come out; it never sees a
// socket, and time is told. Reads are answered on the spot inside one read gate per call; writes go
// to the core. Replies leave in the order of the requests, and requests take effect in that order:
// writes that follow one another go to the core at once, anything else of a connection waits in its
// input buffer until all writes before it are answered. Source: ZooKeeper NIOServerCnxn,
// ZooKeeperServer.processConnectRequest, CommitProcessor (order within a session).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audit/event.h"
#include "auth/authenticator.h"
#include "auth/sasl.h"
#include "base/ids.h"
#include "base/time.h"
#include "gate/core_batch.h"
#include "gate/shared_tree.h"
#include "shard/client_limits.h"
#include "shard/connection_throttle.h"
#include "shard/counters.h"
#include "shard/sampler.h"

namespace paddock::shard {

struct ShardOptions {
  std::size_t frame_bytes_max = 0xfffff;  // jute.maxbuffer
  milliseconds session_timeout_min{4000};
  milliseconds session_timeout_max{40000};
  milliseconds handshake_timeout{10000};
  /// Unanswered writes of all connections, and their bytes, at which connections that have their
  /// part of them are not read until half of them are answered. Source:
  /// ZooKeeperServer.shouldThrottle.
  std::size_t outstanding_max = 1000;
  std::size_t outstanding_bytes_max = std::size_t{64} << 20U;
  /// Unanswered writes of one connection while others are heard of.
  std::size_t shared_writes_max = 250;
  std::size_t output_bytes_max = 4U << 20U;  // unsent bytes of a connection before it is not read
  /// What one connection may take of a turn while others wait: see TurnShare. More than a turn's
  /// requests of a client that pipelines a hundred.
  std::size_t turn_bytes = std::size_t{256} << 10U;
  /// A request longer than this is refused, and its connection closed, while it and all unanswered
  /// writes take more bytes than `large_requests_bytes_max`.
  std::size_t large_request_bytes = std::numeric_limits<std::size_t>::max();
  std::size_t large_requests_bytes_max = std::size_t{100} << 20U;
  /// A request that has waited longer is answered with ThrottledOp; 0 = never.
  milliseconds throttled_op_wait{0};
  /// One that has waited for as long as its session lives without a word ends its connection.
  bool drop_stale = false;
  ThrottleOptions throttle{};
  bool skip_acl = false;
  /// This server is one of several: reads may lag behind the others.
  bool reads_may_lag = false;
  /// Reads of all connections are linearizable; else of those that ask for it.
  bool linearizable_reads = false;
  /// A connection must have an identity of one of these schemes before any request but auth; empty:
  /// none needed. Source: ZooKeeper AuthenticationHelper.
  std::vector<std::string> enforced_schemes{};
  /// Null: there is no SASL.
  std::shared_ptr<const auth::SaslServer> sasl{};
  /// Who fails at SASL stays as one who has not tried, unless the scheme sasl is enforced.
  bool allows_failed_sasl = false;
  /// Lower-case four-letter words that are answered; "*" alone for all.
  std::vector<std::string> four_letter_whitelist = {"srvr"};
  /// Warn about requests slower than this; 0 = never.
  milliseconds slow_operation_threshold{0};
  /// Tell who changed what, and who authenticated as whom: Effects::audit.
  bool audit = false;
};

/// A four-letter word that the shell must answer with Shard::answer_command().
struct Command {
  ConnectionId connection{};
  std::string word;
  std::int64_t argument = 0;  // stmk only
  std::string ip{};           // of who asks
  // And of its certificate, if it has one.
  std::string subject{};
  std::vector<std::string> names{};
};

/// A request that took longer than ShardOptions::slow_operation_threshold, and where its time went.
struct SlowOperation {
  SessionId session{};
  std::int32_t xid = 0;
  jute::Opcode opcode{};
  std::string path;    // empty if the request has none (multi, setWatches …)
  Duration queued{0};  // behind unanswered writes of the same connection, or behind a limit
  Duration core{0};    // a write: from the hand-over to the core until its answer
  Duration total{0};
};

/// A client that could not say by SASL who it is.
struct FailedSasl {
  std::string ip;
  SessionId session{};
  std::string reason;
};

/// What the shell must carry out after a call; it takes everything and clears the lists. An id is
/// at most once in each list.
struct Effects {
  std::vector<ConnectionId> flush;   // output(connection) has bytes to send
  std::vector<ConnectionId> close;   // after its output has been sent; then call on_closed()
  std::vector<ConnectionId> drop;    // close at once, whatever is unsent; then call on_closed()
  std::vector<ConnectionId> resume;  // may be read from again
  std::vector<Command> commands;
  std::vector<SlowOperation> slow;      // to the log
  std::vector<FailedSasl> failed_sasl;  // to the log
  audit::Events audit;                  // to the audit log
  gate::CoreBatch core;                 // to the core's inbox, if not empty
};

/// What the connection commands (cons, stat, dump, wchc …) show of a connection.
struct ConnectionReport {
  ConnectionId connection{};
  std::string peer;  // address:port
  SessionId session{};
  bool established = false;
  bool is_secure = false;
  bool reads_input = true;  // false while it is held back, and once it sent a four-letter word
  milliseconds timeout{};
  std::int64_t received = 0;
  std::int64_t sent = 0;
  std::size_t queued = 0;
  jute::Opcode last_opcode{};
  bool has_last_opcode = false;
  std::int32_t last_xid = 0;
  Zxid last_zxid;
  std::int64_t established_ms = 0;  // wall clock
  std::int64_t last_response_ms = 0;
  std::int64_t latency_last_ms = 0;
  std::int64_t latency_min_ms = 0;
  std::int64_t latency_max_ms = 0;
  double latency_avg_ms = 0;
};

/// Which connections: those of all that is said.
struct ConnectionFilter {
  std::optional<SessionId> session{};
  std::string ip{};      // empty: any
  std::string scheme{};  // of an identity; empty: any
  std::string id{};
};

/// As `wchs` counts: data watches only.
struct WatchSummary {
  std::size_t connections = 0;
  std::size_t paths = 0;
  std::size_t watches = 0;
};

class Shard {
 public:
  /// `index`: this shard's slot of `tree`, and the shard part of its ConnectionIds.
  Shard(std::size_t index,
        gate::SharedTree& tree,
        const auth::Authenticator& authenticator,
        ShardOptions options);
  ~Shard();

  /// The shard that a connection belongs to.
  [[nodiscard]] static std::size_t index_of(ConnectionId id);

  /// A client connected. `ip` is the address alone ("127.0.0.1", "::1"), used as identity of scheme
  /// ip.
  [[nodiscard]] ConnectionId on_accept(const std::string& ip, std::uint16_t port, Now now);
  /// Its bytes travel under TLS.
  void note_secure(ConnectionId id);
  /// It has shown a certificate that is good; before the first of its bytes.
  void on_certificate(ConnectionId id,
                      View subject,
                      std::span<const std::string> names,
                      WallTime now);
  /// This process is the client, on behalf of whoever has proven to be these; before the first of
  /// its bytes. `is_server`: on its own behalf, so that no scheme is enforced.
  void vouch(ConnectionId id, const auth::Identities& identities, bool is_server);
  /// The TLS handshake of a connection, which on_closed() will take away, has failed.
  void note_failed_handshake(ConnectionId id, WallTime now);

  /// Where the shell may read into: at least `want` bytes that stay valid until the next call into
  /// the shard, so that connections which have no half frame share one buffer.
  [[nodiscard]] char* input_space(ConnectionId id, std::size_t want, std::size_t& room);
  /// `count` bytes arrived in input_space(). Handles every complete frame under one read gate.
  void on_bytes(ConnectionId id, std::size_t count, Now now, Effects& effects);
  /// False while the connection must not be read from (limits); `Effects::resume` ends it.
  [[nodiscard]] bool wants_input(ConnectionId id) const;

  /// At the end of each turn of the shell's loop: goes on with connections that had used up their
  /// share, one after the other, for about as long as one share takes. The next call goes on; only
  /// when all have had a share is there another one for everybody.
  void go_round(Now now, Effects& effects);
  [[nodiscard]] bool is_amid_round() const;
  /// Whether a next turn has work already.
  [[nodiscard]] bool has_waiting() const;
  /// When a turn is wanted at the latest, for those that a limit slows down.
  [[nodiscard]] MonotonicTime next_time() const;

  /// The core has put mail: drains it into the outputs.
  void on_mail(Now now, Effects& effects);
  /// The socket is gone, for whatever reason. Unknown ids are ignored.
  void on_closed(ConnectionId id, Effects& effects);
  /// Every half tick: touched sessions to the core, handshakes that took too long are closed.
  void on_tick(Now now, Effects& effects);
  /// The clients that go to other servers next: one in `parts` of those that are left, rounded up.
  [[nodiscard]] std::vector<ConnectionId> next_to_leave(std::size_t parts) const;
  /// Those that match and are not about to go.
  [[nodiscard]] std::vector<ConnectionId> find_connections(const ConnectionFilter& filter) const;
  /// Sends a client to other servers: all that has come from it is answered, nothing more is taken,
  /// and its connection ends. Unknown ids are ignored.
  void send_away(ConnectionId id, Now now, Effects& effects);
  /// The text of a four-letter word; the connection is closed behind it.
  void answer_command(ConnectionId id, View text, Effects& effects);

  /// The bytes to send; the shell consumes what was sent and then says so.
  [[nodiscard]] ByteBuffer& output(ConnectionId id);
  void on_sent(ConnectionId id, Now now, Effects& effects);

  /// New limits, from now on.
  void set_options(ShardOptions options);
  /// Whether memory is short: then no new sessions and watches are taken, and connections with much
  /// queued are not read from.
  void set_memory_short(bool is_short, Now now, Effects& effects);
  /// New limits of clients, which all shards have; null for none.
  void set_limits(std::shared_ptr<ClientLimits> limits, Now now, Effects& effects);

  [[nodiscard]] std::size_t connection_count() const;
  [[nodiscard]] const Counters& counters() const;
  void reset_counters();
  [[nodiscard]] std::vector<ConnectionReport> report_connections() const;
  void reset_connection_counters();
  /// Paths watched by session, for wchc, wchp and wchs.
  [[nodiscard]] std::vector<std::pair<SessionId, std::string>> report_watches() const;
  [[nodiscard]] WatchSummary watch_summary() const;
  /// Data and child watches together, as the metric watch_count.
  [[nodiscard]] std::size_t watch_count() const;

  /// What a part of the requests was about.
  [[nodiscard]] const Sampler& sampler() const;

  void check_invariants() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace paddock::shard
