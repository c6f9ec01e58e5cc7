// SPDX-License-Identifier: Apache-2.0
//
// paddock-server: reads the configuration, opens the server, runs it. Exit codes: 0 ended cleanly,
// 1 it could not start or had to stop, 2 the arguments or the configuration are wrong.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <spdlog/spdlog.h>

#include "base/version.h"
#include "config/invocation.h"
#include "config/load.h"
#include "config/render.h"
#include "runtime/descriptors.h"
#include "runtime/logging.h"
#include "runtime/server.h"
#include "runtime/settings.h"
#include "runtime/signal_handler.h"

namespace {

using paddock::Result;
namespace config = paddock::config;

#ifdef PADDOCK_STANDS_FOR_THE_NEXT_VERSION
// For tests of ensembles with two versions.
constexpr unsigned kFeatureLevel = paddock::kFeatureLevel + 1;
#else
constexpr unsigned kFeatureLevel = paddock::kFeatureLevel;
#endif

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

void print(std::FILE* to, std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), to));
}

Result<std::optional<std::string>> read_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return paddock::fail("cannot read " + path + ": it is a directory, not a file");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int code = errno;
    if (code == ENOENT || code == ENOTDIR) return std::nullopt;
    return paddock::fail("cannot read " + path + ": " + paddock::errno_text(code) +
                         "; give the user that runs the server permission to read it");
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

config::Environment read_environment() {
  config::Environment environment;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view entry(*at);
    const std::size_t equals = entry.find('=');
    if (equals != std::string_view::npos) {
      environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
    }
  }
  return environment;
}

Result<config::Loaded> load(const config::Invocation& invocation, config::Environment environment) {
  config::Sources sources;
  sources.file_name = invocation.file;
  sources.environment = std::move(environment);
  sources.overrides = invocation.overrides;
  sources.read_file = read_file;
  if (!invocation.file.empty()) {
    auto text = read_file(invocation.file);
    PADDOCK_TRY(text);
    if (!*text && invocation.file_is_required) {
      return paddock::fail("there is no file " + invocation.file +
                           "; name the zoo.cfg to use, or give key=value arguments alone");
    }
    sources.file_text = std::move(*text);
  }
  return config::load(sources);
}

/// Signals that the server heeds are taken by its loop, so no thread may take them first.
void block_signals() {
  const sigset_t signals = paddock::runtime::heeded_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
}

/// The configuration as it is now, if it is without errors.
Result<config::ServerConfig> load_again(const config::Invocation& invocation) {
  auto loaded = load(invocation, read_environment());
  PADDOCK_TRY(loaded);
  if (!loaded->ok()) return paddock::fail(loaded->errors.front());
  return std::move(loaded->config);
}

int run(const config::Loaded& loaded, const config::Invocation& invocation) {
  block_signals();
  paddock::runtime::raise_descriptor_limit();
  paddock::runtime::start_logging(loaded.config.process);
  spdlog::info("paddock-server {}", paddock::kVersion);
  for (const std::string& note : loaded.notes) spdlog::info("{}", note);
  for (const std::string& warning : loaded.warnings) spdlog::warn("{}", warning);
  auto server = paddock::runtime::Server::open(loaded.config, kFeatureLevel);
  if (server) (*server)->set_reread([&invocation] { return load_again(invocation); });
  Result<> result = server ? (*server)->run() : std::unexpected(server.error());
  if (!result) spdlog::critical("{}", result.error().message);
  paddock::runtime::stop_logging();
  return result ? EXIT_SUCCESS : kExitFailed;
}

int usage_error(const std::string& message) {
  print(stderr, "paddock-server: " + message + "\nTry 'paddock-server --help'.\n");
  return kExitUsage;
}

int run_action(std::span<const std::string_view> arguments) {
  config::Environment environment = read_environment();
  const auto invocation = config::parse_invocation(arguments, environment);
  if (!invocation) return usage_error(invocation.error().message);
  switch (invocation->action) {
    case config::Action::ShowHelp:
      print(stdout, config::usage());
      return EXIT_SUCCESS;
    case config::Action::ShowVersion:
      print(stdout, std::string("paddock-server ") + std::string(paddock::kVersion) + "\n");
      return EXIT_SUCCESS;
    case config::Action::PrintConfigReference:
      print(stdout, config::render_reference());
      return EXIT_SUCCESS;
    case config::Action::Run:
    case config::Action::CheckConfig:
      break;
  }
  const auto loaded = load(*invocation, std::move(environment));
  if (!loaded) return usage_error(loaded.error().message);
  std::vector<std::string> errors = loaded->errors;
  if (errors.empty()) {
    const Result<> supported = paddock::runtime::check_supported(loaded->config);
    if (!supported) errors.push_back(supported.error().message);
  }
  if (invocation->action == config::Action::CheckConfig) {
    print(stdout, config::render(*loaded));
    if (loaded->ok() && !errors.empty()) print(stdout, "error: " + errors.front() + "\n");
    return errors.empty() ? EXIT_SUCCESS : kExitUsage;
  }
  if (errors.empty()) return run(*loaded, *invocation);
  for (const std::string& error : errors) print(stderr, "paddock-server: " + error + "\n");
  return kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    return run_action(arguments);
  } catch (const std::exception& error) {
    print(stderr, std::string("paddock-server: ") + error.what() + "\n");
    return kExitFailed;
  }
}
