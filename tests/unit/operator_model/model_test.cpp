// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "config/key_table.h"
#include "model/config_catalog.h"
#include "model/product_version.h"
#include "model/quantity.h"
#include "model/quorum.h"

namespace paddock::model {
namespace {

TEST(Quorum, IsMoreThanHalf) {
  EXPECT_EQ(majority_of(1), 1U);
  EXPECT_EQ(majority_of(3), 2U);
  EXPECT_EQ(majority_of(4), 3U);
  EXPECT_EQ(spare_of(5), 2U);
  EXPECT_FALSE(is_majority(0, 0));
}

TEST(Quantity, IsReadAsKubernetesWritesIt) {
  EXPECT_EQ(parse_bytes("20Gi")->bytes, 20LL << 30);
  EXPECT_EQ(parse_bytes("1.5Ki")->bytes, 1536);
  EXPECT_EQ(parse_bytes("500M")->bytes, 500'000'000);
  EXPECT_EQ(parse_bytes("0")->bytes, 0);
  EXPECT_EQ(parse_bytes("0.1")->bytes, 1) << "fractions are rounded up";
}

TEST(Quantity, ThatIsNoneIsRefused) {
  for (const std::string_view text :
       {"", "Gi", "-1Gi", "20 Gi", "20gi", "1..5Gi", ".5Gi", "99999999999999999999", "9000000P"}) {
    EXPECT_FALSE(parse_bytes(text)) << text;
  }
}

TEST(Quantity, IsWrittenWithTheLargestSuffixThatIsExact) {
  EXPECT_EQ(to_text(ByteQuantity{20LL << 30}), "20Gi");
  EXPECT_EQ(to_text(ByteQuantity{1536}), "1536");
  EXPECT_EQ(to_text(ByteQuantity{0}), "0");
}

TEST(ProductVersion, AreThreeNumbersInOrder) {
  EXPECT_EQ(to_text(*parse_product_version("1.4.0")), "1.4.0");
  EXPECT_LT(*parse_product_version("1.9.9"), *parse_product_version("1.10.0"));
  for (const std::string_view text : {"", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.-3", "1.2.3-rc1"}) {
    EXPECT_FALSE(parse_product_version(text)) << text;
  }
}

TEST(ConfigCatalog, KnowsWhatAChangeTakes) {
  EXPECT_EQ(change_class_of("paddock.limit.batch.match"), ChangeClass::Reload);
  EXPECT_EQ(change_class_of("server.3"), ChangeClass::Reconfig);
  EXPECT_EQ(change_class_of("tickTime"), ChangeClass::Restart);
  EXPECT_EQ(change_class_of("zookeeper.db.autocreate"), ChangeClass::Owned);
  EXPECT_EQ(change_class_of("nobody.knows.it"), ChangeClass::Restart);
  EXPECT_FALSE(instead_of("dataDir").empty());
  EXPECT_TRUE(instead_of("tickTime").empty());
}

TEST(ConfigCatalog, HasOnlyKeysThatServersKnow) {
  EXPECT_NE(config::find_key("paddock.limit.batch.match").key, nullptr);
  for (std::string_view key : owned_keys()) {
    std::string one(key);
    if (one.ends_with(".N")) one.replace(one.size() - 1, 1, "1");
    EXPECT_NE(config::find_key(one).key, nullptr) << key;
    EXPECT_NE(change_class_of(one), ChangeClass::Restart) << key;
  }
}

TEST(ConfigCatalog, HashesOnlyTheKeysOfAClass) {
  const Properties one{{"tickTime", "2000"}, {"paddock.limit.a.match", "any"}};
  Properties other = one;
  other["paddock.limit.a.match"] = "ip:::1";
  EXPECT_EQ(hash_of(one, ChangeClass::Restart), hash_of(other, ChangeClass::Restart));
  EXPECT_NE(hash_of(one, ChangeClass::Reload), hash_of(other, ChangeClass::Reload));
}

TEST(Fingerprint, KeepsItsPartsApart) {
  EXPECT_NE(Fingerprint().add("ab").add("c").text(), Fingerprint().add("a").add("bc").text());
}

}  // namespace
}  // namespace paddock::model
