// SPDX-License-Identifier: Apache-2.0
#include "kube_client/credential_source.h"

#include <algorithm>

#include "kube_client/process.h"
#include "net/read_file.h"

namespace paddock::kube {

namespace {

// A plugin may have to ask a server far away.
constexpr Duration kPluginLimit = seconds(30);

Result<std::string> bytes_of(const FileOrBytes& source) {
  if (!source.bytes.empty() || source.file.empty()) return source.bytes;
  return net::read_file(source.file);
}

Result<std::string> read_token(const std::string& file) {
  auto text = net::read_file(file);
  PADDOCK_TRY(text);
  const std::size_t end = text->find_last_not_of(" \t\r\n");
  text->resize(end == std::string::npos ? 0 : end + 1);
  const bool is_odd = std::ranges::any_of(*text, [](char letter) {
    return static_cast<unsigned char>(letter) <= ' ' || letter == 0x7F;
  });
  if (text->empty() || is_odd) return fail(file + ": there is no token in it");
  return text;
}

Result<std::string> authorization_of(const User& user) {
  if (!user.token_file.empty()) {
    auto token = read_token(user.token_file);
    PADDOCK_TRY(token);
    return "Bearer " + *token;
  }
  if (!user.token.empty()) return "Bearer " + user.token;
  return user.username.empty() ? std::string() : basic_authorization(user);
}

Result<Credentials> run_plugin(const ExecPlugin& plugin,
                               const ClusterAccess& access,
                               const std::string& authority_pem) {
  Command command{.program = plugin.command, .args = plugin.args, .env = plugin.env};
  command.env.emplace_back("KUBERNETES_EXEC_INFO", exec_info(plugin, access, authority_pem));
  const auto output = run(command, kPluginLimit);
  const std::string hint = plugin.install_hint.empty() ? "" : "\n" + plugin.install_hint;
  if (!output) return fail(output.error().message + hint);
  auto credentials = parse_exec_credential(*output, plugin);
  if (!credentials) return fail(plugin.command + ": " + credentials.error().message);
  return credentials;
}

}  // namespace

Result<Credentials> read_credentials(const ClusterAccess& access) {
  auto authority = bytes_of(access.authority);
  PADDOCK_TRY(authority);
  if (access.user.exec) {
    auto printed = run_plugin(*access.user.exec, access, *authority);
    PADDOCK_TRY(printed);
    printed->authority_pem = *std::move(authority);
    return printed;
  }
  auto authorization = authorization_of(access.user);
  PADDOCK_TRY(authorization);
  auto certificate = bytes_of(access.user.certificate);
  PADDOCK_TRY(certificate);
  auto key = bytes_of(access.user.key);
  PADDOCK_TRY(key);
  return Credentials{.authorization = *std::move(authorization),
                     .authority_pem = *std::move(authority),
                     .certificate_pem = *std::move(certificate),
                     .key_pem = *std::move(key)};
}

}  // namespace paddock::kube
