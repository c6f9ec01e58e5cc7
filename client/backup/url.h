// SPDX-License-Identifier: Apache-2.0
//
// An http or https URL, taken apart.
#pragma once

#include <string>

#include "base/error.h"

namespace paddock::backup {

struct Url {
  bool is_secure = false;
  std::string host;
  std::string port;
  /// "/" at least, with the query.
  std::string target;

  /// As the Host header has it: without the port that the scheme means.
  [[nodiscard]] std::string authority() const;
};

[[nodiscard]] Result<Url> parse_url(const std::string& text);

}  // namespace paddock::backup
