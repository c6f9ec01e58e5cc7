// SPDX-License-Identifier: Apache-2.0
//
// A follower that feeds observers from its own history.
#include "zab/relay.h"

#include <gtest/gtest.h>

#include "zab_fixture.h"

namespace paddock::zab {
namespace {

constexpr ServerId kObserver{10};

class RelayTest : public testing::Test {
 protected:
  void ask(std::uint32_t last, std::uint64_t turn = 1) {
    relay_.on(kObserver,
              FeedRequest{
                  .epoch = kEpoch, .turn = turn, .last = zxid_of(last), .durable = zxid_of(last)});
  }
  Effects pump() {
    Effects effects;
    relay_.pump(state_, effects);
    relay_.check_invariants(state_, kEpoch);
    return effects;
  }

  State state_ = state_of(ServerId{2}, 10, 20);
  Relay relay_{0};
};

TEST_F(RelayTest, SendsWhatItsHistoryHasCommittedOrNot) {
  ask(15);
  const Effects effects = pump();
  const auto appends = sent_to<Append>(kObserver, effects);
  ASSERT_EQ(appends.size(), 1U);
  EXPECT_EQ(appends[0].epoch, kEpoch);
  EXPECT_EQ(appends[0].previous, zxid_of(15));
  EXPECT_EQ(appends[0].batch->last(), zxid_of(20));
  EXPECT_EQ(appends[0].committed, zxid_of(10));
  EXPECT_TRUE(pump().sends.empty());
}

TEST_F(RelayTest, SendsOnWhatComesAndWhatIsCommitted) {
  ask(20);
  static_cast<void>(pump());
  state_.append(batch_of(21, 22));
  EXPECT_EQ(sent_to<Append>(kObserver, pump()).size(), 1U);
  state_.commit(zxid_of(22));
  const auto commits = sent_to<Commit>(kObserver, pump());
  ASSERT_EQ(commits.size(), 1U);
  EXPECT_EQ(commits[0].committed, zxid_of(22));
  EXPECT_EQ(commits[0].beat, 0U);  // the leader's alone
  EXPECT_TRUE(pump().sends.empty());
}

TEST_F(RelayTest, AnObserverThatIsAheadWaits) {
  ask(22);
  EXPECT_TRUE(pump().sends.empty());
  state_.append(batch_of(21, 23));
  const auto appends = sent_to<Append>(kObserver, pump());
  ASSERT_EQ(appends.size(), 1U);
  EXPECT_EQ(appends[0].previous, zxid_of(22));
}

TEST_F(RelayTest, AHistoryThatIsNotAPrefixIsDeclined) {
  relay_.on(
      kObserver,
      FeedRequest{.epoch = kEpoch, .turn = 3, .last = Zxid{zxid_of(0).value - 1}, .durable = {}});
  // Below what is in memory it is the log that tells.
  Effects effects = pump();
  ASSERT_EQ(effects.log_reads.size(), 1U);
  Effects answered;
  relay_.on_log_read(state_,
                     {.learner = kObserver,
                      .ticket = effects.log_reads[0].ticket,
                      .is_there = true,
                      .position = zxid_of(0),
                      .batch = batch_of(1, 2)},
                     answered);
  const auto ends = sent_to<FeedEnd>(kObserver, answered);
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_EQ(ends[0].turn, 3U);
  EXPECT_TRUE(relay_.observers().empty());
}

TEST_F(RelayTest, ReadsTheLogForWhatIsNotInMemory) {
  ask(5);
  const Effects effects = pump();
  ASSERT_EQ(effects.log_reads.size(), 1U);
  EXPECT_EQ(effects.log_reads[0].learner, kObserver);
  EXPECT_EQ(effects.log_reads[0].after, zxid_of(5));
  Effects answered;
  relay_.on_log_read(state_,
                     {.learner = kObserver,
                      .ticket = effects.log_reads[0].ticket,
                      .is_there = true,
                      .position = zxid_of(5),
                      .batch = batch_of(6, 10)},
                     answered);
  const auto appends = sent_to<Append>(kObserver, answered);
  ASSERT_EQ(appends.size(), 2U);  // of the log, then of the memory
  EXPECT_EQ(appends[1].previous, zxid_of(10));
}

TEST_F(RelayTest, WithoutTheLogItIsLeftToTheLeader) {
  ask(5);
  const Effects effects = pump();
  ASSERT_EQ(effects.log_reads.size(), 1U);
  Effects answered;
  relay_.on_log_read(
      state_,
      {.learner = kObserver, .ticket = effects.log_reads[0].ticket, .position = {}, .batch = {}},
      answered);
  EXPECT_EQ(sent_to<FeedEnd>(kObserver, answered).size(), 1U);
  EXPECT_TRUE(answered.snapshot_reads.empty());
}

TEST_F(RelayTest, KeepsNoMoreOnTheWayThanTheWindow) {
  ask(20);
  static_cast<void>(pump());
  for (std::uint32_t i = 21; i <= 40; ++i) state_.append(batch_of(i, i));
  EXPECT_EQ(sent_to<Append>(kObserver, pump()).size(), 10U);
  relay_.on(kObserver, Ack{.epoch = kEpoch, .last = zxid_of(25), .beat = 0});
  EXPECT_EQ(sent_to<Append>(kObserver, pump()).size(), 5U);
}

TEST_F(RelayTest, EndsForWhoSaysSoAndTellsTheOthersWhenTheRoleEnds) {
  ask(20, 4);
  relay_.on(kObserver, FeedEnd{.epoch = kEpoch, .turn = 3});
  EXPECT_EQ(relay_.observers().size(), 1U);
  Effects effects;
  relay_.end(effects);
  EXPECT_EQ(sent_to<FeedEnd>(kObserver, effects).size(), 1U);
  EXPECT_TRUE(relay_.observers().empty());

  ask(20, 5);
  relay_.on(kObserver, FeedEnd{.epoch = kEpoch, .turn = 5});
  EXPECT_TRUE(relay_.observers().empty());
  ask(20, 6);
  relay_.on_link_down(kObserver);
  Effects none;
  relay_.end(none);
  EXPECT_TRUE(none.sends.empty());
}

}  // namespace
}  // namespace paddock::zab
