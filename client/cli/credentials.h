// SPDX-License-Identifier: Apache-2.0
//
// What a client presents to say who it is, and where it comes from: the command line, which other
// users of the machine can read, or files, which they cannot.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace paddock::cli {

struct Credential {
  std::string scheme;
  std::string auth;
};

struct CredentialSources {
  /// "scheme:credential".
  std::vector<std::string> auths{};
  /// Its lines are such texts; lines that are empty or begin with # are not. Empty: none.
  std::string auth_file{};
  /// Holds one token of the scheme jwt. Empty: none.
  std::string token_file{};
};

/// Lines of a file of credentials. *Errors*: the line's number, and never what is in it.
[[nodiscard]] Result<std::vector<Credential>> parse_credentials(View text, View name);

/// All of them; files are read anew. *Errors*: a file cannot be read, or a text is not a
/// credential.
[[nodiscard]] Result<std::vector<Credential>> read_credentials(const CredentialSources& sources);

/// Arguments as other users of the machine may see them: credentials are blotted out, in place.
void hide_credentials(int argc, char** argv);

}  // namespace paddock::cli
