// SPDX-License-Identifier: Apache-2.0
//
// Where settings come from, each turned into the same list of key, value and origin: -D flags,
// environment variables of the common container images, the configuration file, the command line. A
// later layer of that order wins. Pure functions: the caller reads the environment and the files.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace paddock::config {

/// Lowest precedence first.
enum class Layer : std::uint8_t {
  JvmFlags,
  Environment,
  File,
  CommandLine,
};

struct Setting {
  std::string key;
  std::string value;
  Layer layer = Layer::File;
  /// For messages: "zoo.cfg:12", "ZOO_TICK_TIME", "-D in JVMFLAGS", "command line".
  std::string origin;
};

using Environment = std::map<std::string, std::string, std::less<>>;

/// The content of a file, nothing if there is no such file. Errors: it is there but can't be read.
using ReadFile = std::function<Result<std::optional<std::string>>(const std::string& path)>;

/// What a source yields: settings, and what is wrong with its form.
struct SourceText {
  std::vector<Setting> settings;
  std::vector<std::string> errors;
  std::vector<std::string> notes;
};

/// Lines of zoo.cfg or of a dynamic file.
[[nodiscard]] SourceText settings_of_file(std::string_view name, std::string_view text);

/// -D flags of SERVER_JVMFLAGS and JVMFLAGS; other flags are for Java, and noted.
[[nodiscard]] SourceText settings_of_jvm_flags(const Environment& environment);

/// ZOO_* variables as the official and the Bitnami image know them; `<name>_FILE` names a file that
/// holds the value. `server_id` is the one that the images would write to `myid`.
struct EnvironmentText : SourceText {
  std::optional<std::string> server_id;
};
[[nodiscard]] EnvironmentText settings_of_environment(const Environment& environment,
                                                      const ReadFile& read_file);

}  // namespace paddock::config
