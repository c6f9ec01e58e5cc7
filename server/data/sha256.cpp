// SPDX-License-Identifier: Apache-2.0
#include "data/sha256.h"

#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/assert.h"
#include "base/number_text.h"

namespace paddock::data {
namespace {

const unsigned char* octets(View bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  PADDOCK_ASSERT(context_ != nullptr);
  PADDOCK_ASSERT(EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() {
  EVP_MD_CTX_free(context_);
}

void Sha256::add(View bytes) {
  PADDOCK_ASSERT(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  PADDOCK_ASSERT(EVP_DigestFinal_ex(context_, sum.data(), &size) == 1);
  return to_hex({reinterpret_cast<const char*>(sum.data()), size});
}

std::string sha256_hex(View bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.hex();
}

std::string hmac_sha256(View key, View bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  const unsigned char* const made = HMAC(EVP_sha256(),
                                         key.data(),
                                         static_cast<int>(key.size()),
                                         octets(bytes),
                                         bytes.size(),
                                         sum.data(),
                                         &size);
  PADDOCK_ASSERT(made != nullptr);
  return {reinterpret_cast<const char*>(sum.data()), size};
}

}  // namespace paddock::data
