// SPDX-License-Identifier: Apache-2.0
#include "admin/guess_limit.h"

#include <gtest/gtest.h>

namespace paddock::admin {
namespace {

constexpr MonotonicTime kStart{seconds(100)};

/// So many different credentials.
void refuse(GuessLimit& limit, View ip, int count, MonotonicTime now = kStart) {
  for (int i = 0; i < count; ++i) limit.on_refused(ip, std::to_string(i), now);
}

TEST(GuessLimits, AllowTenAtOnceAndThenOneASecond) {
  GuessLimit limit;
  refuse(limit, "10.0.0.1", GuessLimit::kAtOnce - 1);
  EXPECT_TRUE(limit.may_try("10.0.0.1", kStart));
  refuse(limit, "10.0.0.1", 1);
  EXPECT_FALSE(limit.may_try("10.0.0.1", kStart));
  EXPECT_FALSE(limit.may_try("10.0.0.1", kStart + milliseconds(999)));
  EXPECT_TRUE(limit.may_try("10.0.0.1", kStart + seconds(1)));
  limit.on_refused("10.0.0.1", "another", kStart + seconds(1));
  EXPECT_FALSE(limit.may_try("10.0.0.1", kStart + seconds(1)));
}

TEST(GuessLimits, AreOfOneAddress) {
  GuessLimit limit;
  refuse(limit, "10.0.0.1", 100);
  EXPECT_TRUE(limit.may_try("10.0.0.2", kStart));
}

TEST(GuessLimits, AreNotAboutOneThatIsRepeated) {
  GuessLimit limit;
  for (int i = 0; i < 100; ++i) limit.on_refused("10.0.0.1", "digest a:old", kStart);
  EXPECT_TRUE(limit.may_try("10.0.0.1", kStart));
  for (int i = 0; i < 100; ++i) limit.on_refused("10.0.0.1", i % 2 == 0 ? "a" : "b", kStart);
  EXPECT_FALSE(limit.may_try("10.0.0.1", kStart));
}

TEST(GuessLimits, ForgetWhoHasWaited) {
  GuessLimit limit;
  refuse(limit, "10.0.0.1", GuessLimit::kAtOnce);
  const MonotonicTime later = kStart + GuessLimit::kAtOnce * GuessLimit::kEvery;
  refuse(limit, "10.0.0.1", GuessLimit::kAtOnce - 1, later);
  EXPECT_TRUE(limit.may_try("10.0.0.1", later));
}

TEST(GuessLimits, KeepTheWorstOfManyAddresses) {
  GuessLimit limit;
  refuse(limit, "worst", 100);
  for (std::size_t i = 0; i < 2 * GuessLimit::kAddressesMax; ++i) {
    limit.on_refused(std::to_string(i), "a", kStart);
  }
  EXPECT_FALSE(limit.may_try("worst", kStart));
}

}  // namespace
}  // namespace paddock::admin
