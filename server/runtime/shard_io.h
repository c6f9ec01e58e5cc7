// SPDX-License-Identifier: Apache-2.0
//
// One shard's sockets: carries bytes between them and the Shard, and decides nothing. Lives on one
// event loop's thread. Within a turn everything that is readable goes into the shard; at the turn's
// end the batch for the core is handed over and every output is sent, one send per connection.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "net/event_loop.h"
#include "net/socket.h"
#include "net/stream.h"
#include "runtime/log_rate.h"
#include "shard/shard.h"
#include "tls/context.h"

namespace paddock::runtime {

class ShardIo {
 public:
  struct Listeners {
    /// A four-letter word to be answered through answer().
    std::function<void(const shard::Command&)> on_command;
    /// A connection from this address is gone.
    std::function<void(const std::string& ip)> on_gone;
    /// What there is to tell the audit log; it empties the list.
    std::function<void(audit::Events& events)> on_audit;
  };

  ShardIo(net::EventLoop& loop, shard::Shard& shard, Listeners listeners);
  ~ShardIo();
  ShardIo(const ShardIo&) = delete;
  ShardIo& operator=(const ShardIo&) = delete;

  enum class Speech : std::uint8_t {
    Plain,
    Tls,
    Either,  // as the client's first byte says
  };
  /// TLS handshakes that may be under way; before any connection is adopted.
  void set_handshakes_max(std::int64_t max) { handshakes_max_ = max; }
  /// `context`: of those that speak TLS, or may.
  void adopt(net::Accepted accepted, Speech speech, std::shared_ptr<const tls::Context> context);
  /// The server's own end of a connection of which another thread has the other end.
  void adopt_own(net::Accepted accepted, const auth::IdentitySet& identities, bool is_server);
  void on_mail() { shard_.on_mail(loop_.now(), effects_); }
  /// At each turn's end.
  void go_round() { shard_.go_round(loop_.now(), effects_); }
  /// Whether what was read is not handled yet, and the next turn will go on with it.
  [[nodiscard]] bool has_waiting() const { return shard_.has_waiting(); }
  /// When the next turn is wanted at the latest.
  [[nodiscard]] MonotonicTime next_time() const {
    return has_waiting() ? loop_.now().monotonic : shard_.next_time();
  }
  void on_tick() { shard_.on_tick(loop_.now(), effects_); }
  void set_memory_short(bool is_short) { shard_.set_memory_short(is_short, loop_.now(), effects_); }
  void set_limits(std::shared_ptr<shard::ClientLimits> limits) {
    shard_.set_limits(std::move(limits), loop_.now(), effects_);
  }
  void answer(ConnectionId id, View text) { shard_.answer_command(id, text, effects_); }

  /// Sends one in `parts` of the clients away; what they have sent is read before. Returns how many
  /// connections there still are.
  std::size_t send_away(std::size_t parts);

  /// The same with these, if they are still here.
  void send_away(const std::vector<ConnectionId>& ids);

  /// Slow operations, the newest last, with their times; a bounded number.
  struct SlowNote {
    WallTime at;
    shard::SlowOperation operation;
  };
  [[nodiscard]] const std::deque<SlowNote>& slow_operations() const { return slow_notes_; }

  /// From now on nothing is read; what was read before is still answered.
  void stop_reading() { reads_ = false; }

  /// What this turn's requests want from the core; the caller empties it.
  [[nodiscard]] gate::CoreBatch& core_batch() { return effects_.core; }
  /// Sends outputs, closes and resumes connections, until nothing is left to do.
  void end_turn();

  struct SecureCounts {
    std::int64_t connections = 0;  // with TLS
    std::int64_t handshakes = 0;   // of those, that are not done yet
    std::int64_t refused = 0;      // because there were too many of those
  };
  [[nodiscard]] const SecureCounts& secure_counts() const { return secure_; }

  [[nodiscard]] shard::Shard& shard() { return shard_; }
  [[nodiscard]] net::EventLoop& loop() { return loop_; }

 private:
  struct Client;

  void on_events(Client& client, std::uint32_t events);
  /// False: too many are about to, and it is closed.
  [[nodiscard]] bool speak_tls(Client& client, const tls::Context& context);
  [[nodiscard]] bool decide_speech(Client& client);
  void receive(Client& client);
  void receive_rest(const Client& client);
  void flush(Client& client);
  void go_on(Client& client);
  void note_handshake(Client& client);
  [[nodiscard]] bool wants_input(const Client& client) const;
  void watch(Client& client);
  void stop_input(Client& client);
  void set_interest(Client& client, std::uint32_t interest);
  void drop(Client& client);
  [[nodiscard]] Client* find(ConnectionId id);
  [[nodiscard]] Client* place(net::Accepted accepted);
  void note_slow_operations();
  void log_slow_operations();
  void log_failed_sasl();

  net::EventLoop& loop_;
  shard::Shard& shard_;
  Listeners listeners_;
  shard::Effects effects_;
  std::vector<std::unique_ptr<Client>> clients_;  // by the slot of their ids
  std::vector<std::unique_ptr<Client>>
      graveyard_;                  // of this turn: their handlers may be on the stack
  std::vector<ConnectionId> ids_;  // scratch
  bool reads_ = true;
  SecureCounts secure_;
  std::int64_t handshakes_max_ = std::numeric_limits<std::int64_t>::max();
  std::deque<SlowNote> slow_notes_;
  LogRate slow_lines_;
  LogRate handshake_lines_;
};

}  // namespace paddock::runtime
