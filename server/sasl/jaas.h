// SPDX-License-Identifier: Apache-2.0
//
// A JAAS configuration file: sections that name login modules and their options. A pure parser. All
// values are secrets, for some are passwords. Source: the JDK's sun.security.provider.ConfigFile.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/secret.h"

namespace paddock::sasl {

struct JaasOption {
  std::string name;
  config::Secret value;
};

struct LoginModule {
  std::string class_name{};
  std::vector<JaasOption> options{};
  std::size_t line = 0;

  /// Its value; of two options of one name the later. Null if there is none.
  [[nodiscard]] const config::Secret* find(std::string_view name) const;
};

struct JaasSection {
  std::string name{};
  std::vector<LoginModule> modules{};
  std::size_t line = 0;
};

struct JaasFile {
  std::string name;
  std::vector<JaasSection> sections;

  [[nodiscard]] const JaasSection* find(std::string_view section) const;
};

/// *Errors*: "<name>:<line>: …", what is wrong and what is expected; never a value.
[[nodiscard]] Result<JaasFile> parse_jaas(std::string name, std::string_view text);

}  // namespace paddock::sasl
