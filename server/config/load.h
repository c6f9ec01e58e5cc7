// SPDX-License-Identifier: Apache-2.0
//
// From all sources of settings to one ServerConfig. A pure function of its input: files are read by
// the function that the caller passes. Everything that is wrong is reported at once, each error
// naming the key, the value, the place and what is allowed.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/server_config.h"
#include "config/sources.h"

namespace paddock::config {

struct Sources {
  /// For messages; the text is missing when there is no configuration file.
  std::string file_name;
  std::optional<std::string> file_text;
  Environment environment;
  std::vector<Setting> overrides;
  /// For the dynamic file, `myid`, password files and `<variable>_FILE`.
  ReadFile read_file;
};

struct Loaded {
  ServerConfig config;
  /// With errors the configuration must not be used.
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
  /// Where each configured key came from, by its name in the table.
  std::map<std::string, std::string, std::less<>> origins;

  [[nodiscard]] bool ok() const { return errors.empty(); }
};

[[nodiscard]] Loaded load(const Sources& sources);

}  // namespace paddock::config
