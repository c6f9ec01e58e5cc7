// SPDX-License-Identifier: Apache-2.0
//
// Session: the login between the handshake and everything else.
#include <fmt/format.h>

#include "client_session/session.h"
#include "jute/reader.h"

namespace paddock::client {

void Session::log_in(MonotonicTime now, Effects& effects) {
  phase_ = Phase::LoggingIn;
  login_ = options_.login(server());
  const auto token = login_->begin();
  if (!token) return give_up_login(token.error().message, effects);
  write_login_token(*token, now, effects);
}

void Session::on_login_reply(View frame, MonotonicTime now, Effects& effects) {
  jute::Reader reader(frame);
  jute::ReplyHeader header;
  if (!reader.get(header) || header.xid != login_xid_) {
    lose_connection(fmt::format("{} answered something else than the login", to_string(server())),
                    now,
                    effects);
    return;
  }
  if (header.err != ErrorCode::Ok) {
    give_up_login(fmt::format("refused ({})", name(header.err)), effects);
    return;
  }
  View token;
  if (!reader.get(token)) token = View{};
  const auto next = login_->step(token);
  if (!next) return give_up_login(next.error().message, effects);
  if (*next) return write_login_token(**next, now, effects);
  login_.reset();
  establish(now, effects);
}

void Session::give_up_login(const std::string& why, Effects& effects) {
  finish(SessionState::AuthFailed,
         fmt::format("the login at {} failed: {}", to_string(server()), why),
         effects);
}

}  // namespace paddock::client
