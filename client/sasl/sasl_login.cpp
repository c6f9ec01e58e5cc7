// SPDX-License-Identifier: Apache-2.0
#include "client_sasl/sasl_login.h"

#include <array>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <sasl/sasl.h>

#include "cyrus/plugins.h"

namespace paddock::client {

namespace {

using cyrus::callback;

// --- The library, which a process has once: it loads two plugins and no other, and is quiet.

int start_library() {
  static const std::array<sasl_callback_t, 3> kCallbacks{
      {{SASL_CB_VERIFYFILE, callback(&cyrus::verify_file), nullptr},
       {SASL_CB_LOG, callback(&cyrus::log_nothing), nullptr},
       {SASL_CB_LIST_END, nullptr, nullptr}}};
  static const int kCode = sasl_client_init(kCallbacks.data());
  return kCode;
}

// --- Logins

struct Disposal {
  void operator()(sasl_conn_t* connection) const { sasl_dispose(&connection); }
};

class SaslLogin final : public Login {
 public:
  SaslLogin(std::shared_ptr<const SaslOptions> options, const Host& server)
      : options_(std::move(options)), server_(server.name) {}

  [[nodiscard]] Result<std::string> begin() override;
  [[nodiscard]] Result<std::optional<std::string>> step(View token) override;

 private:
  static int give_name(void* context, int id, const char** result, unsigned* length);
  static int give_password(sasl_conn_t* connection, void* context, int id, sasl_secret_t** secret);
  static int choose_realm(void* context, int id, const char** offered, const char** result);

  [[nodiscard]] bool is_kerberos() const { return options_->mechanism == SaslMechanism::Kerberos; }
  [[nodiscard]] Result<> open();

  std::shared_ptr<const SaslOptions> options_;
  std::string server_;
  std::vector<unsigned char> secret_;  // a sasl_secret_t with what follows it
  std::array<sasl_callback_t, 5> callbacks_{};
  std::unique_ptr<sasl_conn_t, Disposal> connection_;
  bool has_said_all_ = false;
};

/// Who to act as is left empty: nobody but oneself.
int SaslLogin::give_name(void* context, int id, const char** result, unsigned* length) {
  const auto* login = static_cast<const SaslLogin*>(context);
  const std::string& user = login->options_->user;
  *result = id == SASL_CB_AUTHNAME ? user.c_str() : "";
  if (length != nullptr) *length = static_cast<unsigned>(std::strlen(*result));
  return SASL_OK;
}

int SaslLogin::give_password(sasl_conn_t* /*connection*/,
                             void* context,
                             int /*id*/,
                             sasl_secret_t** secret) {
  auto* login = static_cast<SaslLogin*>(context);
  const std::string& password = login->options_->password.reveal();
  login->secret_.assign(sizeof(sasl_secret_t) + password.size(), 0);
  auto* made = reinterpret_cast<sasl_secret_t*>(login->secret_.data());
  made->len = password.size();
  std::memcpy(made->data, password.data(), password.size());
  *secret = made;
  return SASL_OK;
}

int SaslLogin::choose_realm(void* /*context*/,
                            int /*id*/,
                            const char** offered,
                            const char** result) {
  *result = offered != nullptr && *offered != nullptr ? *offered : cyrus::kDigestServer;
  return SASL_OK;
}

Result<> SaslLogin::open() {
  callbacks_ = {{{SASL_CB_AUTHNAME, callback(&give_name), this},
                 {SASL_CB_USER, callback(&give_name), this},
                 {SASL_CB_PASS, callback(&give_password), this},
                 {SASL_CB_GETREALM, callback(&choose_realm), this},
                 {SASL_CB_LIST_END, nullptr, nullptr}}};
  const char* const host = is_kerberos() ? server_.c_str() : cyrus::kDigestServer;
  sasl_conn_t* made = nullptr;
  int code = sasl_client_new(
      cyrus::kService, host, nullptr, nullptr, callbacks_.data(), SASL_SUCCESS_DATA, &made);
  connection_.reset(made);
  if (code == SASL_OK) code = sasl_setprop(made, SASL_SEC_PROPS, &cyrus::kSecurity);
  if (code != SASL_OK) return fail(sasl_errstring(code, nullptr, nullptr));
  return {};
}

Result<std::string> SaslLogin::begin() {
  PADDOCK_TRY(open());
  const char* out = nullptr;
  unsigned length = 0;
  const char* chosen = nullptr;
  const int code = sasl_client_start(connection_.get(),
                                     is_kerberos() ? cyrus::kGssapi : cyrus::kDigestMd5,
                                     nullptr,
                                     &out,
                                     &length,
                                     &chosen);
  if (code != SASL_OK && code != SASL_CONTINUE) return fail(sasl_errdetail(connection_.get()));
  return out == nullptr ? std::string() : std::string(out, length);
}

Result<std::optional<std::string>> SaslLogin::step(View token) {
  if (has_said_all_) return std::nullopt;
  if (is_null(token)) return fail("the server does not do SASL, or does not take this login");
  const char* out = nullptr;
  unsigned length = 0;
  const int code = sasl_client_step(
      connection_.get(), token.data(), static_cast<unsigned>(token.size()), nullptr, &out, &length);
  if (code != SASL_OK && code != SASL_CONTINUE) return fail(sasl_errdetail(connection_.get()));
  has_said_all_ = code == SASL_OK;
  if (has_said_all_ && length == 0) return std::nullopt;
  return out == nullptr ? std::string() : std::string(out, length);
}

}  // namespace

Result<LoginFactory> open_sasl(SaslOptions options) {
  PADDOCK_TRY(cyrus::started(start_library()));
  const bool is_kerberos = options.mechanism == SaslMechanism::Kerberos;
  PADDOCK_TRY(cyrus::check_mechanism(is_kerberos ? cyrus::kGssapi : cyrus::kDigestMd5));
  return [shared = std::make_shared<const SaslOptions>(std::move(options))](const Host& server) {
    return std::make_unique<SaslLogin>(shared, server);
  };
}

}  // namespace paddock::client
