// SPDX-License-Identifier: Apache-2.0
//
// A fake world for tests of the configuration: files that are a map, an environment, a command
// line. Used by one test at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/load.h"

namespace paddock::config {

struct World {
  std::string text = "dataDir=/data\nclientPort=2181\n";
  bool has_file = true;
  Environment environment;
  std::vector<std::pair<std::string, std::string>> overrides;
  std::map<std::string, std::string> files;

  [[nodiscard]] Loaded load() const {
    Sources sources;
    sources.file_name = "zoo.cfg";
    if (has_file) sources.file_text = text;
    sources.environment = environment;
    for (const auto& [key, value] : overrides) {
      sources.overrides.push_back({key, value, Layer::CommandLine, "command line"});
    }
    sources.read_file = [this](const std::string& path) -> Result<std::optional<std::string>> {
      if (path.ends_with("unreadable")) return fail("permission denied");
      const auto found = files.find(path);
      if (found == files.end()) return std::nullopt;
      return found->second;
    };
    return config::load(sources);
  }
};

/// A zoo.cfg that is complete, with `lines` after it.
[[nodiscard]] inline World with_lines(std::string lines) {
  World world;
  world.text += std::move(lines);
  return world;
}

[[nodiscard]] inline Loaded load_lines(std::string lines) {
  return with_lines(std::move(lines)).load();
}

}  // namespace paddock::config
