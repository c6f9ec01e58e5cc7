// SPDX-License-Identifier: Apache-2.0
#include "runtime/sasl.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <spdlog/spdlog.h>

#include "sasl/jaas.h"
#include "sasl/server.h"

namespace paddock::runtime {

namespace {

Result<std::string> read_file(const std::string& name) {
  std::error_code ignored;
  const bool is_directory = std::filesystem::is_directory(name, ignored);
  std::ifstream file(name, std::ios::binary);
  if (file && !is_directory) return std::string(std::istreambuf_iterator<char>(file), {});
  return fail("cannot read " + name + ": " + errno_text(is_directory ? EISDIR : errno) +
              "; java.security.auth.login.config must name a file that the server may read");
}

/// Whether the configuration says more of clients' SASL than where a file is, which may be for the
/// links between servers alone.
bool is_asked_for(const config::AuthConfig& config) {
  return config.has(config::AuthProvider::Sasl) ||
         config.sasl_section != config::AuthConfig().sasl_section || config.enforces("sasl");
}

}  // namespace

Result<std::shared_ptr<const auth::SaslServer>> open_sasl(const config::AuthConfig& config) {
  if (config.jaas_file.empty()) return nullptr;
  const auto text = read_file(config.jaas_file);
  PADDOCK_TRY(text);
  const auto file = sasl::parse_jaas(config.jaas_file, *text);
  PADDOCK_TRY(file);
  if (file->find(config.sasl_section) == nullptr && !is_asked_for(config)) {
    spdlog::info("{} has no section {}: clients cannot authenticate by SASL",
                 config.jaas_file,
                 config.sasl_section);
    return nullptr;
  }
  auto server = sasl::Server::open(config, *file);
  if (!server) return std::unexpected(std::move(server).error().within("SASL for clients"));
  spdlog::info("clients may authenticate by SASL: {} of the section {} in {}",
               (*server)->mechanism(),
               config.sasl_section,
               config.jaas_file);
  if (!config.has(config::AuthProvider::Sasl)) {
    spdlog::warn(
        "ACLs cannot name who authenticates by SASL without "
        "authProvider.N=org.apache.zookeeper.server.auth.SASLAuthenticationProvider");
  }
  return std::shared_ptr<const auth::SaslServer>(std::move(*server));
}

}  // namespace paddock::runtime
