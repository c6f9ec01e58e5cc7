// SPDX-License-Identifier: Apache-2.0
#include "session/session_table.h"

#include <algorithm>
#include <map>
#include <utility>

#include <gtest/gtest.h>

#include "base/prng.h"

namespace paddock::session {
namespace {

using Ids = std::vector<SessionId>;

constexpr MonotonicTime at_ms(std::int64_t ms) {
  return {milliseconds{ms}};
}

constexpr SessionId kA{0xa};
constexpr SessionId kB{0xb};

TEST(SessionTable, SessionExpiresAtTheFirstBoundaryAfterItsTimeout) {
  SessionTable table(milliseconds{1000});
  table.create(kA, milliseconds{4000}, at_ms(500));

  EXPECT_EQ(table.next_expiry(), at_ms(5000));
  EXPECT_EQ(table.expire(at_ms(4999)), Ids{});
  EXPECT_FALSE(table.find(kA)->closing);
  EXPECT_EQ(table.expire(at_ms(5000)), Ids{kA});
  EXPECT_TRUE(table.find(kA)->closing);
}

TEST(SessionTable, TimeoutThatEndsOnABoundaryGetsAnotherTick) {
  SessionTable table(milliseconds{1000});
  table.create(kA, milliseconds{4000}, at_ms(1000));
  EXPECT_EQ(table.next_expiry(), at_ms(6000));
}

TEST(SessionTable, ExpiredSessionIsReturnedOnceAndStaysUntilItsCloseIsApplied) {
  SessionTable table(milliseconds{1000});
  table.create(kA, milliseconds{1000}, at_ms(0));

  EXPECT_EQ(table.expire(at_ms(9000)), Ids{kA});
  EXPECT_EQ(table.expire(at_ms(90000)), Ids{});
  EXPECT_EQ(table.size(), 1U);
  table.close(kA);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.find(kA), nullptr);
}

TEST(SessionTable, TouchGivesAFullTimeout) {
  SessionTable table(milliseconds{1000});
  table.create(kA, milliseconds{2000}, at_ms(0));

  EXPECT_TRUE(table.touch(kA, at_ms(2500)));

  EXPECT_EQ(table.expire(at_ms(4999)), Ids{});
  EXPECT_EQ(table.next_expiry(), at_ms(5000));
  EXPECT_EQ(table.expire(at_ms(5000)), Ids{kA});
}

TEST(SessionTable, ClosingAndUnknownSessionsCannotBeTouchedOrRenewed) {
  SessionTable table(milliseconds{1000});
  table.create(kA, milliseconds{1000}, at_ms(0));
  ASSERT_EQ(table.expire(at_ms(5000)), Ids{kA});

  EXPECT_FALSE(table.touch(kA, at_ms(5000)));
  EXPECT_FALSE(table.renew(kA, milliseconds{9000}, at_ms(5000)));
  EXPECT_FALSE(table.touch(kB, at_ms(5000)));
  EXPECT_FALSE(table.renew(kB, milliseconds{9000}, at_ms(5000)));
}

TEST(SessionTable, RenewMayShortenTheTimeout) {
  SessionTable table(milliseconds{1000});
  table.create(kA, milliseconds{30000}, at_ms(0));

  EXPECT_TRUE(table.renew(kA, milliseconds{2000}, at_ms(0)));

  EXPECT_EQ(table.find(kA)->timeout, milliseconds{2000});
  EXPECT_EQ(table.next_expiry(), at_ms(3000));
  EXPECT_EQ(table.expire(at_ms(3000)), Ids{kA});
  EXPECT_EQ(table.expire(at_ms(90000)), Ids{});
}

TEST(SessionTable, CreatingAKnownSessionOnlyTouchesIt) {
  SessionTable table(milliseconds{1000});
  table.create(kA, milliseconds{2000}, at_ms(0));
  table.find(kA)->owner = ConnectionId{7};

  table.create(kA, milliseconds{9000}, at_ms(1000));

  EXPECT_EQ(table.find(kA)->timeout, milliseconds{2000});
  EXPECT_EQ(table.find(kA)->owner, ConnectionId{7});
  EXPECT_EQ(table.expire(at_ms(3999)), Ids{});
  EXPECT_EQ(table.expire(at_ms(4000)), Ids{kA});
}

TEST(SessionTable, SessionThatIsCreatedAgainAfterItsCloseIsNew) {
  SessionTable table(milliseconds{1000});
  table.create(kA, milliseconds{2000}, at_ms(0));
  table.close(kA);
  table.create(kA, milliseconds{5000}, at_ms(0));

  EXPECT_EQ(table.expire(at_ms(3000)), Ids{});
  EXPECT_EQ(table.expire(at_ms(6000)), Ids{kA});
}

TEST(SessionTable, TouchAllGivesEverybodyAFullTimeoutEvenThoseBeingClosed) {
  SessionTable table(milliseconds{1000});
  table.create(kA, milliseconds{1000}, at_ms(0));
  table.create(kB, milliseconds{9000}, at_ms(0));
  ASSERT_EQ(table.expire(at_ms(5000)), Ids{kA});

  table.touch_all(at_ms(50000));

  EXPECT_EQ(table.expire(at_ms(51999)), Ids{});
  EXPECT_EQ(table.expire(at_ms(52000)), Ids{kA});
  EXPECT_EQ(table.expire(at_ms(60000)), Ids{kB});
}

TEST(SessionTable, BucketsShowWhenEachSessionExpires) {
  SessionTable table(milliseconds{1000});
  table.create(kB, milliseconds{1000}, at_ms(0));
  table.create(kA, milliseconds{1500}, at_ms(100));
  table.create(SessionId{0xc}, milliseconds{2000}, at_ms(0));
  ASSERT_TRUE(table.touch(kB, at_ms(500)));

  std::vector<std::pair<MonotonicTime, Ids>> buckets;
  table.for_each_bucket(
      [&](MonotonicTime boundary, const Ids& ids) { buckets.emplace_back(boundary, ids); });

  EXPECT_EQ(buckets,
            (std::vector<std::pair<MonotonicTime, Ids>>{{at_ms(2000), {kA, kB}},
                                                        {at_ms(3000), {SessionId{0xc}}}}));
}

TEST(SessionTable, WithoutSessionsNothingEverExpires) {
  SessionTable table(milliseconds{1000});
  EXPECT_GT(table.next_expiry(), at_ms(std::int64_t{1} << 40U));
  EXPECT_EQ(table.expire(at_ms(1 << 30)), Ids{});
}

/// What the table must do, said as simply as possible.
class Model {
 public:
  struct State {
    std::int64_t timeout = 0;
    std::int64_t expiry = 0;
    bool closing = false;
  };

