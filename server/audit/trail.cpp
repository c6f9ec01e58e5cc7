// SPDX-License-Identifier: Apache-2.0
#include "audit/trail.h"

#include <utility>

namespace paddock::audit {

namespace {

/// How long an answer is waited for whose client has gone. One that comes later than that was held
/// up by a lost quorum, and what the log says of it, "invoked", is still true.
constexpr Duration kAnswerWait = seconds(60);

}  // namespace

void Trail::on_request(ConnectionId connection,
                       const Client& client,
                       jute::Opcode opcode,
                       std::int32_t xid,
                       View payload) {
  Connection& place = open_[connection];
  if (place.notes.empty()) {
    // Who a client is does not change while it waits for answers.
    place.session = client.session;
    place.users = users_of(client.identities);
    place.ip = client.ip;
  }
  place.notes.push_back(note_of(opcode, xid, payload));
}

void Trail::on_reply(
    ConnectionId connection, std::int32_t xid, ErrorCode err, View reply, WallTime now) {
  const auto found = open_.find(connection);
  if (found == open_.end()) return;
  Connection& place = found->second;
  const Event base = base_of(place, now);
  // What a session has asked for that moved away meanwhile is not answered.
  while (!place.notes.empty() && place.notes.front().xid != xid) {
    tell_unanswered(place.notes.front(), base, told_);
    place.notes.pop_front();
  }
  if (!place.notes.empty()) {
    tell_answered(place.notes.front(), err, reply, base, told_);
    place.notes.pop_front();
  }
  if (place.notes.empty()) open_.erase(found);
}

void Trail::on_closed(ConnectionId connection) {
  const auto found = open_.find(connection);
  if (found != open_.end()) found->second.is_closed = true;
}

void Trail::on_tick(Now now) {
  for (auto next = open_.begin(); next != open_.end();) {
    const auto at = next++;
    Connection& place = at->second;
    if (!place.is_closed) continue;
    if (!place.waits_since) place.waits_since = now.monotonic;
    if (now.monotonic - *place.waits_since < kAnswerWait) continue;
    const Event base = base_of(place, now.wall);
    for (const RequestNote& note : place.notes) tell_unanswered(note, base, told_);
    open_.erase(at);
  }
}

Event Trail::event_of(const Client& client, WallTime now) {
  return {.at = now,
          .session = client.session,
          .users = users_of(client.identities),
          .ip = std::string(client.ip)};
}

Event Trail::base_of(const Connection& connection, WallTime now) {
  return {.at = now, .session = connection.session, .users = connection.users, .ip = connection.ip};
}

}  // namespace paddock::audit
