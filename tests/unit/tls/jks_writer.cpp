// SPDX-License-Identifier: Apache-2.0
#include "jks_writer.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "base/bytes.h"
#include "tls/openssl.h"

namespace paddock::tls {

namespace {

std::string sha1(const std::string& bytes) {
  std::string hash(SHA_DIGEST_LENGTH, '\0');
  EVP_Digest(bytes.data(),
             bytes.size(),
             reinterpret_cast<unsigned char*>(hash.data()),
             nullptr,
             EVP_sha1(),
             nullptr);
  return hash;
}

template <std::integral T>
std::string number(T value) {
  std::string bytes(sizeof value, '\0');
  store_be(bytes.data(), value);
  return bytes;
}

std::string block(const std::string& bytes) {
  return number(static_cast<std::uint32_t>(bytes.size())) + bytes;
}

std::string text(const std::string& bytes) {
  return number(static_cast<std::uint16_t>(bytes.size())) + bytes;
}

std::string utf16(const std::string& ascii) {
  std::string wide;
  for (const char letter : ascii) wide.append(1, '\0').append(1, letter);
  return wide;
}

/// EncryptedPrivateKeyInfo of the JDK's own algorithm.
std::string protect(const std::string& pkcs8, const std::string& password) {
  const std::string salt(SHA_DIGEST_LENGTH, 's');
  std::string hidden = salt;
  std::string hash = salt;
  for (std::size_t i = 0; i < pkcs8.size(); ++i) {
    if (i % SHA_DIGEST_LENGTH == 0) hash = sha1(password + hash);
    hidden.push_back(static_cast<char>(pkcs8[i] ^ hash[i % SHA_DIGEST_LENGTH]));
  }
  hidden += sha1(password + pkcs8);

  const std::unique_ptr<X509_SIG, FreeWith<&X509_SIG_free>> envelope(X509_SIG_new());
  X509_ALGOR* algorithm = nullptr;
  ASN1_OCTET_STRING* bytes = nullptr;
  X509_SIG_getm(envelope.get(), &algorithm, &bytes);
  X509_ALGOR_set0(algorithm, OBJ_txt2obj("1.3.6.1.4.1.42.2.17.1.1", 1), V_ASN1_NULL, nullptr);
  ASN1_OCTET_STRING_set(bytes,
                        reinterpret_cast<const unsigned char*>(hidden.data()),
                        static_cast<int>(hidden.size()));
  unsigned char* der = nullptr;
  const int size = i2d_X509_SIG(envelope.get(), &der);
  std::string result(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return result;
}

std::string certificate(const std::string& der) {
  return text("X.509") + block(der);
}

std::string entry_of(const JksEntry& entry, const std::string& password) {
  const bool is_key = !entry.pkcs8.empty();
  std::string bytes = number(is_key ? std::uint32_t{1} : std::uint32_t{2}) + text(entry.alias) +
                      number(std::uint64_t{1700000000000});
  if (!is_key) return bytes + certificate(entry.chain.front());
  bytes += block(protect(entry.pkcs8, password));
  bytes += number(static_cast<std::uint32_t>(entry.chain.size()));
  for (const std::string& der : entry.chain) bytes += certificate(der);
  return bytes;
}

}  // namespace

std::string write_jks(const std::vector<JksEntry>& entries, const std::string& password) {
  const std::string wide = utf16(password);
  std::string bytes = number(std::uint32_t{0xfeedfeed}) + number(std::uint32_t{2}) +
                      number(static_cast<std::uint32_t>(entries.size()));
  for (const JksEntry& entry : entries) bytes += entry_of(entry, wide);
  return bytes + sha1(wide + "Mighty Aphrodite" + bytes);
}

}  // namespace paddock::tls
