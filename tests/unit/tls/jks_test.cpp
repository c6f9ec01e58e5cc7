// SPDX-License-Identifier: Apache-2.0
#include "tls/jks.h"

#include <gtest/gtest.h>

#include "jks_writer.h"

namespace paddock::tls {
namespace {

using config::Secret;

const Secret kPassword("changeit");

std::string a_store() {
  return write_jks(
      {{.alias = "server", .pkcs8 = "key bytes, longer than one hash", .chain = {"leaf", "ca"}},
       {.alias = "other", .pkcs8 = {}, .chain = {"trusted"}}},
      kPassword.reveal());
}

TEST(Jks, HoldsKeysWithTheirChainsAndCertificates) {
  const auto store = parse_jks(a_store(), kPassword);
  ASSERT_TRUE(store) << store.error().message;
  ASSERT_EQ(store->keys.size(), 1U);
  EXPECT_EQ(store->keys[0].pkcs8, "key bytes, longer than one hash");
  EXPECT_EQ(store->keys[0].chain, (std::vector<std::string>{"leaf", "ca"}));
  EXPECT_EQ(store->trusted, (std::vector<std::string>{"trusted"}));
}

TEST(Jks, WithoutAPasswordGivesCertificatesOnly) {
  const auto store = parse_jks(a_store(), Secret());
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_TRUE(store->keys.empty());
  EXPECT_EQ(store->trusted.size(), 1U);
}

TEST(Jks, SaysThatThePasswordIsAnother) {
  const auto store = parse_jks(a_store(), Secret("changeme"));
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().message, "it is damaged, or has another password");
}

/// Each of the first bytes, cut there and changed there.
TEST(Jks, IsNeverReadDamaged) {
  const std::string whole = a_store();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(parse_jks(whole.substr(0, i), kPassword)) << i;
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(parse_jks(changed, kPassword)) << i;
  }
}

TEST(Jks, IsToldFromOtherFilesByItsFirstBytes) {
  EXPECT_TRUE(is_jks(a_store()));
  EXPECT_FALSE(is_jks("-----BEGIN CERTIFICATE-----"));
  EXPECT_FALSE(is_jks(""));
}

}  // namespace
}  // namespace paddock::tls
