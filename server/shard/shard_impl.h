// SPDX-License-Identifier: Apache-2.0
//
// The inside of a Shard, spread over seven files: shard.cpp (lives of connections, effects),
// input.cpp (frames, four-letter words, handshakes), requests.cpp (what each opcode does), sasl.cpp
// (tokens), limiting.cpp (limits of clients), mail.cpp (answers and events from the core),
// auditing.cpp (what of it is told). Source: as shard.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "audit/trail.h"
#include "auth/authenticator.h"
#include "jute/records.h"
#include "jute/writer.h"
#include "shard/connection_table.h"
#include "shard/session_counts.h"
#include "shard/shard.h"
#include "shard/turn.h"
#include "shard/watch_table.h"

namespace paddock::shard {

/// A request as its frame holds it; `payload` is a view into the connection's input.
struct Request {
  jute::Opcode opcode{};
  std::int32_t xid = 0;
  View payload;
  MonotonicTime received;
  std::size_t input_end = 0;  // of its frame, from the beginning of the input
};

/// The zxid of an event whose transaction is not known, as those that setWatches fires.
inline constexpr Zxid kZxidUnknown{-1};

/// How a request goes on.
enum class Route : std::uint8_t {
  Forward,  // to the core
  Answer,   // here, once all writes before it are answered
  Refuse,   // Unimplemented, then close
};

/// A reply whose header is written last, when its error is known.
class ReplyWriter {
 public:
  explicit ReplyWriter(ByteBuffer& out) : out_(out), start_(out.size()) {
    static_cast<void>(out.extend(kHeaderBytes));
  }
  [[nodiscard]] jute::Writer body() { return jute::Writer(out_); }
  /// Writes the length and the header; returns the packet's length, the 4 length bytes not counted.
  std::size_t close(std::int32_t xid, Zxid zxid, ErrorCode err) {
    const std::size_t length = out_.size() - start_ - sizeof(std::int32_t);
    char* at = out_.data() + start_;
    store_be(at, static_cast<std::int32_t>(length));
    store_be(at + 4, xid);
    store_be(at + 8, zxid.value);
    store_be(at + 16, static_cast<std::int32_t>(err));
    return length;
  }

 private:
  static constexpr std::size_t kHeaderBytes = 20;
  ByteBuffer& out_;
  std::size_t start_;
};

struct Shard::Impl final : WatchTable::Listener {
  Impl(std::size_t index_in,
       gate::SharedTree& tree_in,
       const auth::Authenticator& authenticator_in,
       ShardOptions options_in)
      : index(index_in),
        shared(tree_in),
        authenticator(authenticator_in),
        options(std::move(options_in)),
        connections(index_in),
        throttle(options.throttle, index_in) {
    if (options.audit) trail.emplace();
  }

  // --- shard.cpp
  [[nodiscard]] Connection& get(ConnectionId id) const;
  /// Enters the read gate unless this call has, and drains the mail, which may change any
  /// connection.
  const tree::DataTree& enter_gate(Turn& turn);
  /// Goes on with connections that can, leaves the gate, and publishes what became of all that
  /// changed.
  void end(Turn& turn);
  void publish(Connection& connection, Turn& turn);
  void note(Connection& connection);
  void note_runnable(Connection& connection);
  /// No more is handled or told; the connection goes once its output has been sent.
  void begin_close(Connection& connection, Turn& turn);
  /// The same, and it goes at once.
  void begin_drop(Connection& connection, Turn& turn);
  void update_limits(Connection& connection);
  /// It is being sent away, and all that it has asked for is answered.
  [[nodiscard]] static bool may_leave(const Connection& connection);
  /// Some have not had their share of this turn yet.
  [[nodiscard]] bool is_amid_round() const { return round_at < round.size(); }
  /// It has more to be handled than its share of this turn.
  void wait_for_turn(Connection& connection);
  /// Its writes will not be answered any more.
  void forget_writes(Connection& connection);
  /// The writes that are unanswered have changed.
  void update_outstanding();
  /// How many unanswered writes one connection may have at the moment.
  [[nodiscard]] std::size_t writes_max() const;
  void note_heard(ConnectionId id, MonotonicTime now);
  /// Whether it must wait for answers before it may send another write.
  [[nodiscard]] bool has_too_many_writes(const Connection& connection) const;
  void tick(Connection& connection, Turn& turn);
  /// Bytes appended to the output that are one packet, or a text.
  void count_output(Connection& connection, std::size_t bytes);
  /// A packet appended to the output; its 4 length bytes are not in `packet_bytes`.
  void count_sent(Connection& connection, std::size_t packet_bytes);
  void count_latency(Connection& connection, const Request& request, Zxid zxid, MonotonicTime now);
  [[nodiscard]] bool is_slow(Duration total) const;

