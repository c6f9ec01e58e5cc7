// SPDX-License-Identifier: Apache-2.0
#include "bench/caller.h"

#include <fmt/format.h>

namespace paddock::bench {

namespace {

constexpr Duration kHandshakeMax = seconds{10};
constexpr Duration kSilenceMax = seconds{30};

std::unexpected<Error> lost(const std::string& why) {
  return fail(
      fmt::format("lost the server: {} (see its log; it closes a connection whose request is "
                  "larger than jute.maxbuffer)",
                  why));
}

}  // namespace

Result<Caller> Caller::connect(const std::vector<Endpoint>& endpoints,
                               milliseconds session_timeout,
                               Interrupt* interrupt) {
  auto poller = Poller::open();
  if (!poller) return std::unexpected(std::move(poller).error());
  Caller caller(std::move(*poller), interrupt);
  Result<> result;
  for (const Endpoint& endpoint : endpoints) {
    result = caller.handshake(endpoint, session_timeout);
    if (result) return caller;
    caller.connection_->close();
  }
  return std::unexpected(std::move(result).error());
}

Result<> Caller::handshake(const Endpoint& endpoint, milliseconds session_timeout) {
  PADDOCK_TRY(connection_->open(endpoint, Credentials{}, session_timeout));
  View frame;
  while (!connection_->next_frame(frame)) {
    if (auto come = wait_for_input(kHandshakeMax); !come) {
      return fail(fmt::format("no session at {}: {}; is a server listening there?",
                              endpoint.text,
                              come.error().message));
    }
  }
  if (!connection_->accept_handshake(frame)) return fail(endpoint.text + " refused the session");
  return {};
}

Result<> Caller::wait_for_input(Duration limit) {
  const auto events = wait_interruptibly(*poller_, limit, interrupt_);
  if (!events) return std::unexpected(events.error());
  if (connection_->on_events(events->front().events)) return {};
  return fail(connection_->why_lost());
}

Result<> Caller::run(std::uint64_t count,
                     const Encode& encode,
                     const OnReply& on_reply,
                     std::uint64_t window) {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  while (answered < count) {
    for (; sent < count && sent - answered < window; ++sent) {
      encode(connection_->out(), static_cast<std::int32_t>(sent % 0x7fffffff) + 1, sent);
    }
    if (!connection_->flush()) return lost(connection_->why_lost());
    if (auto come = wait_for_input(kSilenceMax); !come) return lost(come.error().message);
    View frame;
    while (answered < sent && connection_->next_frame(frame)) {
      Reply reply;
      if (!parse_reply(frame, reply)) return fail("the server sent a reply that is too short");
      if (reply.header.xid < 0) continue;
      PADDOCK_TRY(on_reply(answered, reply));
      ++answered;
    }
  }
  return {};
}

Result<> Caller::close_session() {
  return run(
      1,
      [](ByteBuffer& out, std::int32_t xid, std::uint64_t) { put_close_session(out, xid); },
      [](std::uint64_t, const Reply&) -> Result<> { return {}; });
}

Result<> create_all(Caller& caller, const std::vector<std::string>& paths) {
  return caller.run(
      paths.size(),
      [&](ByteBuffer& out, std::int32_t xid, std::uint64_t number) {
        put_create(out, xid, {.path = paths[number], .data = kEmpty});
      },
      [&](std::uint64_t number, const Reply& reply) -> Result<> {
        const ErrorCode error = reply.header.err;
        if (error == ErrorCode::Ok || error == ErrorCode::NodeExists) return {};
        return fail(fmt::format("cannot create {}: {}", paths[number], name(error)));
      });
}

}  // namespace paddock::bench
