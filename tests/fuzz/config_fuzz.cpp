// SPDX-License-Identifier: Apache-2.0
//
// Any text as zoo.cfg, as every other file that it may name, as environment and as command line: it
// loads or says what is wrong.
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "config/invocation.h"
#include "config/load.h"
#include "config/render.h"
#include "input.h"

namespace paddock::fuzz {
namespace {

/// Lines "NAME=value"; others are left out.
config::Environment environment_of(View text) {
  config::Environment environment;
  while (!text.empty()) {
    const View line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t equals = line.find('=');
    if (equals == View::npos || equals == 0) continue;
    environment.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return environment;
}

std::vector<std::string_view> words_of(View text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const View word = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    words.push_back(word);
  }
  return words;
}

void check(Input input) {
  const std::string file(input.part());
  const std::string other(input.part());
  const config::Environment environment = environment_of(input.part());
  const std::vector<std::string_view> arguments = words_of(input.rest());
  config::Sources sources{
      .file_name = "zoo.cfg",
      .file_text = file,
      .environment = environment,
      .overrides = {},
      .read_file = [&](const std::string&) -> Result<std::optional<std::string>> {
        return other;
      }};
  if (const auto invocation = config::parse_invocation(arguments, environment)) {
    sources.overrides = invocation->overrides;
  } else {
    PADDOCK_ASSERT(!invocation.error().message.empty());
  }

  const config::Loaded loaded = config::load(sources);

  for (const std::string& error : loaded.errors) PADDOCK_ASSERT(!error.empty());
  PADDOCK_ASSERT(!config::render(loaded).empty());
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
