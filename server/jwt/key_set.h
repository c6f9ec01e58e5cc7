// SPDX-License-Identifier: Apache-2.0
//
// The public keys that tokens may be signed with, from a JSON Web Key Set. Never changes once it is
// made. Source: RFC 7517, RFC 7518 sections 3.3, 3.4 and 6.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/free_with.h"

namespace paddock::jwt {

/// Those that tokens may be signed by. Neither "none" nor a shared secret is among them.
enum class Algorithm : std::uint8_t {
  Rs256,
  Es256,
};

class KeySet {
 public:
  /// Keys for something else, or of other kinds, are left out. *Errors*: no key set, without a key
  /// that can be used, or with one that is private, too short or malformed.
  [[nodiscard]] static Result<KeySet> parse(View json);

  /// Whether the key `id`, or any if a token names none, has signed `text`.
  [[nodiscard]] bool has_signed(Algorithm algorithm,
                                const std::optional<std::string>& id,
                                View text,
                                View signature) const;
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  struct Key {
    Algorithm algorithm{};
    std::string id;  // empty: it has none
    std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>> key;
  };
  struct Reading;

  std::vector<Key> keys_;
};

}  // namespace paddock::jwt
