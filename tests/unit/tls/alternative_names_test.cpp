// SPDX-License-Identifier: Apache-2.0
#include "tls/alternative_names.h"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "tls/openssl.h"

namespace paddock::tls {
namespace {

using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<&GENERAL_NAMES_free>>;

/// A certificate of nothing but these names, byte for byte.
CertificatePtr certificate_of(std::initializer_list<std::pair<int, View>> names) {
  const NamesPtr all(sk_GENERAL_NAME_new_null());
  for (const auto& [kind, bytes] : names) {
    ASN1_STRING* const text =
        ASN1_STRING_type_new(kind == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    PADDOCK_ASSERT(ASN1_STRING_set(text, bytes.data(), static_cast<int>(bytes.size())) == 1);
    GENERAL_NAME* const name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, kind, text);
    PADDOCK_ASSERT(sk_GENERAL_NAME_push(all.get(), name) > 0);
  }
  CertificatePtr certificate(X509_new());
  PADDOCK_ASSERT(X509_add1_ext_i2d(
                     certificate.get(), NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT) ==
                 1);
  return certificate;
}

std::vector<std::string> names_of(std::initializer_list<std::pair<int, View>> names) {
  return alternative_names(certificate_of(names).get());
}

TEST(AlternativeNames, AreIdsByTheirKind) {
  EXPECT_EQ(names_of({{GEN_URI, "spiffe://example/a"}, {GEN_DNS, "a.example"}}),
            (std::vector<std::string>{"URI:spiffe://example/a", "DNS:a.example"}));
  EXPECT_EQ(names_of({{GEN_IPADD, "\x7f\x01\x01\x01"}}), std::vector<std::string>{"IP:127.1.1.1"});
  EXPECT_TRUE(alternative_names(CertificatePtr(X509_new()).get()).empty());
}

/// A name that ends for one reader where it goes on for another has deceived many.
TEST(AlternativeNames, WithZeroBytesOrControlCharactersAreNobodys) {
  for (const View name : {View("spiffe://example/root\0.evil", 26),
                          View("\0", 1),
                          View("a b"),
                          View("a\nb"),
                          View("a\x7f"),
                          View("caf\xc3\xa9"),
                          View("")}) {
    for (const int kind : {GEN_URI, GEN_DNS, GEN_EMAIL}) {
      EXPECT_TRUE(names_of({{kind, name}}).empty()) << kind << " " << name;
    }
  }
  EXPECT_TRUE(names_of({{GEN_IPADD, "\x7f\x01\x01"}}).empty()) << "three bytes are no address";
  EXPECT_EQ(names_of({{GEN_DNS, "a\nb"}, {GEN_DNS, "c"}}), std::vector<std::string>{"DNS:c"});
}

}  // namespace
}  // namespace paddock::tls
