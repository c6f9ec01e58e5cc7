// SPDX-License-Identifier: Apache-2.0
#include "tokens/signer.h"

#include <utility>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>

#include "base/assert.h"

namespace paddock::tokens {

namespace {

constexpr int kCoordinateBytes = 32;

using NumberPtr = std::unique_ptr<BIGNUM, FreeWith<&BN_free>>;
using SignPtr = std::unique_ptr<EVP_MD_CTX, FreeWith<&EVP_MD_CTX_free>>;
using EcSignaturePtr = std::unique_ptr<ECDSA_SIG, FreeWith<&ECDSA_SIG_free>>;

std::string bytes_of(const BIGNUM* number, int size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  PADDOCK_ASSERT(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), size) ==
                 size);
  return bytes;
}

}  // namespace

std::string base64url(View bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  while (text.ends_with('=')) text.pop_back();
  for (char& letter : text) letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
  return text;
}

Signer::Signer(std::string kind, std::string id, int bits)
    : kind_(std::move(kind)), id_(std::move(id)) {
  key_.reset(kind_ == "RSA"
                 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits))
                 : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  PADDOCK_ASSERT(key_ != nullptr);
}

std::string Signer::number(const char* name) const {
  BIGNUM* found = nullptr;
  PADDOCK_ASSERT(EVP_PKEY_get_bn_param(key_.get(), name, &found) == 1);
  const NumberPtr number(found);
  return base64url(bytes_of(found, kind_ == "EC" ? kCoordinateBytes : BN_num_bytes(found)));
}

std::string Signer::key() const {
  std::string text = R"({"kty":")" + kind_ + R"(","use":"sig")";
  if (!id_.empty()) text += R"(,"kid":")" + id_ + '"';
  if (kind_ == "RSA") {
    text += R"(,"n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
            number(OSSL_PKEY_PARAM_RSA_E) + '"';
  } else {
    text += R"(,"crv":"P-256","x":")" + number(OSSL_PKEY_PARAM_EC_PUB_X) + R"(","y":")" +
            number(OSSL_PKEY_PARAM_EC_PUB_Y) + '"';
  }
  return text + '}';
}

std::string Signer::sign(const std::string& claims) const {
  std::string header = kind_ == "RSA" ? R"({"alg":"RS256")" : R"({"alg":"ES256")";
  if (!id_.empty()) header += R"(,"kid":")" + id_ + '"';
  return sign(header + '}', claims);
}

std::string Signer::sign(const std::string& header, const std::string& claims) const {
  const std::string text = base64url(header) + '.' + base64url(claims);
  return text + '.' + base64url(signature_of(text));
}

std::string Signer::signature_of(View text) const {
  const SignPtr sign(EVP_MD_CTX_new());
  const auto* const data = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  PADDOCK_ASSERT(EVP_DigestSignInit(sign.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  PADDOCK_ASSERT(EVP_DigestSign(sign.get(), nullptr, &size, data, text.size()) == 1);
  std::string signature(size, '\0');
  PADDOCK_ASSERT(EVP_DigestSign(sign.get(),
                                reinterpret_cast<unsigned char*>(signature.data()),
                                &size,
                                data,
                                text.size()) == 1);
  signature.resize(size);
  if (kind_ == "RSA") return signature;
  const auto* at = reinterpret_cast<const unsigned char*>(signature.data());
  const EcSignaturePtr parts(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  return bytes_of(ECDSA_SIG_get0_r(parts.get()), kCoordinateBytes) +
         bytes_of(ECDSA_SIG_get0_s(parts.get()), kCoordinateBytes);
}

}  // namespace paddock::tokens
