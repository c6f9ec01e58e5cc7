// SPDX-License-Identifier: Apache-2.0
//
// Authorities and the certificates that they sign: elliptic keys (P-256), SHA-256, PEM. Time is
// told; keys and serials are chance.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace paddock::authority {

struct Pair {
  std::string certificate;
  std::string key;
};

struct Validity {
  WallTime begin;
  WallTime end;
};

struct Subject {
  std::string organization;
  std::string common_name;
};

/// Good for signing and nothing else.
[[nodiscard]] Result<Pair> make_authority(const Subject& subject, const Validity& validity);

/// Good for both ends of a connection.
[[nodiscard]] Result<Pair> issue(const Pair& authority,
                                 const Subject& subject,
                                 const std::vector<std::string>& dns_names,
                                 const Validity& validity);

struct Facts {
  Validity validity;
  Subject subject;
  std::vector<std::string> dns_names;
  /// Of its own key, and of its signer's: lower-case hex.
  std::string key_id;
  std::string authority_key_id;
};

/// Of the first certificate in `pem`. *Errors*: there is none.
[[nodiscard]] Result<Facts> inspect(std::string_view pem);

}  // namespace paddock::authority
