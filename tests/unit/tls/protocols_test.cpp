// SPDX-License-Identifier: Apache-2.0
#include "tls/protocols.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace paddock::tls {
namespace {

using config::TlsConfig;

Protocols chosen(const TlsConfig& config) {
  const auto protocols = protocols_of(config);
  EXPECT_TRUE(protocols) << protocols.error().message;
  return protocols.value_or(Protocols{});
}

std::string refusal(const TlsConfig& config) {
  const auto protocols = protocols_of(config);
  return protocols ? "no error" : protocols.error().message;
}

TEST(Protocols, AreBothUnlessSomethingElseIsSaid) {
  const Protocols both = chosen({});
  EXPECT_EQ(both.version_min, TLS1_2_VERSION);
  EXPECT_EQ(both.version_max, TLS1_3_VERSION);
  EXPECT_EQ(chosen({.protocol = "TLSv1.2"}).version_max, TLS1_2_VERSION);
  EXPECT_EQ(chosen({.enabled_protocols = {"TLSv1.3"}}).version_min, TLS1_3_VERSION);
  EXPECT_EQ(chosen({.enabled_protocols = {"TLSv1.2"}}).version_max, TLS1_2_VERSION);
}

TEST(Protocols, OldOnesAreNotSpoken) {
  EXPECT_EQ(refusal({.enabled_protocols = {"TLSv1.2", "TLSv1.1"}}),
            "the protocol TLSv1.1 is not spoken; there are TLSv1.2 and TLSv1.3");
  EXPECT_EQ(refusal({.protocol = "SSLv3"}),
            "the protocol SSLv3 is not spoken; there are TLSv1.2 and TLSv1.3");
}

TEST(Protocols, CiphersHaveTheirNamesOfIana) {
  const Protocols some = chosen({.cipher_suites = {"TLS_AES_256_GCM_SHA384",
                                                   "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                                   "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
                                                   "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"}});
  EXPECT_EQ(some.ciphers_1_3, "TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(some.ciphers_1_2, "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384");
  EXPECT_THAT(refusal({.cipher_suites = {"ECDHE-RSA-AES128-GCM-SHA256"}}),
              ::testing::StartsWith("the cipher suite ECDHE-RSA-AES128-GCM-SHA256 is not known"));
}

TEST(Protocols, WithoutACipherAreNotSpoken) {
  const Protocols old = chosen({.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}});
  EXPECT_EQ(old.version_max, TLS1_2_VERSION);
  const Protocols young = chosen({.cipher_suites = {"TLS_AES_128_GCM_SHA256"}});
  EXPECT_EQ(young.version_min, TLS1_3_VERSION);
  EXPECT_EQ(
      refusal({.enabled_protocols = {"TLSv1.2"}, .cipher_suites = {"TLS_AES_128_GCM_SHA256"}}),
      "none of the cipher suites belongs to a protocol that is enabled");
}

}  // namespace
}  // namespace paddock::tls
