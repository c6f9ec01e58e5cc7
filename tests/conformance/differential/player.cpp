// SPDX-License-Identifier: Apache-2.0
#include "player.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error_code.h"
#include "jute/records.h"
#include "jute/writer.h"

namespace paddock::conformance {

namespace {

using jute::Opcode;

constexpr std::int32_t kTimeoutMs = 40'000;
constexpr std::size_t kPasswordBytes = 16;
constexpr std::array<const char*, 2> kNames{"first", "second"};

Request plain(Opcode opcode) {
  Request request;
  request.opcode = opcode;
  return request;
}

/// The frames that answer `requests`, events between them included; the last may say that one is
/// missing.
struct Stream {
  std::vector<Reply> replies;
  std::string end;
};

Stream receive(Link& link, const std::vector<Request>& requests) {
  Stream stream;
  for (std::size_t answered = 0; answered < requests.size();) {
    const auto frame = link.receive();
    if (!frame) {
      stream.end = frame.error() == LinkEnd::Closed ? "closed the connection" : "does not answer";
      return stream;
    }
    stream.replies.push_back(decode_frame(*frame, requests[answered]));
    if (!stream.replies.back().event) ++answered;
  }
  return stream;
}

/// Whether a reply shows a node that has data.
bool has_data(const Reply& reply) {
  return std::ranges::any_of(reply.values, [](const Value& value) {
    return std::string_view(value.name) == "dataLength" && value.number > 0;
  });
}

/// The entry of differences.toml that explains why a request was answered differently; empty if
/// none.
std::string_view listed_difference(const Request& request,
                                   const Reply& first,
                                   const Reply& second) {
  if (first.event || second.event || first.error != 0) return {};
  const auto error = static_cast<ErrorCode>(second.error);
  if (request.opcode == Opcode::Exists && error == ErrorCode::NoAuth) return "exists-acl";
  if (request.opcode == Opcode::CheckWatches && error == ErrorCode::NoWatcher) return "watch-modes";
  // Empty on a single server.
  if (request.path == "/zookeeper/config" && !has_data(first) && has_data(second)) {
    return "config-node";
  }
  return {};
}

void sort_events(std::vector<Reply>& replies) {
  const auto first_reply =
      std::find_if(replies.begin(), replies.end(), [](const Reply& reply) { return !reply.event; });
  // The type and path are the last values but one; the zxid before them differs and does not count.
  const auto key = [](const Reply& reply) {
    const std::size_t size = reply.values.size();
    return std::tuple{reply.values[size - 2].text, reply.values[size - 4].number};
  };
  std::stable_sort(replies.begin(), first_reply, [&](const Reply& a, const Reply& b) {
    return key(a) < key(b);
  });
}

std::string show(const std::vector<Reply>& replies) {
  std::string text;
  for (const Reply& reply : replies) text += "\n      " + describe(reply);
  return text;
}

}  // namespace

Player::Player(PlayerOptions options) : options_(std::move(options)), slots_(options_.sessions) {}

std::map<std::string, std::uint64_t> Player::listed() const {
  std::map<std::string, std::uint64_t> all = listed_;
  if (correspondence_.event_zxids() > 0) all["event-zxid"] = correspondence_.event_zxids();
  return all;
}

std::optional<Mismatch> Player::start() {
  for (Slot& slot : slots_) {
    if (auto mismatch = connect(slot)) return mismatch;
  }
  return {};
}

std::optional<Mismatch> Player::finish() {
  if (auto mismatch = barrier(false)) return mismatch;
  const std::vector<Request> requests{plain(Opcode::CloseSession)};
  // Sorted events must be of one session's end, or their zxids would be mixed up.
  for (std::span<Slot> left{slots_}; !left.empty(); left = left.subspan(1)) {
    send(left.front(), requests);
    if (auto mismatch = compare(left.front(), requests, true, nullptr)) return mismatch;
    if (auto mismatch = await_events(left.subspan(1), true)) return mismatch;
  }
  return {};
}

std::optional<Mismatch> Player::play(const Step& step, const Learner& learn) {
  Slot& slot = slots_[step.slot];
  switch (step.kind) {
    case StepKind::Batch:
      return batch(slot, step, learn);
    case StepKind::Reconnect:
      return reconnect(slot);
    case StepKind::Move:
      return move(slot);
    case StepKind::Close:
      return close(slot);
    case StepKind::Refuse:
      return refuse(slot, step.requests);
    case StepKind::Barrier:
      return barrier(false);
  }
  PADDOCK_UNREACHABLE();
}

/// The handshake on both servers: for a new session, or for the slot's if it has one.
std::optional<Mismatch> Player::connect(Slot& slot) {
  std::array<jute::ConnectResponse, 2> answers;
  const bool is_new = slot.sessions[kFirst] == 0;
  for (const std::size_t server : {kFirst, kSecond}) {
    auto link = Link::open(options_.servers[server].host, options_.servers[server].port);
    if (!link) return Mismatch{link.error().message};
    const std::string zeros(kPasswordBytes, '\0');
    ByteBuffer out;
    jute::FrameWriter frame(out);
    jute::Writer(out).put(jute::ConnectRequest{0,
                                               slot.seen.header_zxid[server],
                                               kTimeoutMs,
                                               slot.sessions[server],
                                               is_new ? zeros : slot.passwords[server]});
    // Every other connection leaves the byte out that clients up to 3.3 did not know.
    if (slot.next_xid % 2 == 0) jute::Writer(out).put(false);
    frame.close();
    link->send(out.view());
    slot.links[server] = std::move(*link);
  }
  std::array<std::size_t, 2> sizes{};
  for (const std::size_t server : {kFirst, kSecond}) {
    const auto frame = slot.links[server]->receive();
    if (!frame || !jute::decode(*frame, answers[server])) {
      return Mismatch{fmt::format("the {} server did not answer a handshake", kNames[server])};
    }
    sizes[server] = frame->size();
    if (answers[server].timeout_ms != kTimeoutMs ||
        (!is_new && answers[server].session_id != slot.sessions[server])) {
      return Mismatch{fmt::format("the {} server refused a session", kNames[server])};
    }
    slot.sessions[server] = answers[server].session_id;
    slot.passwords[server] = std::string(answers[server].password);
  }
  if (sizes[kFirst] != sizes[kSecond]) return Mismatch{"handshakes are answered in other lengths"};
  correspondence_.add_session(slot.sessions[kFirst], slot.sessions[kSecond]);
  return {};
}

void Player::send(Slot& slot, const std::vector<Request>& requests) {
  std::array<ByteBuffer, 2> out;
  for (const Request& request : requests) {
    const auto back = static_cast<std::size_t>(std::max(0, request.number));
    const auto zxids = correspondence_.zxids(request.lists.empty() ? 0 : back);
    std::int32_t xid = slot.next_xid++;
    if (request.opcode == Opcode::Ping) xid = jute::kXidPing;
    if (request.opcode == Opcode::Auth) xid = jute::kXidAuth;
    if (!request.lists.empty()) xid = jute::kXidSetWatches;
    for (const std::size_t server : {kFirst, kSecond}) {
      encode(request, xid, {options_.root, zxids[server]}, out[server]);
    }
  }
  for (const std::size_t server : {kFirst, kSecond}) slot.links[server]->send(out[server].view());
}

std::optional<Mismatch> Player::compare(Slot& slot,
                                        const std::vector<Request>& requests,
                                        bool sorted,
                                        const Learner& learn) {
  std::array<Stream, 2> streams{receive(*slot.links[kFirst], requests),
                                receive(*slot.links[kSecond], requests)};
  if (sorted) {
    for (Stream& stream : streams) sort_events(stream.replies);
  }
  const auto& [first, second] = streams;
  const std::size_t count = std::min(first.replies.size(), second.replies.size());
  std::size_t answered = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Reply& reply = first.replies[i];
    if (const auto listed = listed_difference(requests[answered], reply, second.replies[i]);
        !listed.empty()) {
      ++listed_[std::string(listed)];
      ++answered;
      continue;
    }
    if (second.replies[i].multi_create2) ++listed_["multi-create2"];
    if (auto why = correspondence_.relate(reply, second.replies[i], slot.seen)) {
      return Mismatch{
          fmt::format("{}\n    request {}\n    first: {}\n    second: {}\n    all of first:{}\n    "
                      "all of second:{}",
                      *why,
                      describe(requests[answered]),
                      describe(reply),
                      describe(second.replies[i]),
                      show(first.replies),
                      show(second.replies))};
    }
    events_ += reply.event ? 1 : 0;
    if (!reply.event && learn) learn(requests[answered], reply);
    answered += reply.event ? 0 : 1;
  }
  for (const std::size_t server : {kFirst, kSecond}) {
    if (!streams[server].end.empty()) {
      return Mismatch{fmt::format("the {} server {} at request {}",
                                  kNames[server],
                                  streams[server].end,
                                  describe(requests[answered]))};
    }
  }
  if (first.replies.size() != second.replies.size()) {
    return Mismatch{fmt::format("different numbers of events\n    first:{}\n    second:{}",
                                show(first.replies),
                                show(second.replies))};
  }
  return {};
}

