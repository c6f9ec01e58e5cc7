// SPDX-License-Identifier: Apache-2.0
//
// Session: what it writes to a server.
#include <limits>

#include "client_session/session.h"
#include "jute/writer.h"

namespace paddock::client {

namespace {

constexpr std::size_t kPasswordBytes = 16;
/// Path bytes (with their lengths) of one setWatches packet, far below every server's packet limit.
constexpr std::size_t kSetWatchesBytesMax = std::size_t{128} << 10U;

template <class... Records>
void put_frame(ByteBuffer& out, const Records&... records) {
  jute::FrameWriter frame(out);
  jute::Writer writer(out);
  (writer.put(records), ...);
  frame.close();
}

/// The watches of one packet.
struct Batch {
  std::array<jute::ListBuilder<View>, kWatchKinds> paths;
  std::size_t bytes = 0;

  void add(WatchKind kind, View path) {
    paths[static_cast<std::size_t>(kind)].add(path);
    bytes += path.size() + sizeof(std::int32_t);
  }
  [[nodiscard]] jute::List<View> list(WatchKind kind) const {
    return paths[static_cast<std::size_t>(kind)].view();
  }
  [[nodiscard]] bool has_persistent() const {
    return list(WatchKind::Persistent).size() + list(WatchKind::PersistentRecursive).size() > 0;
  }

  /// Servers before 3.6 know only the older packet, and no persistent watches.
  void write(Zxid relative, ByteBuffer& out) const {
    using jute::kXidSetWatches;
    if (!has_persistent()) {
      put_frame(out,
                jute::RequestHeader{kXidSetWatches, jute::Opcode::SetWatches},
                jute::SetWatchesRequest{relative.value,
                                        list(WatchKind::Data),
                                        list(WatchKind::Exists),
                                        list(WatchKind::Children)});
      return;
    }
    put_frame(out,
              jute::RequestHeader{kXidSetWatches, jute::Opcode::SetWatches2},
              jute::SetWatches2Request{relative.value,
                                       list(WatchKind::Data),
                                       list(WatchKind::Exists),
                                       list(WatchKind::Children),
                                       list(WatchKind::Persistent),
                                       list(WatchKind::PersistentRecursive)});
  }
};

}  // namespace

std::int32_t Session::take_xid() {
  const std::int32_t xid = next_xid_;
  next_xid_ = xid == std::numeric_limits<std::int32_t>::max() ? 1 : xid + 1;
  return xid;
}

void Session::write(Pending pending, MonotonicTime now, Effects& effects) {
  pending.xid = take_xid();
  jute::FrameWriter frame(effects.output);
  jute::Writer(effects.output).put(jute::RequestHeader{pending.xid, pending.request.opcode});
  effects.output.append(pending.request.body.view());
  frame.close();
  // The body is not needed again: what was sent once is never sent again.
  pending.request.body = ByteBuffer{};
  last_sent_ = now;
  sent_.push_back(std::move(pending));
}

void Session::write_connect_request(MonotonicTime now, Effects& effects) {
  const std::string no_password(kPasswordBytes, '\0');
  const bool resume = seen_writable_server_ && credentials_.id != SessionId{};
  const auto timeout = std::chrono::duration_cast<milliseconds>(options_.timeout).count();
  put_frame(effects.output,
            jute::ConnectRequest{.last_zxid_seen = last_zxid_.value,
                                 .timeout_ms = static_cast<std::int32_t>(timeout),
                                 .session_id = resume ? raw(credentials_.id) : 0,
                                 .password = resume ? credentials_.password : no_password},
            options_.can_be_read_only);
  last_sent_ = now;
}

void Session::write_auth(std::size_t index, Effects& effects) {
  const Auth& entry = auths_[index];
  put_frame(effects.output,
            jute::RequestHeader{jute::kXidAuth, jute::Opcode::Auth},
            jute::AuthPacket{0, entry.scheme, entry.auth});
  auths_in_flight_.push_back(index);
}

void Session::write_login_token(View token, MonotonicTime now, Effects& effects) {
  login_xid_ = take_xid();
  put_frame(effects.output, jute::RequestHeader{login_xid_, jute::Opcode::Sasl}, token);
  last_sent_ = now;
}

void Session::write_ping(MonotonicTime now, Effects& effects) {
  put_frame(effects.output, jute::RequestHeader{jute::kXidPing, jute::Opcode::Ping});
  last_sent_ = now;
}

void Session::arm_watches_again(Effects& effects) {
  Batch batch;
  for (std::size_t i = 0; i < kWatchKinds; ++i) {
    const auto kind = static_cast<WatchKind>(i);
    for (const auto& [path, watchers] : watches_.paths(kind)) {
      const std::size_t more = path.size() + sizeof(std::int32_t);
      if (batch.bytes > 0 && batch.bytes + more > kSetWatchesBytesMax) {
        batch.write(last_zxid_, effects.output);
        batch = Batch{};
      }
      batch.add(kind, path);
    }
  }
  if (batch.bytes > 0) batch.write(last_zxid_, effects.output);
}

}  // namespace paddock::client
