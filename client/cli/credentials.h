// SPDX-License-Identifier: Apache-2.0
//
// What a client presents to say who it is, and where it comes from: the command line, which other
// users of the machine can read, or files, which they cannot.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "client_session/login.h"

namespace paddock::cli {

struct Credential {
  std::string scheme;
  std::string auth;
};

/// Of this scheme are logins, which are not sent as other credentials are.
inline constexpr std::string_view kLoginScheme = "sasl";

struct CredentialSources {
  /// "scheme:credential".
  std::vector<std::string> auths{};
  /// Its lines are such texts; lines that are empty or begin with # are not. Empty: none.
  std::string auth_file{};
  /// Holds one token of the scheme jwt. Empty: none.
  std::string token_file{};
  /// By the ticket of whoever runs this.
  bool with_kerberos = false;
};

/// Lines of a file of credentials. *Errors*: the line's number, and never what is in it.
[[nodiscard]] Result<std::vector<Credential>> parse_credentials(View text, View name);

/// All of them; files are read anew. *Errors*: a file cannot be read, or a text is not a
/// credential.
[[nodiscard]] Result<std::vector<Credential>> read_credentials(const CredentialSources& sources);

/// The login that is asked for, empty if none is: by DIGEST-MD5 with a credential
/// `sasl:user:password`, or by Kerberos. *Errors*: more than one, or a text that is none; never
/// what is in it.
[[nodiscard]] Result<client::LoginFactory> login_of(const CredentialSources& sources,
                                                    const std::vector<Credential>& credentials);

/// Arguments as other users of the machine may see them: credentials are blotted out, in place.
void hide_credentials(int argc, char** argv);

}  // namespace paddock::cli
