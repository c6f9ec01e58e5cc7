// SPDX-License-Identifier: Apache-2.0
//
// What a client's SASL tokens come to. Source: ZooKeeper ZooKeeperServer.processSasl.
#include <algorithm>
#include <utility>

#include "shard/shard_impl.h"

namespace paddock::shard {

bool Shard::Impl::requires_sasl() const {
  return std::ranges::find(options.enforced_schemes, "sasl") != options.enforced_schemes.end();
}

void Shard::Impl::reply_token(
    Connection& connection, const Request& request, ErrorCode err, View token, Turn& turn) {
  ReplyWriter reply(connection.output);
  reply.body().put(token);
  answered(connection, request, Zxid{}, reply.close(request.xid, Zxid{}, err), turn);
}

auth::SaslStep Shard::Impl::step_sasl(Connection& connection, View token) const {
  if (connection.sasl_is_over) return {.reason = "the exchange was over"};
  if (connection.sasl == nullptr) connection.sasl = options.sasl->begin();
  auth::SaslStep step = connection.sasl->step(token);
  if (step.outcome != auth::SaslStep::Outcome::Continue) {
    connection.sasl.reset();
    connection.sasl_is_over = true;
  }
  return step;
}

void Shard::Impl::answer_sasl(Connection& connection, const Request& request, Turn& turn) {
  jute::Reader reader(request.payload);
  View token;
  if (!reader.get(token) || is_null(token)) return begin_close(connection, turn);
  // Clients that merely tried go on without it.
  if (options.sasl == nullptr) {
    return reply_token(connection, request, ErrorCode::Ok, View{}, turn);
  }
  auth::SaslStep step = step_sasl(connection, token);
  if (step.outcome != auth::SaslStep::Outcome::Failed) {
    if (step.outcome == auth::SaslStep::Outcome::Done) {
      authenticator.add_sasl(step.id, connection.identities);
      audit_authentication(connection, "sasl", {{"sasl", step.id}}, true, turn.now.wall);
    }
    const View reply = step.has_token ? View{step.token} : View{};
    return reply_token(connection, request, ErrorCode::Ok, reply, turn);
  }
  ++counters.auth_failed;
  audit_authentication(connection, "sasl", {}, false, turn.now.wall);
  turn.effects.failed_sasl.push_back({connection.ip, connection.session, std::move(step.reason)});
  if (options.allows_failed_sasl && !requires_sasl()) {
    return reply_token(connection, request, ErrorCode::Ok, View{}, turn);
  }
  const ErrorCode err =
      requires_sasl() ? ErrorCode::SessionClosedRequireSaslAuth : ErrorCode::AuthFailed;
  reply_token(connection, request, err, View{}, turn);
  begin_close(connection, turn);
}

}  // namespace paddock::shard
