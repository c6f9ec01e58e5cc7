// SPDX-License-Identifier: Apache-2.0
#include "authority/x509.h"

#include <array>
#include <ctime>
#include <memory>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/free_with.h"
#include "base/number_text.h"

namespace paddock::authority {
namespace {

using BioPtr = std::unique_ptr<BIO, FreeWith<&BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, FreeWith<&X509_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, FreeWith<&X509_EXTENSION_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<&GENERAL_NAMES_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, FreeWith<&BN_free>>;

std::unexpected<Error> failed(std::string_view what) {
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return fail(fmt::format("{}: {}", what, reason == nullptr ? "no reason given" : reason));
}

BioPtr reader_of(std::string_view pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::string text_of(const BioPtr& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

CertificatePtr certificate_of(std::string_view pem) {
  return CertificatePtr(PEM_read_bio_X509(reader_of(pem).get(), nullptr, nullptr, nullptr));
}

KeyPtr key_of(std::string_view pem) {
  return KeyPtr(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, nullptr, nullptr));
}

bool set_entry(X509_NAME* name, const char* field, const std::string& text) {
  return text.empty() ||
         X509_NAME_add_entry_by_txt(name,
                                    field,
                                    MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()),
                                    -1,
                                    0) == 1;
}

/// 126 bits of chance, as browsers and RFC 5280 want them at the least.
bool set_serial(X509* certificate) {
  const NumberPtr number(BN_new());
  return number != nullptr &&
         BN_rand(number.get(), 126, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_times(X509* certificate, const Validity& validity) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate),
                       static_cast<std::time_t>(validity.begin.ms / 1000)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate),
                       static_cast<std::time_t>(validity.end.ms / 1000)) != nullptr;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, text.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

struct Draft {
  CertificatePtr certificate{X509_new()};
  KeyPtr key{EVP_EC_gen("P-256")};
};

bool begin(Draft& draft, const Subject& subject, const Validity& validity) {
  X509* const certificate = draft.certificate.get();
  if (certificate == nullptr || draft.key == nullptr) return false;
  X509_NAME* const name = X509_get_subject_name(certificate);
  return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
         set_times(certificate, validity) && X509_set_pubkey(certificate, draft.key.get()) == 1 &&
         set_entry(name, "O", subject.organization) && set_entry(name, "CN", subject.common_name);
}

bool sign(Draft& draft, X509* issuer, EVP_PKEY* key) {
  X509* const certificate = draft.certificate.get();
  return add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

Result<Pair> pem_of(const Draft& draft) {
  const BioPtr certificate(BIO_new(BIO_s_mem()));
  const BioPtr key(BIO_new(BIO_s_mem()));
  const bool is_written =
      PEM_write_bio_X509(certificate.get(), draft.certificate.get()) == 1 &&
      PEM_write_bio_PKCS8PrivateKey(
          key.get(), draft.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  if (!is_written) return failed("a certificate cannot be written");
  return Pair{.certificate = text_of(certificate), .key = text_of(key)};
}

std::string hex_of(const ASN1_OCTET_STRING* bytes) {
  if (bytes == nullptr) return {};
  return to_hex({reinterpret_cast<const char*>(ASN1_STRING_get0_data(bytes)),
                 static_cast<std::size_t>(ASN1_STRING_length(bytes))});
}

WallTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return WallTime{std::int64_t{timegm(&parts)} * 1000};
}

std::string entry_of(X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0) return "";
  const ASN1_STRING* const text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::vector<std::string> names_of(X509* certificate) {
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> found;
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    found.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                       static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
  }
  return found;
}

}  // namespace

Result<Pair> make_authority(const Subject& subject, const Validity& validity) {
  Draft draft;
  X509* const certificate = draft.certificate.get();
  const bool is_made =
      begin(draft, subject, validity) &&
      X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1 &&
      add_extension(
          certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
      add_extension(certificate, certificate, NID_subject_key_identifier, "hash") &&
      sign(draft, certificate, draft.key.get());
  if (!is_made) return failed("an authority cannot be made");
  return pem_of(draft);
}

Result<Pair> issue(const Pair& authority,
                   const Subject& subject,
                   const std::vector<std::string>& dns_names,
                   const Validity& validity) {
  const CertificatePtr issuer = certificate_of(authority.certificate);
  const KeyPtr issuer_key = key_of(authority.key);
  if (issuer == nullptr || issuer_key == nullptr) return failed("an authority cannot be read");
  std::string names;
  for (const std::string& name : dns_names) names += (names.empty() ? "DNS:" : ",DNS:") + name;
  Draft draft;
  X509* const certificate = draft.certificate.get();
  const bool is_made =
      begin(draft, subject, validity) &&
      X509_set_issuer_name(certificate, X509_get_subject_name(issuer.get())) == 1 &&
      add_extension(certificate, issuer.get(), NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(certificate, issuer.get(), NID_key_usage, "critical,digitalSignature") &&
      add_extension(certificate, issuer.get(), NID_ext_key_usage, "serverAuth,clientAuth") &&
      add_extension(certificate, issuer.get(), NID_subject_key_identifier, "hash") &&
      (names.empty() || add_extension(certificate, issuer.get(), NID_subject_alt_name, names)) &&
      sign(draft, issuer.get(), issuer_key.get());
  if (!is_made) return failed(fmt::format("{}: a certificate cannot be made", subject.common_name));
  return pem_of(draft);
}

Result<Facts> inspect(std::string_view pem) {
  const CertificatePtr certificate = certificate_of(pem);
  if (certificate == nullptr) return failed("there is no certificate");
  X509* const it = certificate.get();
  X509_NAME* const name = X509_get_subject_name(it);
  return Facts{.validity = {.begin = time_of(X509_get0_notBefore(it)),
                            .end = time_of(X509_get0_notAfter(it))},
               .subject = {.organization = entry_of(name, NID_organizationName),
                           .common_name = entry_of(name, NID_commonName)},
               .dns_names = names_of(it),
               .key_id = hex_of(X509_get0_subject_key_id(it)),
               .authority_key_id = hex_of(X509_get0_authority_key_id(it))};
}

}  // namespace paddock::authority
