// SPDX-License-Identifier: Apache-2.0
//
// Tokens of DIGEST-MD5: any bytes, and answers whose digest is right for a password, so that what
// lies behind it is reached. Nobody gets an id without the password of just that user.
#include <string>

#include "base/assert.h"
#include "digest_client/digest_client.h"
#include "input.h"
#include "sasl/server.h"

namespace paddock::fuzz {
namespace {

using Outcome = auth::SaslStep::Outcome;

const sasl::Server& server() {
  static const auto kServer = [] {
    config::AuthConfig config;
    config.fips_mode = false;
    const auto file = sasl::parse_jaas(
        "jaas.conf",
        "Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_alice=\"a\" "
        "user_bob=\"b\"; };");
    PADDOCK_ASSERT(file);
    auto opened = sasl::Server::open(config, *file);
    PADDOCK_ASSERT(opened);
    return std::move(*opened);
  }();
  return *kServer;
}

/// A directive's value as clients quote it.
std::string quotable(View text) {
  std::string value(text.substr(0, 200));
  std::erase_if(value, [](char c) { return c == '"' || c == '\\' || c == '\0'; });
  return value;
}

/// Bytes without the key of the server's nonce are no answer.
void check_garbage(Input& input) {
  const auto exchange = server().begin();
  auth::SaslStep step = exchange->step(input.part());
  while (step.outcome == Outcome::Continue && !input.empty()) {
    PADDOCK_ASSERT(step.has_token && step.id.empty());
    step = exchange->step(input.part());
  }
  PADDOCK_ASSERT(step.outcome != Outcome::Done);
  if (step.outcome == Outcome::Continue) return;
  PADDOCK_ASSERT(!step.reason.empty() && step.id.empty());
  PADDOCK_ASSERT(exchange->step(kEmpty).outcome == Outcome::Failed);
}

void check_answer(Input& input) {
  sasl::DigestClient client{quotable(input.part()), quotable(input.part())};
  client.authzid = quotable(input.part());
  if (const View realm = input.part(); !realm.empty()) client.realm = quotable(realm);
  const auto exchange = server().begin();
  const auth::SaslStep challenge = exchange->step(kEmpty);
  PADDOCK_ASSERT(challenge.outcome == Outcome::Continue);
  const std::string answer = client.answer(challenge.token) + std::string(input.rest());
  const auth::SaslStep last = exchange->step(answer);
  if (last.outcome != Outcome::Done) return PADDOCK_ASSERT(last.id.empty());
  const bool is_alice = client.user == "alice" && client.password == "a";
  PADDOCK_ASSERT(is_alice || (client.user == "bob" && client.password == "b"));
  PADDOCK_ASSERT(last.id == client.user);
  PADDOCK_ASSERT(client.authzid.empty() || client.authzid == client.user);
}

void check(Input input) {
  if ((input.byte() & 1U) != 0) return check_answer(input);
  check_garbage(input);
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
