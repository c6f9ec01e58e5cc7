// SPDX-License-Identifier: Apache-2.0
#include "jwt/key_set.h"

#include <algorithm>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "jwt/base64url.h"
#include "jwt/json_member.h"

namespace paddock::jwt {

namespace json = boost::json;

namespace {

constexpr int kRsaBitsMin = 2048;
constexpr std::size_t kCoordinateBytes = 32;  // of P-256

using NumberPtr = std::unique_ptr<BIGNUM, FreeWith<&BN_free>>;
using BuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<&OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, FreeWith<&OSSL_PARAM_free>>;
using MakerPtr = std::unique_ptr<EVP_PKEY_CTX, FreeWith<&EVP_PKEY_CTX_free>>;
using CheckPtr = std::unique_ptr<EVP_MD_CTX, FreeWith<&EVP_MD_CTX_free>>;
using EcSignaturePtr = std::unique_ptr<ECDSA_SIG, FreeWith<&ECDSA_SIG_free>>;

/// Empty, if it is no text, is as good as not there.
std::string text_or_empty(const json::object& from, std::string_view name) {
  return text_of(from, name).value_or(std::string());
}

std::optional<std::string> bytes_of(const json::object& from, std::string_view name) {
  const std::string text = text_or_empty(from, name);
  return text.empty() ? std::nullopt : decode_base64url(text);
}

const unsigned char* data_of(View bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

NumberPtr number_of(View bytes) {
  return NumberPtr(BN_bin2bn(data_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

/// Null if the library does not take it: a point that is not on the curve, for instance.
EVP_PKEY* make_key(const char* kind, OSSL_PARAM_BLD* builder) {
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder));
  const MakerPtr maker(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  const bool works = params && maker && EVP_PKEY_fromdata_init(maker.get()) == 1 &&
                     EVP_PKEY_fromdata(maker.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1;
  ERR_clear_error();
  return works ? key : nullptr;
}

EVP_PKEY* make_rsa(View modulus, View exponent) {
  const BuilderPtr builder(OSSL_PARAM_BLD_new());
  const NumberPtr n = number_of(modulus);
  const NumberPtr e = number_of(exponent);
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return make_key("RSA", builder.get());
}

EVP_PKEY* make_p256(View x, View y) {
  const BuilderPtr builder(OSSL_PARAM_BLD_new());
  std::string point("\x04");
  point.append(x).append(y);
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(
          builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return nullptr;
  }
  return make_key("EC", builder.get());
}

/// Two numbers of fixed length, as tokens have them, in the form that the library checks.
std::string ecdsa_der(View signature) {
  if (signature.size() != 2 * kCoordinateBytes) return {};
  const EcSignaturePtr parts(ECDSA_SIG_new());
  NumberPtr r = number_of(signature.substr(0, kCoordinateBytes));
  NumberPtr s = number_of(signature.substr(kCoordinateBytes));
  if (!parts || ECDSA_SIG_set0(parts.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(parts.get(), &der);
  std::string text;
  if (length > 0) text.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return text;
}

bool is_signed(EVP_PKEY* key, View text, View signature) {
  const CheckPtr check(EVP_MD_CTX_new());
  const bool is_good =
      check && EVP_DigestVerifyInit(check.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
      EVP_DigestVerify(
          check.get(), data_of(signature), signature.size(), data_of(text), text.size()) == 1;
  ERR_clear_error();
  return is_good;
}

}  // namespace

/// One key of the set.
struct KeySet::Reading {
  const json::object& from;
  std::string name;  // for messages
  std::string kind = text_or_empty(from, "kty");
  std::string curve = text_or_empty(from, "crv");
  std::string use = text_or_empty(from, "use");
  std::string algorithm = text_or_empty(from, "alg");

  [[nodiscard]] bool is_for_signatures(std::string_view wanted) const {
    return (use.empty() || use == "sig") && (algorithm.empty() || algorithm == wanted);
  }

  [[nodiscard]] Result<Key> read_rsa() const {
    const auto modulus = bytes_of(from, "n");
    const auto exponent = bytes_of(from, "e");
    if (!modulus || !exponent) return fail(name + " has no modulus n or no exponent e");
    Key key{.algorithm = Algorithm::Rs256, .id = text_or_empty(from, "kid"), .key = {}};
    key.key.reset(make_rsa(*modulus, *exponent));
    if (!key.key) return fail(name + " is no RSA key");
    if (EVP_PKEY_get_bits(key.key.get()) < kRsaBitsMin) {
      return fail(name + " is shorter than 2048 bits, which is not safe");
    }
    return key;
  }

  [[nodiscard]] Result<Key> read_p256() const {
    const auto x = bytes_of(from, "x");
    const auto y = bytes_of(from, "y");
    if (!x || !y || x->size() != kCoordinateBytes || y->size() != kCoordinateBytes) {
      return fail(name + " has no coordinates x and y of 32 bytes");
    }
    Key key{.algorithm = Algorithm::Es256, .id = text_or_empty(from, "kid"), .key = {}};
    key.key.reset(make_p256(*x, *y));
    if (!key.key) return fail(name + " is no point of the curve P-256");
    return key;
  }

  /// Adds the key if it is one for tokens.
  [[nodiscard]] Result<> add_to(std::vector<Key>& keys) const {
    const bool is_rsa = kind == "RSA" && is_for_signatures("RS256");
    const bool is_p256 = kind == "EC" && curve == "P-256" && is_for_signatures("ES256");
    if (!is_rsa && !is_p256) return {};
    if (from.if_contains("d") != nullptr) {
      return fail(name + " is a private key, which belongs to whoever signs; give the public one");
    }
    auto key = is_rsa ? read_rsa() : read_p256();
    PADDOCK_TRY(key);
    keys.push_back(std::move(*key));
    return {};
  }
};

Result<KeySet> KeySet::parse(View text) {
  boost::system::error_code wrong;
  const json::value document = json::parse(std::string_view(text), wrong);
  const json::object* const object = wrong ? nullptr : document.if_object();
  const json::value* const keys = object != nullptr ? object->if_contains("keys") : nullptr;
  const json::array* const list = keys != nullptr ? keys->if_array() : nullptr;
  if (list == nullptr) return fail("it is no JSON Web Key Set: no JSON object with a list of keys");
  KeySet set;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const json::object* const one = (*list)[i].if_object();
    if (one == nullptr) continue;
    const std::string name = "key " + std::to_string(i + 1);
    PADDOCK_TRY((Reading{.from = *one, .name = name}.add_to(set.keys_)));
  }
  if (set.keys_.empty()) return fail("it holds no key for RS256 or ES256");
  return set;
}

bool KeySet::has_signed(Algorithm algorithm,
                        const std::optional<std::string>& id,
                        View text,
                        View signature) const {
  const bool is_ec = algorithm == Algorithm::Es256;
  const std::string der = is_ec ? ecdsa_der(signature) : std::string(signature);
  if (der.empty()) return false;
  return std::ranges::any_of(keys_, [&](const Key& one) {
    return one.algorithm == algorithm && (!id || one.id == *id) &&
           is_signed(one.key.get(), text, der);
  });
}

}  // namespace paddock::jwt