  static std::int64_t expiry(std::int64_t now, std::int64_t timeout) {
    return ((now + timeout) / 1000 + 1) * 1000;
  }
  Ids expire(std::int64_t now) {
    Ids ids;
    for (auto& [id, state] : states) {
      if (state.closing || state.expiry > now) continue;
      state.closing = true;
      ids.push_back(SessionId{id});
    }
    return ids;
  }

  std::map<std::int64_t, State> states;
};

class SessionTableRandom : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SessionTableRandom, BehavesLikeTheModel) {
  SCOPED_TRACE(testing::Message() << "seed " << GetParam());
  Prng prng(GetParam());
  SessionTable table(milliseconds{1000});
  Model model;
  std::int64_t now = 0;
  for (int step = 0; step < 3000; ++step) {
    now += static_cast<std::int64_t>(prng.below(700));
    const auto id = static_cast<std::int64_t>(1 + prng.below(20));
    const auto timeout = static_cast<std::int64_t>(1000 + prng.below(15000));
    const auto found = model.states.find(id);
    const bool alive = found != model.states.end() && !found->second.closing;
    switch (prng.below(5)) {
      case 0: {
        if (found == model.states.end()) model.states[id].timeout = timeout;
        Model::State& state = model.states[id];
        if (!state.closing) state.expiry = Model::expiry(now, state.timeout);
        table.create(SessionId{id}, milliseconds{timeout}, at_ms(now));
        break;
      }
      case 1:
        ASSERT_EQ(table.touch(SessionId{id}, at_ms(now)), alive);
        if (alive) found->second.expiry = Model::expiry(now, found->second.timeout);
        break;
      case 2:
        ASSERT_EQ(table.renew(SessionId{id}, milliseconds{timeout}, at_ms(now)), alive);
        if (alive) found->second = {timeout, Model::expiry(now, timeout), false};
        break;
      case 3:
        model.states.erase(id);
        table.close(SessionId{id});
        break;
      default: {
        const Ids expected = model.expire(now);
        ASSERT_TRUE(expected.empty() || table.next_expiry() <= at_ms(now));
        ASSERT_EQ(table.expire(at_ms(now)), expected);
        break;
      }
    }
    ASSERT_EQ(table.size(), model.states.size());
    table.check_invariants();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds,
                         SessionTableRandom,
                         testing::Range(std::uint64_t{1}, std::uint64_t{9}));

}  // namespace
}  // namespace paddock::session
