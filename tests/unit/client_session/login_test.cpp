// SPDX-License-Identifier: Apache-2.0
//
// A session that logs in: on every connection, before all else, and not without the server's word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Opcode = jute::Opcode;

/// Says `first`, then one token more, and then wants to have heard two answers.
class TwoTokens final : public Login {
 public:
  explicit TwoTokens(std::string server) : server_(std::move(server)) {}

  [[nodiscard]] Result<std::string> begin() override { return "hello " + server_; }
  [[nodiscard]] Result<std::optional<std::string>> step(View token) override {
    if (is_null(token)) return fail("no token");
    ++heard_;
    if (token != fmt::format("answer {}", heard_)) return fail("a wrong token");
    if (heard_ == 2) return std::nullopt;
    return "more";
  }

 private:
  std::string server_;
  int heard_ = 0;
};

class NoTicket final : public Login {
 public:
  [[nodiscard]] Result<std::string> begin() override { return fail("there is no ticket"); }
  [[nodiscard]] Result<std::optional<std::string>> step(View /*token*/) override {
    return std::nullopt;
  }
};

SessionOptions with_login() {
  SessionOptions options = Harness::default_options();
  options.hosts = {{"one", 1}};
  options.login = [](const Host& server) {
    return std::make_unique<TwoTokens>(server.name);
  };
  return options;
}

const Chroot kNoChroot;

TEST(SessionLogin, ComesBeforeAllElseOnEveryConnection) {
  Harness client(with_login());
  const RequestId early = client.submit_unseen(create_request(kNoChroot, "/a", {.data = "x"}));
  static_cast<void>(client.session.add_auth("digest", "a:b", client.now, client.effects));
  client.start();
  EXPECT_THAT(client.server.tokens, ElementsAre("hello one", "more"));
  EXPECT_THAT(client.server.opcodes,
              ElementsAre(Opcode::Sasl, Opcode::Sasl, Opcode::Auth, Opcode::Create2));
  EXPECT_EQ(client.session.state(), SessionState::Connected);
  EXPECT_THAT(client.log,
              testing::Contains(fmt::format(
                  "reply {} {}", static_cast<std::uint64_t>(early), name(ErrorCode::Ok))));

  client.break_connection();
  client.wait(seconds(1));
  EXPECT_THAT(client.server.tokens, ElementsAre("hello one", "more"));
  EXPECT_THAT(client.server.opcodes, ElementsAre(Opcode::Sasl, Opcode::Sasl, Opcode::Auth));
}

TEST(SessionLogin, ThatIsRefusedEndsTheSession) {
  Harness client(with_login());
  client.server.login_result = ErrorCode::AuthFailed;
  client.start();
  EXPECT_EQ(client.session.state(), SessionState::AuthFailed);
  EXPECT_THAT(client.reasons, ElementsAre("the login at one:1 failed: refused (AuthFailed)"));
  EXPECT_THAT(client.server.tokens, ElementsAre("hello one"));
}

TEST(SessionLogin, IsNotDoneBecauseTheServerDoesNotMind) {
  Harness client(with_login());
  client.server.does_sasl = false;
  client.start();
  EXPECT_EQ(client.session.state(), SessionState::AuthFailed);
  EXPECT_THAT(client.reasons, ElementsAre("the login at one:1 failed: no token"));
}

TEST(SessionLogin, ThatCannotBeginSendsNothing) {
  SessionOptions options = with_login();
  options.login = [](const Host& /*server*/) {
    return std::make_unique<NoTicket>();
  };
  Harness client(std::move(options));
  client.start();
  EXPECT_EQ(client.session.state(), SessionState::AuthFailed);
  EXPECT_THAT(client.reasons, ElementsAre("the login at one:1 failed: there is no ticket"));
  EXPECT_THAT(client.server.opcodes, IsEmpty());
}

TEST(SessionLogin, IsBoundedInTime) {
  Harness client(with_login());
  client.server.stop_answering();
  client.start();
  client.server.start_answering();
  client.wait(seconds(30));
  EXPECT_EQ(client.session.state(), SessionState::Connected);
}

}  // namespace
}  // namespace paddock::client
