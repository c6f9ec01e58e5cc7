// SPDX-License-Identifier: Apache-2.0
#include "certificates/certificates.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include "base/assert.h"

namespace paddock::tls {

namespace {

using Pkcs12Ptr = std::unique_ptr<PKCS12, FreeWith<&PKCS12_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, FreeWith<&X509_EXTENSION_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, FreeWith<&ASN1_TIME_free>>;

BioPtr new_bio() {
  return BioPtr(BIO_new(BIO_s_mem()));
}

std::string bytes_of(const BioPtr& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

void check(bool done) {
  PADDOCK_ASSERT(done);
}

void add_extension(X509* certificate, int nid, const std::string& text) {
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, text.c_str()));
  check(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void add_key_id(X509* certificate) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, nullptr, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(
      X509V3_EXT_conf_nid(nullptr, &context, NID_subject_key_identifier, "hash"));
  check(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void add_authority_key_id(X509* certificate, X509* signer) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, signer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(
      X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid"));
  check(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void set_name(X509* certificate, const std::string& name) {
  check(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate),
                                   "CN",
                                   MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(name.c_str()),
                                   -1,
                                   -1,
                                   0) == 1);
}

}  // namespace

KeyPtr make_key() {
  KeyPtr key(EVP_EC_gen("P-256"));
  check(key != nullptr);
  return key;
}

Issued issue(const Wish& wish, const Issued* issuer) {
  Issued made{make_key(), CertificatePtr(X509_new())};
  X509* const certificate = made.certificate.get();
  check(X509_set_version(certificate, X509_VERSION_3) == 1);
  check(ASN1_INTEGER_set(X509_get_serialNumber(certificate), wish.serial) == 1);
  check(ASN1_TIME_set_string(X509_getm_notBefore(certificate), wish.not_before) == 1);
  check(ASN1_TIME_set_string(X509_getm_notAfter(certificate), wish.not_after) == 1);
  check(X509_set_pubkey(certificate, made.key.get()) == 1);
  set_name(certificate, wish.name);
  const Issued& signer = issuer != nullptr ? *issuer : made;
  check(X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get())) == 1);
  if (wish.is_ca) {
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_key_id(certificate);
  }
  if (issuer != nullptr) add_authority_key_id(certificate, signer.certificate.get());
  if (!wish.host.empty()) add_extension(certificate, NID_subject_alt_name, wish.host);
  check(X509_sign(certificate, signer.key.get(), EVP_sha256()) > 0);
  return made;
}

CrlPtr revoke(const Issued& issuer, std::span<const long> serials) {
  CrlPtr list(X509_CRL_new());
  const TimePtr from(ASN1_TIME_new());
  const TimePtr until(ASN1_TIME_new());
  check(ASN1_TIME_set_string(from.get(), "20000101000000Z") == 1);
  check(ASN1_TIME_set_string(until.get(), "29991231235959Z") == 1);
  check(X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) == 1);
  check(X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.certificate.get())) == 1);
  check(X509_CRL_set1_lastUpdate(list.get(), from.get()) == 1);
  check(X509_CRL_set1_nextUpdate(list.get(), until.get()) == 1);
  for (const long serial : serials) {
    const std::unique_ptr<ASN1_INTEGER, FreeWith<&ASN1_INTEGER_free>> number(ASN1_INTEGER_new());
    check(ASN1_INTEGER_set(number.get(), serial) == 1);
    X509_REVOKED* const revoked = X509_REVOKED_new();
    check(X509_REVOKED_set_serialNumber(revoked, number.get()) == 1);
    check(X509_REVOKED_set_revocationDate(revoked, from.get()) == 1);
    check(X509_CRL_add0_revoked(list.get(), revoked) == 1);
  }
  check(X509_CRL_sign(list.get(), issuer.key.get(), EVP_sha256()) > 0);
  return list;
}

std::string pem_of(const X509* certificate) {
  const BioPtr bio = new_bio();
  check(PEM_write_bio_X509(bio.get(), certificate) == 1);
  return bytes_of(bio);
}

std::string pem_of(const X509_CRL* list) {
  const BioPtr bio = new_bio();
  check(PEM_write_bio_X509_CRL(bio.get(), list) == 1);
  return bytes_of(bio);
}

std::string pem_of(const EVP_PKEY* key, const std::string& password) {
  const BioPtr bio = new_bio();
  check(PEM_write_bio_PKCS8PrivateKey(bio.get(),
                                      key,
                                      password.empty() ? nullptr : EVP_aes_128_cbc(),
                                      password.data(),
                                      static_cast<int>(password.size()),
                                      nullptr,
                                      nullptr) == 1);
  return bytes_of(bio);
}

std::string pkcs12_of(const Issued& one, const std::string& password) {
  const Pkcs12Ptr store(PKCS12_create(
      password.c_str(), "server", one.key.get(), one.certificate.get(), nullptr, 0, 0, 0, 0, 0));
  const BioPtr bio = new_bio();
  check(store != nullptr && i2d_PKCS12_bio(bio.get(), store.get()) == 1);
  return bytes_of(bio);
}

std::string der_of(const X509* certificate) {
  const BioPtr bio = new_bio();
  check(i2d_X509_bio(bio.get(), certificate) == 1);
  return bytes_of(bio);
}

std::string der_of(const EVP_PKEY* key) {
  const BioPtr bio = new_bio();
  check(i2d_PKCS8PrivateKeyInfo_bio(bio.get(), key) == 1);
  return bytes_of(bio);
}

StoreFile key_store_of(const Issued& one) {
  return {.name = "server.pem", .bytes = pem_of(one.key.get()) + pem_of(one.certificate.get())};
}

StoreFile trust_store_of(const Issued& ca) {
  return {.name = "ca.pem", .bytes = pem_of(ca.certificate.get())};
}

}  // namespace paddock::tls