  // --- auditing.cpp; each does nothing unless there is a trail.
  [[nodiscard]] static audit::Client client_of(const Connection& connection);
  /// Somebody has shown who it is, or has failed to; `users`: who that is, or claims to be.
  void audit_authentication(const Connection& connection,
                            View scheme,
                            std::vector<audit::User> users,
                            bool is_good,
                            WallTime now);
  void publish_audit(Effects& effects);

  // --- input.cpp
  /// Handles what `input` holds as far as it may.
  void handle_input(Connection& connection, Turn& turn);
  [[nodiscard]] bool may_handle(Connection& connection);
  /// What to do after one frame.
  enum class Step : std::uint8_t {
    Next,
    Incomplete,
    Hold,
    Stop
  };
  [[nodiscard]] Step handle_frame(Connection& connection,
                                  View input,
                                  std::size_t& used,
                                  Turn& turn);
  /// Whether a request of that length is too much at the moment.
  [[nodiscard]] bool is_too_large(const Connection& connection, std::size_t length) const;
  [[nodiscard]] Step handle_four_letter_word(Connection& connection, View input, Turn& turn);
  void handle_handshake(Connection& connection, View frame, Turn& turn);
  void write_connect_response(Connection& connection, SessionId session, milliseconds timeout);
  /// Tells the client that its session is no more, and closes.
  void refuse_session(Connection& connection, Turn& turn);

  // --- requests.cpp
  [[nodiscard]] Step handle_request(Connection& connection, const Request& request, Turn& turn);
  /// Whether it has one of the enforced schemes, or is about to.
  [[nodiscard]] bool is_authenticated(const Connection& connection, jute::Opcode opcode) const;
  /// Whether it has waited too long to be carried out.
  [[nodiscard]] bool is_throttled(const Request& request, const Turn& turn) const;
  void forward(Connection& connection, const Request& request, Turn& turn);
  /// Answers that this is not implemented, and closes.
  void refuse(Connection& connection, const Request& request, Turn& turn);
  void answer(Connection& connection, const Request& request, Turn& turn);
  void answer_read(Connection& connection, const Request& request, Turn& turn);
  void answer_ping(Connection& connection, const Request& request, Turn& turn);
  [[nodiscard]] static bool is_covered(const Connection& connection, const Request& request);
  void ask_barrier(Connection& connection, Turn& turn);
  /// To the core, which answers it; `path` is for the log of slow ones.
  void hand_over(
      Connection& connection, UnansweredWrite write, View payload, View path, Turn& turn);
  /// Whether it was one of how this connection reads, not of who it is.
  [[nodiscard]] bool answer_reads_wish(Connection& connection,
                                       const jute::AuthPacket& packet,
                                       const Request& request);
  void answer_auth(Connection& connection, const Request& request, Turn& turn);
  void answer_who_am_i(Connection& connection, const Request& request, Turn& turn);
  void answer_add_watch(Connection& connection, const Request& request, Turn& turn);
  void answer_check_watches(Connection& connection, const Request& request, Turn& turn);
  void answer_remove_watches(Connection& connection, const Request& request, Turn& turn);
  void answer_set_watches(Connection& connection, const Request& request, Turn& turn);
  void set_watches(Connection& connection, const jute::SetWatches2Request& request, Turn& turn);
  /// A reply without a record.
  void reply_plain(
      Connection& connection, const Request& request, Zxid zxid, ErrorCode err, Turn& turn);
  /// Bookkeeping after the reply of an answered request was written.
  void answered(Connection& connection,
                const Request& request,
                Zxid zxid,
                std::size_t packet_bytes,
                Turn& turn);

  // --- sasl.cpp
  void answer_sasl(Connection& connection, const Request& request, Turn& turn);
  [[nodiscard]] auth::SaslStep step_sasl(Connection& connection, View token) const;
  [[nodiscard]] bool requires_sasl() const;
  /// The reply, whose record has a token also when there is an error.
  void reply_token(
      Connection& connection, const Request& request, ErrorCode err, View token, Turn& turn);

