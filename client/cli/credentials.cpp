// SPDX-License-Identifier: Apache-2.0
#include "client_cli/credentials.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "client_cli/file_bytes.h"
#include "client_sasl/sasl_login.h"
#include "client_text/trimmed.h"

namespace paddock::cli {

namespace {

constexpr View kTokenScheme = "jwt";

std::optional<Credential> parse(View text) {
  const std::size_t colon = text.find(':');
  if (colon == View::npos) return std::nullopt;
  return Credential{.scheme = std::string(text.substr(0, colon)),
                    .auth = std::string(text.substr(colon + 1))};
}

Result<> add_file(const std::string& name, std::vector<Credential>& into) {
  const auto text = read_file(name);
  PADDOCK_TRY(text);
  auto found = parse_credentials(*text, name);
  PADDOCK_TRY(found);
  std::ranges::move(*found, std::back_inserter(into));
  return {};
}

Result<> add_token(const std::string& name, std::vector<Credential>& into) {
  const auto text = read_file(name);
  PADDOCK_TRY(text);
  const View token = client::trimmed(*text);
  if (token.empty()) return fail(fmt::format("{} holds no token", name));
  into.push_back({.scheme = std::string(kTokenScheme), .auth = std::string(token)});
  return {};
}

}  // namespace

Result<std::vector<Credential>> parse_credentials(View text, View name) {
  std::vector<Credential> found;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    View line = text.substr(0, end);
    text.remove_prefix(end == View::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    auto credential = parse(line);
    if (!credential) {
      return fail(fmt::format(
          "{}: line {} is not scheme:credential, as in digest:user:password", name, number));
    }
    found.push_back(std::move(*credential));
  }
  return found;
}

Result<std::vector<Credential>> read_credentials(const CredentialSources& sources) {
  std::vector<Credential> found;
  for (const std::string& text : sources.auths) {
    auto credential = parse(text);
    if (!credential) {
      return fail(
          fmt::format("--auth '{}' is not scheme:credential, as in digest:user:password", text));
    }
    found.push_back(std::move(*credential));
  }
  if (!sources.auth_file.empty()) PADDOCK_TRY(add_file(sources.auth_file, found));
  if (!sources.token_file.empty()) PADDOCK_TRY(add_token(sources.token_file, found));
  return found;
}

Result<client::LoginFactory> login_of(const CredentialSources& sources,
                                      const std::vector<Credential>& credentials) {
  const auto is_login = [](const Credential& one) {
    return one.scheme == kLoginScheme;
  };
  const auto count = std::ranges::count_if(credentials, is_login) + (sources.with_kerberos ? 1 : 0);
  if (count == 0) return client::LoginFactory{};
  if (count > 1) return fail("a connection has one login by SASL, by a password or by Kerberos");
  if (sources.with_kerberos) return client::open_sasl({client::SaslMechanism::Kerberos});
  const std::string& text = std::ranges::find_if(credentials, is_login)->auth;
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string::npos) {
    return fail("a credential of the scheme sasl is sasl:user:password");
  }
  return client::open_sasl({.mechanism = client::SaslMechanism::DigestMd5,
                            .user = text.substr(0, colon),
                            .password = config::Secret(text.substr(colon + 1))});
}

void hide_credentials(int argc, char** argv) {
  constexpr View kWithValue = "--auth=";
  bool is_secret = false;
  bool is_next_secret = false;
  for (int at = 1; at < argc; ++at) {
    const View text = argv[at];
    const bool has_value = text.starts_with(kWithValue);
    const bool is_command = text == "addauth";
    const bool is_option = text == "--auth";
    char* const secret = argv[at] + (has_value ? kWithValue.size() : 0);
    if (is_secret || is_next_secret || has_value) std::memset(secret, '*', std::strlen(secret));
    is_secret = is_secret || is_command;
    is_next_secret = is_option;
  }
}

}  // namespace paddock::cli
