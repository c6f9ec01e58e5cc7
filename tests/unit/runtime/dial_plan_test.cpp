// SPDX-License-Identifier: Apache-2.0
#include "runtime/dial_plan.h"

#include <gtest/gtest.h>

namespace paddock::runtime {
namespace {

constexpr MonotonicTime kStart{seconds(100)};
constexpr MonotonicTime kNever{Duration::max()};

std::vector<net::SocketAddress> addresses(std::size_t count) {
  std::vector<net::SocketAddress> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(*net::numeric_address("10.0.0." + std::to_string(i + 1), 2888));
  }
  return all;
}

std::string resolved(const DialPlan::Step& step) {
  const auto* resolve = std::get_if<DialPlan::Resolve>(&step);
  return resolve == nullptr ? "nothing" : config::to_string(resolve->where);
}

std::string connected(const DialPlan::Step& step) {
  const auto* connect = std::get_if<DialPlan::Connect>(&step);
  return connect == nullptr ? "nothing" : net::to_string(connect->address);
}

bool is_nothing(const DialPlan::Step& step) {
  return std::holds_alternative<std::monostate>(step);
}

class DialPlanTest : public ::testing::Test {
 protected:
  Prng prng_{1};
  DialPlan plan_{DialOptions{}};
};

TEST(BackOff, GrowsToItsBoundAndVariesByHalf) {
  Prng prng(1);
  BackOff pauses(milliseconds(50), seconds(1));
  Duration bound = milliseconds(50);
  for (int i = 0; i < 10; ++i) {
    const Duration pause = pauses.next(prng);
    EXPECT_GE(pause, bound / 2);
    EXPECT_LE(pause, bound);
    bound = std::min<Duration>(bound * 2, seconds(1));
  }
  pauses.reset();
  EXPECT_LE(pauses.next(prng), milliseconds(50));
}

TEST(BackOff, TwoServersDoNotKeepStep) {
  Prng one(1);
  Prng two(2);
  BackOff a(milliseconds(50), seconds(1));
  BackOff b(milliseconds(50), seconds(1));
  EXPECT_NE(a.next(one), b.next(two));
}

TEST(DialTargets, AreAllHostsWithBothPorts) {
  const auto targets = dial_targets({{"a", 1, 2}, {"b", 3, 4}});
  const std::vector<config::Endpoint> expected{{"a", 1}, {"b", 3}, {"a", 2}, {"b", 4}};
  EXPECT_EQ(targets, expected);
}

TEST_F(DialPlanTest, NobodyIsDialedWithoutTargets) {
  EXPECT_EQ(plan_.next_time(), kNever);
  EXPECT_TRUE(is_nothing(plan_.on_time(kStart)));
  plan_.set_targets({}, Duration{0}, kStart);
  EXPECT_EQ(plan_.next_time(), kNever);
}

TEST_F(DialPlanTest, AllAddressesOfAllTargetsAreTriedBeforeThePause) {
  plan_.set_targets({{"a", 1}, {"b", 2}}, Duration{0}, kStart);
  EXPECT_EQ(plan_.next_time(), kStart);
  EXPECT_EQ(resolved(plan_.on_time(kStart)), "a:1");
  EXPECT_TRUE(plan_.is_trying());
  EXPECT_EQ(connected(plan_.on_resolved(addresses(2), kStart, prng_)), "10.0.0.1:2888");
  EXPECT_EQ(connected(plan_.on_failed(kStart, prng_)), "10.0.0.2:2888");
  EXPECT_EQ(resolved(plan_.on_failed(kStart, prng_)), "b:2");
  EXPECT_TRUE(is_nothing(plan_.on_failed(kStart, prng_)));  // no such name

  EXPECT_FALSE(plan_.is_trying());
  EXPECT_GE(plan_.next_time(), kStart + milliseconds(25));
  EXPECT_LE(plan_.next_time(), kStart + milliseconds(50));
  EXPECT_TRUE(is_nothing(plan_.on_time(kStart + milliseconds(24))));
  EXPECT_EQ(resolved(plan_.on_time(kStart + milliseconds(50))), "a:1");
}

TEST_F(DialPlanTest, PatienceIsWaitedBeforeEachRound) {
  plan_.set_targets({{"a", 1}}, seconds(2), kStart);
  EXPECT_EQ(plan_.next_time(), kStart + seconds(2));
  EXPECT_EQ(resolved(plan_.on_time(kStart + seconds(2))), "a:1");
  EXPECT_TRUE(is_nothing(plan_.on_failed(kStart + seconds(2), prng_)));
  EXPECT_GE(plan_.next_time(), kStart + seconds(4));
}

TEST_F(DialPlanTest, PausesStartAnewOnlyBehindAGoodLink) {
  plan_.set_targets({{"a", 1}}, Duration{0}, kStart);
  MonotonicTime now = kStart;
  for (int i = 0; i < 10; ++i) {
    now = plan_.next_time();
    EXPECT_EQ(resolved(plan_.on_time(now)), "a:1");
    EXPECT_TRUE(is_nothing(plan_.on_failed(now, prng_)));
  }
  EXPECT_GE(plan_.next_time() - now, milliseconds(500));

  plan_.on_linked(now);
  EXPECT_EQ(plan_.next_time(), kNever);
  plan_.on_unlinked(now + milliseconds(999), prng_);
  EXPECT_GE(plan_.next_time() - now, milliseconds(1499));

  plan_.on_linked(now);
  plan_.on_unlinked(now + seconds(1), prng_);
  EXPECT_LE(plan_.next_time() - now, milliseconds(1050));
}

TEST_F(DialPlanTest, NewTargetsEndATryAndNotALink) {
  plan_.set_targets({{"a", 1}}, Duration{0}, kStart);
  EXPECT_EQ(resolved(plan_.on_time(kStart)), "a:1");
  plan_.set_targets({{"b", 2}}, Duration{0}, kStart);
  EXPECT_FALSE(plan_.is_trying());
  EXPECT_EQ(resolved(plan_.on_time(kStart)), "b:2");

  plan_.on_linked(kStart);
  plan_.set_targets({{"c", 3}}, Duration{0}, kStart);
  EXPECT_TRUE(is_nothing(plan_.on_time(kStart + seconds(9))));
  plan_.on_unlinked(kStart + seconds(9), prng_);
  EXPECT_EQ(resolved(plan_.on_time(kStart + seconds(10))), "c:3");
}

TEST_F(DialPlanTest, AServerThatIsNoMemberAnyMoreIsNotDialedAgain) {
  plan_.on_linked(kStart);
  plan_.on_unlinked(kStart, prng_);
  EXPECT_EQ(plan_.next_time(), kNever);
}

}  // namespace
}  // namespace paddock::runtime
