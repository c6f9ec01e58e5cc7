// SPDX-License-Identifier: Apache-2.0
//
// Many sessions opened, re-attached and ended together: for the storm and the fan-out. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "bench/connection.h"
#include "bench/histogram.h"
#include "bench/interrupt.h"
#include "bench/options.h"
#include "bench/requests.h"

namespace paddock::bench {

class SessionPool {
 public:
  static constexpr std::uint32_t kConcurrency = 32;

  /// The references outlive the pool. `interrupt` ends every wait.
  SessionPool(Poller& poller,
              Interrupt& interrupt,
              const CommonOptions& common,
              std::size_t sessions);

  /// Opens every session, with at most `concurrency` handshakes under way: new ones the first time,
  /// re-attached ones after drop_connections(). Records each handshake from connect() to its reply.
  [[nodiscard]] Result<> open_all(std::uint32_t concurrency, Histogram* latency);

  /// Closes the sockets without a word; the server keeps the sessions until they expire.
  void drop_connections();

  /// Sends closeSession on all and waits until the server has closed the sockets. The next
  /// open_all() makes new sessions.
  [[nodiscard]] Result<> end_sessions();

  /// Waits for input once, at most 10 s, and hands every reply and event to `on_reply(session,
  /// reply, now)`.
  template <class OnReply>
  [[nodiscard]] Result<> wait(OnReply&& on_reply) {
    const auto events = wait_interruptibly(*poller_, kSilenceMax, interrupt_);
    if (!events) return std::unexpected(events.error());
    for (const epoll_event& event : *events) {
      Connection& connection = connections_[event.data.u64];
      if (!connection.on_events(event.events)) {
        return fail("lost the server: " + connection.why_lost());
      }
      const MonotonicTime now = monotonic_now();
      View frame;
      Reply reply;
      while (connection.next_frame(frame)) {
        if (!parse_reply(frame, reply)) return fail("the server sent a reply that is too short");
        on_reply(static_cast<std::size_t>(event.data.u64), reply, now);
      }
    }
    return {};
  }

  [[nodiscard]] Connection& connection(std::size_t session) { return connections_[session]; }
  [[nodiscard]] std::size_t size() const { return connections_.size(); }

 private:
  static constexpr Duration kSilenceMax = seconds{10};

  [[nodiscard]] Result<> open(std::size_t session);

  Poller* poller_;
  Interrupt* interrupt_;
  const CommonOptions* common_;
  std::deque<Connection> connections_;
  std::vector<Credentials> credentials_;
  std::vector<MonotonicTime> opened_at_;
};

}  // namespace paddock::bench
