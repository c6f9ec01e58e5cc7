// SPDX-License-Identifier: Apache-2.0
#include "tls/jks.h"

#include <array>
#include <initializer_list>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "tls/openssl.h"

namespace paddock::tls {

namespace {

constexpr std::uint32_t kMagic = 0xfeedfeed;
constexpr std::uint32_t kKeyEntry = 1;
constexpr std::uint32_t kTrustedEntry = 2;
constexpr std::size_t kHashBytes = 20;
/// What the JDK puts between a store's password and its bytes.
constexpr View kWhitener = "Mighty Aphrodite";
/// Of the algorithm that protects keys.
constexpr View kProtectorOid = "1.3.6.1.4.1.42.2.17.1.1";

using DigestContextPtr = std::unique_ptr<EVP_MD_CTX, FreeWith<&EVP_MD_CTX_free>>;
using SignaturePtr = std::unique_ptr<X509_SIG, FreeWith<&X509_SIG_free>>;

class Reader {
 public:
  explicit Reader(View bytes) : left_(bytes) {}

  template <std::integral T>
  [[nodiscard]] bool get(T& value) {
    if (left_.size() < sizeof value) return false;
    value = load_be<T>(left_.data());
    left_.remove_prefix(sizeof value);
    return true;
  }
  /// Bytes behind their length, which is a `Length`.
  template <std::integral Length>
  [[nodiscard]] bool get_block(View& block) {
    Length length = 0;
    if (!get(length) || left_.size() < length) return false;
    block = left_.substr(0, length);
    left_.remove_prefix(length);
    return true;
  }
  [[nodiscard]] bool empty() const { return left_.empty(); }

 private:
  View left_;
};

/// Empty if this machine's OpenSSL has no SHA-1, which then equals no hash.
std::string sha1(std::initializer_list<View> parts) {
  const DigestContextPtr context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr) != 1) return {};
  for (const View part : parts) {
    if (EVP_DigestUpdate(context.get(), part.data(), part.size()) != 1) return {};
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context.get(), hash.data(), &size) != 1) return {};
  return {reinterpret_cast<const char*>(hash.data()), size};
}

void add_utf16(std::string& text, std::uint32_t unit) {
  text.push_back(static_cast<char>(unit >> 8U & 0xffU));
  text.push_back(static_cast<char>(unit & 0xffU));
}

/// How many bytes follow the first one of a character.
std::size_t further_bytes(unsigned char first) {
  if (first < 0xc0) return 0;
  if (first < 0xe0) return 1;
  return first < 0xf0 ? 2 : 3;
}

/// A password as Java's characters. What is no UTF-8 gives a text that fits no store.
std::string utf16_of(View utf8) {
  std::string text;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto first = static_cast<unsigned char>(utf8[at++]);
    std::size_t further = further_bytes(first);
    std::uint32_t point = further == 0 ? first : first & (0x3fU >> further);
    for (; further > 0 && at < utf8.size(); --further) {
      point = point << 6U | (static_cast<unsigned char>(utf8[at++]) & 0x3fU);
    }
    if (point < 0x10000) {
      add_utf16(text, point);
    } else {
      add_utf16(text, 0xd800U + ((point - 0x10000) >> 10U));
      add_utf16(text, 0xdc00U + ((point - 0x10000) & 0x3ffU));
    }
  }
  return text;
}

bool equal(View a, View b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// Salt, key XOR a chain of hashes, and a hash of password and key.
Result<std::string> unprotect(View protected_key, View password) {
  if (protected_key.size() < 2 * kHashBytes) return fail("a key is cut short");
  const View encrypted = protected_key.substr(kHashBytes, protected_key.size() - 2 * kHashBytes);
  std::string hash(protected_key.substr(0, kHashBytes));
  std::string key(encrypted);
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (i % kHashBytes == 0) hash = sha1({password, hash});
    if (hash.empty()) return fail("OpenSSL has no SHA-1 here, which JKS needs");
    key[i] = static_cast<char>(key[i] ^ hash[i % kHashBytes]);
  }
  if (!equal(sha1({password, key}), protected_key.substr(protected_key.size() - kHashBytes))) {
    return fail("the password does not open the key, which must have that of the store");
  }
  return key;
}

