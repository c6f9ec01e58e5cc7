// SPDX-License-Identifier: Apache-2.0
#include "sasl/server.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "sasl/login.h"

namespace paddock::sasl {

namespace {

Result<Login> find_login(const config::AuthConfig& config, const JaasFile& file) {
  if (const JaasSection* section = file.find(config.sasl_section)) return login_of(file, *section);
  return fail(fmt::format("{} has no section {}; add it, or let sasl.serverconfig name another one",
                          file.name,
                          config.sasl_section));
}

Result<NameRules> read_rules(const config::AuthConfig& config) {
  auto rules = NameRules::parse(config.kerberos.auth_to_local);
  if (!rules) return std::unexpected(std::move(rules).error().within("security.auth_to_local"));
  return rules;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::open(const config::AuthConfig& config,
                                             const JaasFile& file) {
  auto login = find_login(config, file);
  PADDOCK_TRY(login);
  auto rules = read_rules(config);
  PADDOCK_TRY(rules);
  auto library = Library::open();
  PADDOCK_TRY(library);
  auto terms = std::make_shared<Terms>();
  terms->library = std::move(*library);
  terms->rules = std::move(*rules);
  terms->names = {.remove_host = config.kerberos.remove_host,
                  .remove_realm = config.kerberos.remove_realm};
  if (auto* digest = std::get_if<DigestLogin>(&*login)) {
    if (config.fips_mode) {
      return fail(fmt::format(
          "{}: users with passwords authenticate by DIGEST-MD5, which fips-mode=true forbids; set "
          "fips-mode=false, or use Kerberos",
          file.name));
    }
    terms->passwords = std::move(digest->users);
  } else {
    auto key = KerberosKey::open(std::get<KerberosLogin>(*login));
    PADDOCK_TRY(key);
    terms->key = std::move(*key);
  }
  PADDOCK_TRY(cyrus::check_mechanism(terms->mechanism()));
  return std::make_unique<Server>(std::move(terms));
}

std::unique_ptr<auth::SaslExchange> Server::begin() const {
  return std::make_unique<Exchange>(terms_);
}

}  // namespace paddock::sasl