  // --- limiting.cpp
  void match_limits(Connection& connection);
  /// Hold: a rate does not allow it yet.
  [[nodiscard]] Step check_limits(Connection& connection, const Request& request, Turn& turn);
  struct Refusal {
    ErrorCode err = ErrorCode::Ok;
    ClientLimits::Mask limits = 0;  // none: memory is short
  };
  /// What a request is refused with because its client has, or would have, too much.
  [[nodiscard]] Refusal refusal_of(const Connection& connection, const Request& request) const;
  void note_refusal(const Refusal& refusal);
  /// Whether there are not too many connections, and sessions.
  [[nodiscard]] bool admits(Connection& connection);
  [[nodiscard]] bool counts_new_session(Connection& connection);
  void charge_limits(std::size_t bytes);
  void settle_lease(MonotonicTime now);
  void count_ephemerals(Connection& connection, UnansweredWrite& write, View payload);
  void slow_down(Connection& connection, MonotonicTime until);
  void release_slowed(MonotonicTime now);
  void take_limits(std::shared_ptr<ClientLimits> next, Turn& turn);
  void count_anew(Connection& connection, const tree::DataTree& tree);
  void on_watch(WatchTable::Owner owner, int by) override;
  void check_session_counts() const;

  // --- mail.cpp
  void drain(gate::Mail& mail, Turn& turn);
  void count_session(const gate::MailEntry& entry, const Turn& turn);
  void on_reply(Connection& connection, const gate::MailEntry& entry, View record, Turn& turn);
  void pop_write(Connection& connection);
  void go_on(Connection& connection);
  void on_barrier(Connection& connection, ErrorCode err, Turn& turn);
  void on_event(const gate::MailEntry& entry, View path, Turn& turn);
  void count_fired(jute::EventType event, std::int64_t watches_fired);
  void on_attached(Connection& connection, const gate::MailEntry& entry, Turn& turn);
  /// Encodes the event that send_event() sends.
  void encode_event(jute::EventType type, View path, Zxid zxid);
  /// The encoded event to one connection, if it may read a node with that list.
  void send_event(Connection& connection, tree::AclId acl, Zxid zxid, Turn& turn);
  void deliver_event(Connection& connection, View packet);
  void release_events(Connection& connection, Zxid up_to);
  [[nodiscard]] bool may_read(Connection& connection, tree::AclId acl, const Turn& turn) const;

  std::size_t index;
  gate::SharedTree& shared;
  const auth::Authenticator& authenticator;
  ShardOptions options;
  ConnectionTable connections;
  ConnectionThrottle throttle;
  WatchTable watches;
  bool is_memory_short = false;
  std::shared_ptr<ClientLimits> limits;  // null: none
  /// What the connection whose input is being handled may take before the shared rates are looked
  /// at again; `taken` is not yet in them.
  struct Lease {
    ClientLimits::Mask rules = 0;  // 0: there is none
    ClientLimits::Credit left{};
    ClientLimits::Credit taken{};
    bool is_charged = false;  // with the request that is being handled
    [[nodiscard]] bool has_left() const { return left.requests > 0 && left.bytes >= 0; }
  };
  Lease lease;
  SessionCounts session_counts;
  struct Slowed {
    MonotonicTime until;
    ConnectionId id;
    friend bool operator>(const Slowed& a, const Slowed& b) { return a.until > b.until; }
  };
  std::priority_queue<Slowed, std::vector<Slowed>, std::greater<>> slowed;
  Counters counters;
  Sampler sampler;
  std::optional<audit::Trail> trail;    // with ShardOptions::audit
  std::vector<std::uint32_t> listed;    // slots whose effects are to be published by end()
  std::vector<std::uint32_t> runnable;  // slots whose input end() goes on with
  std::uint64_t turn_number = 0;
  std::vector<ConnectionId> waiting_turn;  // for the next turn, in the order in which they get it
  std::vector<ConnectionId> round;         // those whose turn it is, from `round_at` on
  std::size_t round_at = 0;
  std::int64_t handled = 0;        // since go_round() began, as TurnShare counts
  ByteBuffer event_bytes;          // the event being sent, encoded
  ByteBuffer shared_input;         // what the socket gave a connection whose input was empty
  ConnectionId shared_input_of{};  // that connection
  std::uint64_t event_mark = 0;
  std::size_t outstanding_bytes = 0;
  ConnectionId last_heard{};
  MonotonicTime heard_another_at;
  bool is_shared = false;   // more than one connection was heard of lately
  std::size_t writers = 0;  // connections that have unanswered writes
  bool outstanding_full = false;
};

}  // namespace paddock::shard
