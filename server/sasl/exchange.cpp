// SPDX-License-Identifier: Apache-2.0
#include "sasl/exchange.h"

#include <utility>

#include <fmt/format.h>

namespace paddock::sasl {

namespace {

/// The library makes a name of it that it then does not use, for it is given the key that counts.
/// Should it look the name up, nobody needs to be asked.
constexpr const char* kGssapiServer = "localhost";

/// A ticket with all groups of a large directory has less.
constexpr std::size_t kTokenBytesMax = std::size_t{64} << 10U;
/// No exchange has as many.
constexpr std::size_t kStepsMax = 16;

unsigned length_of(View token) {
  return static_cast<unsigned>(token.size());
}

}  // namespace

Exchange::Exchange(std::shared_ptr<const Terms> terms)
    : terms_(std::move(terms)), callbacks_(callbacks_of(*this)) {}

Exchange::~Exchange() {
  if (connection_ != nullptr) sasl_dispose(&connection_);
}

Result<> Exchange::start() {
  const char* server = terms_->key ? kGssapiServer : cyrus::kDigestServer;
  int code = sasl_server_new(cyrus::kService,
                             server,
                             nullptr,
                             nullptr,
                             nullptr,
                             callbacks_.data(),
                             SASL_SUCCESS_DATA,
                             &connection_);
  if (code == SASL_OK) code = sasl_setprop(connection_, SASL_SEC_PROPS, &cyrus::kSecurity);
  if (code == SASL_OK && terms_->key) {
    code = sasl_setprop(connection_, SASL_GSS_CREDS, terms_->key->credentials());
  }
  if (code != SASL_OK) return fail(sasl_errstring(code, nullptr, nullptr));
  return {};
}

auth::SaslStep Exchange::step(View token) {
  if (is_over_) return failed("the exchange was over");
  if (is_null(token)) token = kEmpty;
  if (token.size() > kTokenBytesMax) return failed("the token is too long");
  if (++steps_ > kStepsMax) return failed("the exchange does not end");
  const bool is_first = connection_ == nullptr;
  if (is_first) {
    if (auto started = start(); !started) return failed(std::move(started).error().message);
  }
  const char* out = nullptr;
  unsigned out_length = 0;
  const int code = is_first ? begin(token, out, out_length) : go_on(token, out, out_length);
  if (code != SASL_OK && code != SASL_CONTINUE) return failed(sasl_errdetail(connection_));
  auth::SaslStep step{.outcome = auth::SaslStep::Outcome::Continue, .has_token = out != nullptr};
  if (out != nullptr) step.token.assign(out, out_length);
  return code == SASL_OK ? done(std::move(step)) : step;
}

/// DIGEST-MD5 is begun by the server, whatever the client's first token is. For the library that is
/// no token, which is not the same as an empty one.
int Exchange::begin(View token, const char*& out, unsigned& out_length) {
  const char* const mechanism = terms_->mechanism();
  if (!terms_->key) return sasl_server_start(connection_, mechanism, nullptr, 0, &out, &out_length);
  return sasl_server_start(
      connection_, mechanism, token.data(), length_of(token), &out, &out_length);
}

int Exchange::go_on(View token, const char*& out, unsigned& out_length) {
  return sasl_server_step(connection_, token.data(), length_of(token), &out, &out_length);
}

auth::SaslStep Exchange::failed(std::string reason) {
  is_over_ = true;
  return {.outcome = auth::SaslStep::Outcome::Failed, .reason = std::move(reason)};
}

auth::SaslStep Exchange::done(auth::SaslStep step) {
  is_over_ = true;
  const void* authenticated = nullptr;
  if (sasl_getprop(connection_, SASL_AUTHUSER, &authenticated) != SASL_OK ||
      authenticated == nullptr) {
    return failed("the library does not say who it is");
  }
  step.id = id_of(static_cast<const char*>(authenticated));
  if (step.id.empty()) return failed("the name is none that an ACL can have");
  step.outcome = auth::SaslStep::Outcome::Done;
  return step;
}

const std::string* Exchange::password_of(std::string_view user) const {
  const auto found = terms_->passwords.find(user);
  return found == terms_->passwords.end() ? nullptr : &found->second.reveal();
}

bool Exchange::may_be(std::string_view wanted, std::string_view authenticated) const {
  return wanted == authenticated || wanted == full_name(authenticated) ||
         wanted == id_of(authenticated);
}

std::string Exchange::full_name(std::string_view authenticated) const {
  std::string name(authenticated);
  if (terms_->key && name.find('@') == std::string::npos) name.append("@").append(default_realm());
  return name;
}

std::string Exchange::id_of(std::string_view authenticated) const {
  const std::string name = full_name(authenticated);
  const bool has_realm = name.find('@') != std::string::npos;
  return sasl::id_of(name, terms_->rules, terms_->names, has_realm ? default_realm() : "");
}

}  // namespace paddock::sasl
