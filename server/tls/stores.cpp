// SPDX-License-Identifier: Apache-2.0
#include "tls/stores.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "tls/jks.h"

namespace paddock::tls {

namespace {

using config::Secret;
using config::StoreType;
using Pkcs12Ptr = std::unique_ptr<PKCS12, FreeWith<&PKCS12_free>>;

void free_certificates(STACK_OF(X509) * stack) {
  sk_X509_pop_free(stack, &X509_free);
}
using CertificatesPtr = std::unique_ptr<STACK_OF(X509), FreeWith<&free_certificates>>;

/// What a store of any kind holds.
struct Contents {
  KeyPtr key;
  std::vector<CertificatePtr> certificates;
  std::vector<CrlPtr> revocations;
};

std::unexpected<Error> wrong(const std::string& name, const std::string& what) {
  return fail(name + ": " + what);
}

BioPtr bio_of(View bytes) {
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// --- PEM

int give_password(char* into, int room, int /*writes*/, void* from) {
  const std::string& password = static_cast<const Secret*>(from)->reveal();
  // Without one OpenSSL would ask at the terminal.
  if (password.empty() || password.size() > static_cast<std::size_t>(room)) return -1;
  std::ranges::copy(password, into);
  return static_cast<int>(password.size());
}

/// Whether a PEM reader has stopped because there are no more of its blocks.
bool is_end_of_pem() {
  const unsigned long code = ERR_peek_last_error();
  const bool is_end =
      ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
  if (is_end) ERR_clear_error();
  return is_end;
}

/// Every block of one kind.
template <class Ptr>
Result<std::vector<Ptr>> read_blocks(View bytes, auto read) {
  const BioPtr bio = bio_of(bytes);
  std::vector<Ptr> found;
  ERR_clear_error();
  while (auto* one = read(bio.get(), nullptr, nullptr, nullptr)) found.emplace_back(one);
  if (!is_end_of_pem()) return fail("a block of it is damaged: " + take_reason());
  return found;
}

/// Null: there is none.
Result<KeyPtr> read_pem_key(View bytes, const Secret& password) {
  if (!holds_private_key(bytes)) return KeyPtr();
  const BioPtr bio = bio_of(bytes);
  ERR_clear_error();
  Secret given = password;
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &give_password, &given));
  if (key) return key;
  return fail("the private key cannot be read: " + take_reason() +
              (password.empty() ? "; if it is encrypted, give its password"
                                : "; is its password the right one?"));
}

Result<Contents> read_pem(const StoreFile& file) {
  auto certificates = read_blocks<CertificatePtr>(file.bytes, &PEM_read_bio_X509);
  PADDOCK_TRY(certificates);
  auto revocations = read_blocks<CrlPtr>(file.bytes, &PEM_read_bio_X509_CRL);
  PADDOCK_TRY(revocations);
  auto key = read_pem_key(file.key_name.empty() ? file.bytes : file.key_bytes, file.password);
  PADDOCK_TRY(key);
  return Contents{std::move(*key), std::move(*certificates), std::move(*revocations)};
}

// --- PKCS#12

Result<Contents> read_pkcs12(const StoreFile& file) {
  ERR_clear_error();
  const BioPtr bio = bio_of(file.bytes);
  const Pkcs12Ptr store(d2i_PKCS12_bio(bio.get(), nullptr));
  if (!store) return fail("it is neither PEM, PKCS#12 nor JKS: " + take_reason());
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  STACK_OF(X509)* others = nullptr;
  const int parsed =
      PKCS12_parse(store.get(), file.password.reveal().c_str(), &key, &certificate, &others);
  Contents contents{.key = KeyPtr(key), .certificates = {}, .revocations = {}};
  const CertificatesPtr rest(others);
  if (certificate != nullptr) contents.certificates.emplace_back(certificate);
  if (parsed != 1) {
    return fail("it cannot be opened: " + take_reason() +
                "; is the password right? Stores with old ciphers (RC2, 3DES) must be made anew");
  }
  while (rest != nullptr && sk_X509_num(rest.get()) > 0) {
    contents.certificates.emplace_back(sk_X509_shift(rest.get()));
  }
  return contents;
}

// --- JKS

Result<> add_der(const std::string& der, std::vector<CertificatePtr>& into) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!certificate) return fail("a certificate in it is damaged: " + take_reason());
  into.push_back(std::move(certificate));
  return {};
}

Result<Contents> read_jks(const StoreFile& file) {
  const auto store = parse_jks(file.bytes, file.password);
  PADDOCK_TRY(store);
  Contents contents;
  if (!store->keys.empty()) {
    const JksKey& first = store->keys.front();
    const auto* at = reinterpret_cast<const unsigned char*>(first.pkcs8.data());
    contents.key.reset(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(first.pkcs8.size())));
    if (!contents.key) return fail("the key in it is damaged: " + take_reason());
    for (const std::string& der : first.chain) PADDOCK_TRY(add_der(der, contents.certificates));
  }
  for (const std::string& der : store->trusted) PADDOCK_TRY(add_der(der, contents.certificates));
  return contents;
}

// --- Any

/// A type that is given must be true, except that JDKs write PKCS#12 into what they call JKS.
Result<Contents> read(const StoreFile& file) {
  const bool wants_pem = file.type == StoreType::Pem;
  const bool wants_other = file.type == StoreType::Jks || file.type == StoreType::Pkcs12;
  if (is_pem(file.bytes)) {
    if (wants_other) return fail("it is a PEM file, and its type is said to be another");
    return read_pem(file);
  }
  if (wants_pem) return fail("it is no PEM file, as its type says");
  return is_jks(file.bytes) ? read_jks(file) : read_pkcs12(file);
}

Result<Contents> read_named(const StoreFile& file) {
  auto contents = read(file);
  if (!contents) return std::unexpected(std::move(contents).error().within(file.name));
  return contents;
}

}  // namespace

Result<Credentials> credentials_of(const StoreFile& file) {
  auto contents = read_named(file);
  PADDOCK_TRY(contents);
  if (!contents->key) {
    return wrong(file.key_name.empty() ? file.name : file.key_name,
                 "there is no private key in it that can be opened; is its password set?");
  }
  Credentials found{.key = std::move(contents->key), .certificate = nullptr, .chain = {}};
  for (CertificatePtr& one : contents->certificates) {
    if (!found.certificate && X509_check_private_key(one.get(), found.key.get()) == 1) {
      found.certificate = std::move(one);
    } else {
      found.chain.push_back(std::move(one));
    }
  }
  ERR_clear_error();  // of certificates that are not the key's
  if (!found.certificate)
    return wrong(file.name, "no certificate in it belongs to the private key");
  return found;
}

Result<Trust> trust_of(const StoreFile& file) {
  auto contents = read_named(file);
  PADDOCK_TRY(contents);
  if (contents->certificates.empty()) return wrong(file.name, "there is no certificate in it");
  return Trust{std::move(contents->certificates), std::move(contents->revocations)};
}

}  // namespace paddock::tls
