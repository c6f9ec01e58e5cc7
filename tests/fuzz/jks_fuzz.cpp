// SPDX-License-Identifier: Apache-2.0
//
// Key stores of Java: without a password, where nothing is checked before it is read, and with one
// whose hash is put right, so that what lies behind the check is reached.
#include <array>

#include <openssl/evp.h>

#include "base/assert.h"
#include "input.h"
#include "tls/jks.h"

namespace paddock::fuzz {
namespace {

constexpr std::size_t kHashBytes = 20;

/// Of the password "pw", which the JDK hashes as UTF-16.
std::string with_hash(View body) {
  const std::string hashed = std::string("\0p\0w", 4) + "Mighty Aphrodite" + std::string(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  PADDOCK_ASSERT(
      EVP_Digest(hashed.data(), hashed.size(), hash.data(), nullptr, EVP_sha1(), nullptr) == 1);
  return std::string(body).append(reinterpret_cast<const char*>(hash.data()), kHashBytes);
}

void check(Input input) {
  const View bytes = input.rest();
  const auto open = tls::parse_jks(bytes, config::Secret());
  if (open) PADDOCK_ASSERT(tls::is_jks(bytes) && open->keys.empty());
  // The same password makes no other store of the same bytes.
  const auto closed = tls::parse_jks(with_hash(bytes), config::Secret("pw"));
  if (closed) {
    const auto reopened = tls::parse_jks(with_hash(bytes), config::Secret());
    PADDOCK_ASSERT(reopened && reopened->trusted == closed->trusted);
  }
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
