// SPDX-License-Identifier: Apache-2.0
//
// Session: what it reads from a server. Anything that is not the protocol ends the connection,
// never the process.
#include <fmt/format.h>

#include "client_session/session.h"
#include "jute/reader.h"

namespace paddock::client {

namespace {

bool is_node_event(EventType type) {
  switch (type) {
    case EventType::NodeCreated:
    case EventType::NodeDeleted:
    case EventType::NodeDataChanged:
    case EventType::NodeChildrenChanged:
      return true;
    case EventType::None:
    case EventType::DataWatchRemoved:
    case EventType::ChildWatchRemoved:
    case EventType::PersistentWatchRemoved:
      return false;
  }
  return false;
}

}  // namespace

void Session::on_received(View bytes, MonotonicTime now, Effects& effects) {
  if (!hears()) return;
  last_heard_ = now;
  input_.consume(parsed_);
  parsed_ = 0;
  input_.append(bytes);
  while (hears()) {
    const auto frame = next_frame(now, effects);
    if (!frame) return;
    if (phase_ == Phase::Handshaking) {
      on_connect_response(*frame, now, effects);
    } else if (phase_ == Phase::LoggingIn) {
      on_login_reply(*frame, now, effects);
    } else {
      on_frame(*frame, now, effects);
    }
  }
}

std::optional<View> Session::next_frame(MonotonicTime now, Effects& effects) {
  constexpr std::size_t kLengthBytes = sizeof(std::int32_t);
  const View rest = input_.view().substr(parsed_);
  if (rest.size() < kLengthBytes) return std::nullopt;
  const auto length = load_be<std::int32_t>(rest.data());
  if (length < 0 || static_cast<std::size_t>(length) > options_.frame_bytes_max) {
    lose_connection(
        fmt::format(
            "{} does not speak the protocol: a frame of {} bytes", to_string(server()), length),
        now,
        effects);
    return std::nullopt;
  }
  const std::size_t whole = kLengthBytes + static_cast<std::size_t>(length);
  if (rest.size() < whole) return std::nullopt;
  parsed_ += whole;
  return rest.substr(kLengthBytes, static_cast<std::size_t>(length));
}

void Session::on_connect_response(View frame, MonotonicTime now, Effects& effects) {
  jute::Reader reader(frame);
  jute::ConnectResponse response;
  if (!reader.get(response)) {
    lose_connection(
        fmt::format("{} sent a malformed handshake", to_string(server())), now, effects);
    return;
  }
  if (response.timeout_ms <= 0) {
    finish(SessionState::Expired,
           fmt::format("session 0x{:x} has expired", raw(credentials_.id)),
           effects);
    return;
  }
  bool is_read_only = false;
  if (reader.remaining() > 0) static_cast<void>(reader.get(is_read_only));
  credentials_ = {SessionId{response.session_id}, std::string(response.password)};
  timeout_ = milliseconds(response.timeout_ms);
  seen_writable_server_ = seen_writable_server_ || !is_read_only;
  is_server_read_only_ = is_read_only;
  if (options_.login) return log_in(now, effects);
  establish(now, effects);
}

void Session::establish(MonotonicTime now, Effects& effects) {
  hosts_.on_success();
  phase_ = Phase::Established;
  probe_interval_ = Duration{0};
  probe_at_ = now;
  set_state(is_server_read_only_ ? SessionState::ConnectedReadOnly : SessionState::Connected,
            to_string(server()),
            effects);

  for (std::size_t i = 0; i < auths_.size(); ++i) write_auth(i, effects);
  arm_watches_again(effects);
  while (!unsent_.empty()) {
    Pending pending = std::move(unsent_.front());
    unsent_.pop_front();
    write(std::move(pending), now, effects);
  }
}

void Session::on_frame(View frame, MonotonicTime now, Effects& effects) {
  jute::Reader reader(frame);
  jute::ReplyHeader header;
  if (!reader.get(header)) {
    lose_connection(
        fmt::format("{} sent a reply without a header", to_string(server())), now, effects);
    return;
  }
  switch (header.xid) {
    case jute::kXidPing:
      return;
    case jute::kXidWatchEvent:
      on_watch_event(Zxid{header.zxid}, reader.rest(), now, effects);
      return;
    case jute::kXidAuth:
      on_auth_reply(header.err, now, effects);
      return;
    case jute::kXidSetWatches:
      on_set_watches_reply(header.err, now, effects);
      return;
    default:
      on_reply({{}, header.err, Zxid{header.zxid}, reader.rest()}, header.xid, now, effects);
      return;
  }
}

void Session::on_watch_event(Zxid zxid, View body, MonotonicTime now, Effects& effects) {
  jute::WatcherEvent event;
  if (!jute::decode(body, event)) {
    lose_connection(fmt::format("{} sent a malformed event", to_string(server())), now, effects);
    return;
  }
  if (!is_node_event(event.type)) return;
  std::vector<WatcherId> watchers = watches_.fire(event.type, event.path);
  if (watchers.empty()) return;
  effects.notices.emplace_back(
      WatchFired{Event{event.type, event.state, std::string(chroot().to_client(event.path)), zxid},
                 std::move(watchers)});
}

void Session::on_auth_reply(ErrorCode error, MonotonicTime now, Effects& effects) {
  if (auths_in_flight_.empty()) {
    lose_connection(fmt::format("{} answered a credential that was not sent", to_string(server())),
                    now,
                    effects);
    return;
  }
  Auth& entry = auths_[auths_in_flight_.front()];
  auths_in_flight_.pop_front();
  if (entry.waiting != RequestId{}) {
    effects.notices.emplace_back(Reply{entry.waiting, error, {}, {}});
    entry.waiting = {};
  }
  if (error == ErrorCode::Ok) return;
  finish(SessionState::AuthFailed,
         fmt::format("the server refused the credential of scheme '{}'", entry.scheme),
         effects);
}

void Session::on_set_watches_reply(ErrorCode error, MonotonicTime now, Effects& effects) {
  if (error == ErrorCode::Ok) return;
  lose_connection(
      fmt::format("{} refused to arm the watches again ({})", to_string(server()), name(error)),
      now,
      effects);
}

void Session::on_reply(const Reply& reply, std::int32_t xid, MonotonicTime now, Effects& effects) {
  if (sent_.empty() || sent_.front().xid != xid) {
    lose_connection(fmt::format("{} answered out of order: xid {}, expected {}",
                                to_string(server()),
                                xid,
                                sent_.empty() ? "none" : std::to_string(sent_.front().xid)),
                    now,
                    effects);
    return;
  }
  Pending pending = std::move(sent_.front());
  sent_.pop_front();
  last_zxid_ = std::max(last_zxid_, reply.zxid);
  complete(pending, {pending.id, reply.error, reply.zxid, reply.body}, effects);
  if (pending.request.opcode == jute::Opcode::CloseSession) {
    finish(SessionState::Closed, "closed by this client", effects);
  }
}

}  // namespace paddock::client
