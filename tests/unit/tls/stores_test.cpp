// SPDX-License-Identifier: Apache-2.0
#include "tls/stores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "certificates/certificates.h"
#include "jks_writer.h"

namespace paddock::tls {
namespace {

using config::Secret;
using config::StoreType;

class Stores : public ::testing::Test {
 protected:
  const Issued ca_ = issue({.name = "ca", .is_ca = true});
  const Issued server_ = issue({.name = "server"}, &ca_);

  [[nodiscard]] std::string chain() const {
    return pem_of(ca_.certificate.get()) + pem_of(server_.certificate.get());
  }
  void expect_credentials(const Result<Credentials>& found, std::size_t chain_length) const {
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(X509_cmp(found->certificate.get(), server_.certificate.get()), 0);
    EXPECT_EQ(EVP_PKEY_eq(found->key.get(), server_.key.get()), 1);
    EXPECT_EQ(found->chain.size(), chain_length);
  }
};

std::string message_of(const auto& result) {
  return result ? "no error" : result.error().message;
}

TEST_F(Stores, PemHasKeyAndChainInAnyOrder) {
  expect_credentials(
      credentials_of({.name = "s.pem", .bytes = chain() + pem_of(server_.key.get())}), 1);
}

TEST_F(Stores, PemKeysMayLieInAnotherFile) {
  expect_credentials(credentials_of({.name = "tls.crt",
                                     .bytes = chain(),
                                     .key_name = "tls.key",
                                     .key_bytes = pem_of(server_.key.get())}),
                     1);
}

TEST_F(Stores, PemKeysAreOpenedByTheirPassword) {
  StoreFile file{.name = "s.pem", .bytes = chain() + pem_of(server_.key.get(), "opensesame")};
  EXPECT_THAT(message_of(credentials_of(file)),
              ::testing::AllOf(::testing::StartsWith("s.pem: the private key cannot be read: "),
                               ::testing::EndsWith("if it is encrypted, give its password")));
  file.password = Secret("opensesame");
  expect_credentials(credentials_of(file), 1);
  file.password = Secret("wrong");
  EXPECT_THAT(message_of(credentials_of(file)),
              ::testing::EndsWith("is its password the right one?"));
}

TEST_F(Stores, PemBlocksThatAreDamagedAreNotLeftOut) {
  std::string damaged = pem_of(ca_.certificate.get());
  damaged[40] = '*';
  const StoreFile file{.name = "ca.pem", .bytes = pem_of(server_.certificate.get()) + damaged};
  EXPECT_THAT(message_of(trust_of(file)),
              ::testing::StartsWith("ca.pem: a block of it is damaged"));
}

TEST_F(Stores, Pkcs12IsOpenedByItsPassword) {
  StoreFile file{
      .name = "s.p12", .bytes = pkcs12_of(server_, "changeit"), .password = Secret("changeit")};
  expect_credentials(credentials_of(file), 0);
  file.password = Secret("wrong");
  EXPECT_THAT(message_of(credentials_of(file)),
              ::testing::StartsWith("s.p12: it cannot be opened: "));
}

TEST_F(Stores, JksIsOpenedByItsPassword) {
  const std::string bytes =
      write_jks({{.alias = "server",
                  .pkcs8 = der_of(server_.key.get()),
                  .chain = {der_of(server_.certificate.get()), der_of(ca_.certificate.get())}}},
                "changeit");
  const StoreFile file{
      .name = "s.jks", .bytes = bytes, .type = StoreType::Jks, .password = Secret("changeit")};
  expect_credentials(credentials_of(file), 1);
}

TEST_F(Stores, JksCertificatesNeedNoPassword) {
  const StoreFile file{
      .name = "t.jks",
      .bytes = write_jks({{.alias = "ca", .pkcs8 = {}, .chain = {der_of(ca_.certificate.get())}}},
                         "changeit")};
  const auto trust = trust_of(file);
  ASSERT_TRUE(trust) << trust.error().message;
  EXPECT_EQ(trust->certificates.size(), 1U);
}

TEST_F(Stores, JdksCallPkcs12JksToo) {
  expect_credentials(credentials_of({.name = "s.jks",
                                     .bytes = pkcs12_of(server_, "changeit"),
                                     .type = StoreType::Jks,
                                     .password = Secret("changeit")}),
                     0);
}

TEST_F(Stores, TypesThatAreGivenMustBeTrue) {
  StoreFile pem = trust_store_of(ca_);
  pem.type = StoreType::Jks;
  EXPECT_EQ(message_of(trust_of(pem)),
            "ca.pem: it is a PEM file, and its type is said to be another");
  EXPECT_EQ(message_of(trust_of({.name = "x", .bytes = "bytes", .type = StoreType::Pem})),
            "x: it is no PEM file, as its type says");
}

TEST_F(Stores, WhatIsNothingIsSaidToBeNothing) {
  EXPECT_THAT(message_of(trust_of({.name = "x", .bytes = "bytes"})),
              ::testing::StartsWith("x: it is neither PEM, PKCS#12 nor JKS"));
  EXPECT_EQ(message_of(credentials_of(trust_store_of(ca_))),
            "ca.pem: there is no private key in it that can be opened; is its password set?");
  const StoreFile foreign{.name = "s.pem",
                          .bytes = pem_of(server_.key.get()) + pem_of(ca_.certificate.get())};
  EXPECT_EQ(message_of(credentials_of(foreign)),
            "s.pem: no certificate in it belongs to the private key");
}

}  // namespace
}  // namespace paddock::tls
