// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <gtest/gtest.h>

#include "bench/endpoint.h"
#include "bench/key_space.h"
#include "bench/operation.h"

namespace paddock::bench {
namespace {

TEST(Mix, PicksOperationsInTheirShares) {
  const auto mix = Mix::parse("get=90,set=10");
  ASSERT_TRUE(mix);
  Prng prng(1);
  std::map<Operation, int> picked;
  for (int i = 0; i < 100000; ++i) ++picked[mix->pick(prng)];

  EXPECT_EQ(picked.size(), 2U);
  EXPECT_NEAR(picked[Operation::Get], 90000, 1000);
  EXPECT_NEAR(picked[Operation::Set], 10000, 1000);
}

TEST(Mix, ANameAloneIsAShareOfOne) {
  const auto mix = Mix::parse("sync");
  ASSERT_TRUE(mix);
  Prng prng(1);

  EXPECT_EQ(mix->pick(prng), Operation::Sync);
  EXPECT_TRUE(mix->contains(Operation::Sync));
  EXPECT_FALSE(mix->contains(Operation::Get));
}

TEST(Mix, NonsenseIsRefusedWithAReason) {
  for (const std::string_view text : {"",
                                      "fetch=1",
                                      "get=",
                                      "get=-1",
                                      "get=x",
                                      "get=1x",
                                      "get=0",
                                      "get=1000001",
                                      "get=1,,set=1",
                                      "=3"}) {
    const auto mix = Mix::parse(text);
    ASSERT_FALSE(mix) << text;
    EXPECT_FALSE(mix.error().message.empty());
  }
}

TEST(KeySpace, NumbersReplaceThePlaceholderWithEqualWidth) {
  const auto keys = KeySpace::make("/a/b/key-{}-x", 11);
  ASSERT_TRUE(keys);

  EXPECT_EQ(keys->path(0), "/a/b/key-00-x");
  EXPECT_EQ(keys->path(10), "/a/b/key-10-x");
  EXPECT_EQ(keys->parent(), "/a/b");
  EXPECT_EQ(keys->ancestors(), (std::vector<std::string>{"/a", "/a/b"}));
}

TEST(KeySpace, WithoutPlaceholderTheNumberIsAppended) {
  const auto keys = KeySpace::make("/k", 3);
  ASSERT_TRUE(keys);

  EXPECT_EQ(keys->path(2), "/k2");
  EXPECT_EQ(keys->parent(), "/");
  EXPECT_TRUE(keys->ancestors().empty());
}

TEST(KeySpace, ImpossiblePatternsAreRefused) {
  EXPECT_FALSE(KeySpace::make("relative-{}", 1));
  EXPECT_FALSE(KeySpace::make("/a-{}/b", 1));
  EXPECT_FALSE(KeySpace::make("", 1));
  EXPECT_FALSE(KeySpace::make("/a-{}", 0));
}

TEST(Endpoint, ListsAreSplitAtCommasAndPortsDefault) {
  const auto endpoints = resolve("127.0.0.1:1234,127.0.0.2,[::1]:99");
  ASSERT_TRUE(endpoints) << endpoints.error().message;

  ASSERT_EQ(endpoints->size(), 3U);
  EXPECT_EQ((*endpoints)[1].text, "127.0.0.2");
  EXPECT_EQ((*endpoints)[2].address.ss_family, AF_INET6);
}

TEST(Endpoint, NonsenseIsRefused) {
  EXPECT_FALSE(resolve(""));
  EXPECT_FALSE(resolve("127.0.0.1:notaport"));
}

}  // namespace
}  // namespace paddock::bench
