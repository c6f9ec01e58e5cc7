// SPDX-License-Identifier: Apache-2.0
#include "bench/session_pool.h"

#include <fmt/format.h>

namespace paddock::bench {

SessionPool::SessionPool(Poller& poller,
                         Interrupt& interrupt,
                         const CommonOptions& common,
                         std::size_t sessions)
    : poller_(&poller),
      interrupt_(&interrupt),
      common_(&common),
      credentials_(sessions),
      opened_at_(sessions) {
  for (std::size_t i = 0; i < sessions; ++i) connections_.emplace_back(poller, i);
}

Result<> SessionPool::open(std::size_t session) {
  const auto& endpoints = common_->endpoints;
  opened_at_[session] = monotonic_now();
  return connections_[session].open(
      endpoints[session % endpoints.size()], credentials_[session], common_->session_timeout);
}

Result<> SessionPool::open_all(std::uint32_t concurrency, Histogram* latency) {
  std::size_t begun = 0;
  std::size_t ready = 0;
  while (ready < size()) {
    if (interrupt_->came()) return fail("interrupted");
    for (; begun < size() && begun - ready < concurrency; ++begun) PADDOCK_TRY(open(begun));
    const auto events = wait_interruptibly(*poller_, kSilenceMax, interrupt_);
    if (!events) return fail("no session: " + events.error().message);
    for (const epoll_event& event : *events) {
      Connection& connection = connections_[event.data.u64];
      if (!connection.on_events(event.events)) {
        return fail(
            fmt::format("no session: {}; see the server's log and its limits "
                        "(maxClientCnxns, open files)",
                        connection.why_lost()));
      }
      View frame;
      if (!connection.next_frame(frame)) continue;
      if (!connection.accept_handshake(frame)) return fail("the server refused a session");
      credentials_[event.data.u64] = connection.credentials();
      if (latency != nullptr) latency->record(monotonic_now() - opened_at_[event.data.u64]);
      ++ready;
    }
  }
  return {};
}

void SessionPool::drop_connections() {
  for (Connection& connection : connections_) connection.close();
}

Result<> SessionPool::end_sessions() {
  std::size_t open_count = 0;
  for (Connection& connection : connections_) {
    if (connection.state() != Connection::State::Ready) continue;
    put_close_session(connection.out(), 1);
    if (connection.flush()) ++open_count;
  }
  while (open_count > 0) {
    const auto events = wait_interruptibly(*poller_, kSilenceMax, nullptr);
    if (!events) return fail("the server did not close ended sessions for 10 s");
    for (const epoll_event& event : *events) {
      if (!connections_[event.data.u64].on_events(event.events)) --open_count;
    }
  }
  credentials_.assign(credentials_.size(), Credentials{});
  return {};
}

}  // namespace paddock::bench