std::optional<Mismatch> Player::batch(Slot& slot, const Step& step, const Learner& learn) {
  send(slot, step.requests);
  requests_ += step.requests.size();
  return compare(slot, step.requests, false, learn);
}

/// Both servers must answer, then close; the session goes on with a new connection.
std::optional<Mismatch> Player::refuse(Slot& slot, const std::vector<Request>& requests) {
  if (auto mismatch = barrier(false)) return mismatch;
  send(slot, requests);
  ++requests_;
  if (auto mismatch = compare(slot, requests, false, nullptr)) return mismatch;
  if (auto mismatch = await_close(slot)) return mismatch;
  return connect(slot);
}

std::optional<Mismatch> Player::await_close(Slot& slot) {
  for (const std::size_t server : {kFirst, kSecond}) {
    if (!slot.links[server]->wait_for_close()) {
      return Mismatch{fmt::format("the {} server keeps a connection open", kNames[server])};
    }
  }
  return {};
}

std::optional<Mismatch> Player::reconnect(Slot& slot) {
  if (auto mismatch = barrier(false)) return mismatch;
  for (const std::size_t server : {kFirst, kSecond}) slot.links[server].reset();
  ++requests_;
  return connect(slot);
}

std::optional<Mismatch> Player::move(Slot& slot) {
  if (auto mismatch = barrier(false)) return mismatch;
  auto old = std::move(slot.links);
  ++requests_;
  if (auto mismatch = connect(slot)) return mismatch;
  if (options_.closes_moved && !old[kSecond]->wait_for_close()) {
    return Mismatch{"the second server keeps the old connection"};
  }
  return {};
}

std::optional<Mismatch> Player::close(Slot& slot) {
  if (auto mismatch = barrier(false)) return mismatch;
  const std::vector<Request> requests{plain(Opcode::CloseSession)};
  send(slot, requests);
  ++requests_;
  if (auto mismatch = compare(slot, requests, true, nullptr)) return mismatch;
  if (auto mismatch = await_close(slot)) return mismatch;
  slot.sessions = {};
  slot.seen = {};
  if (auto mismatch = connect(slot)) return mismatch;
  return barrier(true);
}

std::optional<Mismatch> Player::barrier(bool sorted) {
  return await_events(slots_, sorted);
}

std::optional<Mismatch> Player::await_events(std::span<Slot> slots, bool sorted) {
  const std::vector<Request> requests{plain(Opcode::Ping)};
  for (Slot& slot : slots) send(slot, requests);
  for (Slot& slot : slots) {
    if (auto mismatch = compare(slot, requests, sorted, nullptr)) return mismatch;
  }
  return {};
}

}  // namespace paddock::conformance