Result<std::string> open_key(View block, View password) {
  const auto* at = reinterpret_cast<const unsigned char*>(block.data());
  const SignaturePtr envelope(d2i_X509_SIG(nullptr, &at, static_cast<long>(block.size())));
  if (!envelope) return fail("a key is damaged: " + take_reason());
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_OCTET_STRING* bytes = nullptr;
  X509_SIG_get0(envelope.get(), &algorithm, &bytes);
  std::array<char, 64> oid{};
  const int length = OBJ_obj2txt(oid.data(), oid.size(), algorithm->algorithm, 1);
  if (length < 0 || View(oid.data()) != kProtectorOid) {
    return fail("a key is protected in a way that is not the JDK's");
  }
  return unprotect({reinterpret_cast<const char*>(ASN1_STRING_get0_data(bytes)),
                    static_cast<std::size_t>(ASN1_STRING_length(bytes))},
                   password);
}

/// From version 2 on the kind of a certificate stands in front of it.
bool get_certificate(Reader& reader, std::uint32_t version, std::string& der) {
  View type;
  View block;
  if (version >= 2 && !reader.get_block<std::uint16_t>(type)) return false;
  if (!reader.get_block<std::uint32_t>(block)) return false;
  der = block;
  return true;
}

std::unexpected<Error> cut_short() {
  return fail("it is cut short");
}

Result<> read_key(Reader& reader, std::uint32_t version, View password, JksStore& store) {
  View block;
  std::uint32_t count = 0;
  if (!reader.get_block<std::uint32_t>(block) || !reader.get(count)) return cut_short();
  JksKey key;
  for (; count > 0; --count) {
    if (!get_certificate(reader, version, key.chain.emplace_back())) return cut_short();
  }
  if (password.empty()) return {};
  auto opened = open_key(block, password);
  PADDOCK_TRY(opened);
  key.pkcs8 = std::move(*opened);
  store.keys.push_back(std::move(key));
  return {};
}

Result<> read_entry(Reader& reader, std::uint32_t version, View password, JksStore& store) {
  std::uint32_t kind = 0;
  View alias;
  std::uint64_t created = 0;
  if (!reader.get(kind) || !reader.get_block<std::uint16_t>(alias) || !reader.get(created)) {
    return cut_short();
  }
  if (kind == kKeyEntry) return read_key(reader, version, password, store);
  if (kind != kTrustedEntry) return fail("it has an entry that is neither key nor certificate");
  if (!get_certificate(reader, version, store.trusted.emplace_back())) return cut_short();
  return {};
}

}  // namespace

bool is_jks(View bytes) {
  return bytes.size() >= sizeof kMagic && load_be<std::uint32_t>(bytes.data()) == kMagic;
}

Result<JksStore> parse_jks(View bytes, const config::Secret& password) {
  if (!is_jks(bytes)) return fail("it is no JKS store");
  if (bytes.size() < sizeof kMagic + kHashBytes) return cut_short();
  const View body = bytes.substr(0, bytes.size() - kHashBytes);
  const std::string secret = utf16_of(password.reveal());
  if (!secret.empty() && !equal(sha1({secret, kWhitener, body}), bytes.substr(body.size()))) {
    return fail("it is damaged, or has another password");
  }
  Reader reader(body.substr(sizeof kMagic));
  std::uint32_t version = 0;
  std::uint32_t count = 0;
  if (!reader.get(version) || !reader.get(count)) return cut_short();
  if (version != 1 && version != 2) return fail("it has an unknown version of the format");
  JksStore store;
  for (; count > 0; --count) PADDOCK_TRY(read_entry(reader, version, secret, store));
  if (!reader.empty()) return fail("there is more in it than it says");
  return store;
}

}  // namespace paddock::tls
