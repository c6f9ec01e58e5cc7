// SPDX-License-Identifier: Apache-2.0
#include "config/sources.h"

#include <algorithm>

#include <fmt/format.h>

#include "config/properties.h"
#include "config/text.h"

namespace paddock::config {
namespace {

/// Words as a shell would split them: blanks separate, quotes hold together.
std::vector<std::string> shell_words(std::string_view text) {
  std::vector<std::string> result;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (const char c : text) {
    if (quote != '\0') {
      if (c == quote) {
        quote = '\0';
      } else {
        word += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (in_word) result.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) result.push_back(std::move(word));
  return result;
}

void add_flags(std::string_view variable, std::string_view text, SourceText& result) {
  bool has_others = false;
  for (const std::string& word : shell_words(text)) {
    if (!word.starts_with("-D")) {
      has_others = true;
      continue;
    }
    const std::size_t equals = std::min(word.find('='), word.size());
    result.settings.push_back(
        {word.substr(2, equals - 2),
         std::string(trimmed(std::string_view(word).substr(std::min(equals + 1, word.size())))),
         Layer::JvmFlags,
         fmt::format("-D in {}", variable)});
  }
  // They are not shown: a password that was quoted badly may be among them.
  if (has_others) {
    result.notes.push_back(
        fmt::format("{} has no effect but for -D: its other flags are for Java", variable));
  }
}

}  // namespace

SourceText settings_of_file(std::string_view name, std::string_view text) {
  SourceText result;
  Properties properties = parse_properties(text);
  for (Property& entry : properties.entries) {
    result.settings.push_back({std::move(entry.key),
                               std::move(entry.value),
                               Layer::File,
                               fmt::format("{}:{}", name, entry.line)});
  }
  for (const PropertyError& error : properties.errors) {
    result.errors.push_back(fmt::format("{}:{}: {}", name, error.line, error.message));
  }
  return result;
}

SourceText settings_of_jvm_flags(const Environment& environment) {
  SourceText result;
  // The order of zkServer.sh: of two equal flags, the one in JVMFLAGS counts.
  for (const std::string_view variable : {"SERVER_JVMFLAGS", "JVMFLAGS"}) {
    const auto found = environment.find(variable);
    if (found != environment.end()) add_flags(variable, found->second, result);
  }
  return result;
}

}  // namespace paddock::config
