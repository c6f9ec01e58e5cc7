// SPDX-License-Identifier: Apache-2.0
#include "sasl/login.h"

#include <algorithm>

#include <fmt/format.h>

namespace paddock::sasl {

namespace {

constexpr std::string_view kDigestModule = "org.apache.zookeeper.server.auth.DigestLoginModule";
/// Of Sun's and of IBM's Java alike.
constexpr std::string_view kKerberosModule = ".Krb5LoginModule";
constexpr std::string_view kUserPrefix = "user_";

std::string_view value_of(const LoginModule& module, std::string_view option) {
  const config::Secret* value = module.find(option);
  return value == nullptr ? std::string_view() : std::string_view(value->reveal());
}

std::unexpected<Error> wrong(const JaasFile& file, std::size_t line, std::string_view what) {
  return fail(fmt::format("{}:{}: {}", file.name, line, what));
}

Result<> add_users(const JaasFile& file, const LoginModule& module, Passwords& users) {
  for (const JaasOption& option : module.options) {
    if (!option.name.starts_with(kUserPrefix)) continue;
    const std::string user = option.name.substr(kUserPrefix.size());
    const std::string& password = option.value.reveal();
    if (user.empty()) return wrong(file, module.line, "user_ needs a name behind it");
    if (password.empty() || password.find('\0') != std::string::npos) {
      return wrong(file,
                   module.line,
                   fmt::format("the password of {} is empty or has a zero byte", option.name));
    }
    users.insert_or_assign(user, option.value);
  }
  return {};
}

Result<Login> kerberos_login(const JaasFile& file, const LoginModule& module) {
  const std::string_view principal = value_of(module, "principal");
  if (value_of(module, "useKeyTab") != "true") {
    return wrong(file,
                 module.line,
                 "a server needs a key table: useKeyTab=true, keyTab=\"<file>\" and "
                 "principal=\"zookeeper/<host>@<REALM>\"");
  }
  if (principal.empty() || principal == "*") {
    return wrong(file,
                 module.line,
                 "Krb5LoginModule needs principal=\"zookeeper/<host>@<REALM>\", the name that "
                 "clients get a ticket for");
  }
  return KerberosLogin{std::string(principal), std::string(value_of(module, "keyTab"))};
}

}  // namespace

Result<Login> login_of(const JaasFile& file, const JaasSection& section) {
  DigestLogin digest;
  for (const LoginModule& module : section.modules) {
    if (module.class_name.ends_with(kKerberosModule)) return kerberos_login(file, module);
    if (module.class_name != kDigestModule) {
      return wrong(file,
                   module.line,
                   fmt::format("{} is not known here; {} and com.sun.security.auth.module{} are",
                               module.class_name,
                               kDigestModule,
                               kKerberosModule));
    }
    PADDOCK_TRY(add_users(file, module, digest.users));
  }
  if (!digest.users.empty()) return digest;
  return wrong(
      file,
      section.line,
      fmt::format("the section {} names nobody; add user_<name>=\"<password>\"", section.name));
}

}  // namespace paddock::sasl
