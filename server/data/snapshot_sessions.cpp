// SPDX-License-Identifier: Apache-2.0
#include "data/snapshot_sessions.h"

#include "data/snapshot_sessions.pb.h"

namespace paddock::data {

std::string encode_sessions(const SessionList& sessions) {
  pb::Sessions message;
  for (const session::Session& session : sessions) {
    message.add_id(raw(session.id));
    message.add_timeout_ms(static_cast<std::int32_t>(session.timeout.count()));
    message.add_home(raw(session.home));
  }
  return message.SerializeAsString();
}

Result<> for_each_session(View chunk, const std::function<void(const session::Session&)>& each) {
  pb::Sessions message;
  if (!message.ParseFromArray(chunk.data(), static_cast<int>(chunk.size())) ||
      message.id_size() != message.timeout_ms_size()) {
    return fail("the snapshot's list of sessions cannot be read; restore another snapshot");
  }
  for (int i = 0; i < message.id_size(); ++i) {
    each({.id = SessionId{message.id(i)},
          .timeout = milliseconds(message.timeout_ms(i)),
          .home = i < message.home_size() ? ServerId{message.home(i)} : ServerId{}});
  }
  return {};
}

}  // namespace paddock::data
