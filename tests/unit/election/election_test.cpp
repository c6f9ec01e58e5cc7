// SPDX-License-Identifier: Apache-2.0
#include "election/election.h"

#include <deque>
#include <map>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

namespace paddock::election {
namespace {

constexpr MonotonicTime kNow{seconds(100)};

ServerId id(int number) {
  return ServerId{number};
}

Vote vote_of(int number, std::int64_t zxid) {
  return {.epoch = 1, .zxid = Zxid{zxid}, .leader = id(number)};
}

Quorums voters(std::initializer_list<ServerId> ids) {
  Quorums quorums;
  quorums.committed.voters = ids;
  return quorums;
}

/// Servers that look for a leader, each told at once what the others say; no time passes.
class Electors {
 public:
  void start(int number, std::int64_t zxid, const Quorums& quorums, Franchise franchise) {
    ServerSet linked;
    for (const auto& [other, election] : elections_) linked.insert(id(other));
    auto& election = elections_[number];
    election = std::make_unique<Election>(id(number), ElectionOptions{}, 0);
    ElectionEffects effects;
    // Links are there before: only who looks takes what is said.
    for (int other = 1; other <= 5; ++other) {
      if (other != number) linked.insert(id(other));
    }
    election->start(quorums, vote_of(number, zxid), franchise, linked, kNow, effects);
    take(number, std::move(effects));
  }

  void carry() {
    while (!sent_.empty()) {
      const auto [from, outgoing] = std::move(sent_.front());
      sent_.pop_front();
      const auto to = elections_.find(raw(outgoing.to));
      if (to == elections_.end()) continue;
      ElectionEffects effects;
      to->second->on_notification(id(from), outgoing.notification, kNow, effects);
      take(to->first, std::move(effects));
    }
  }

  [[nodiscard]] int leader(int number) const {
    const auto found = leaders_.find(number);
    return found == leaders_.end() ? 0 : raw(found->second);
  }

  void time_passes(Duration by) {
    for (auto& [number, election] : elections_) {
      ElectionEffects effects;
      election->on_time(kNow + by, effects);
      take(number, std::move(effects));
    }
    carry();
  }

 private:
  void take(int number, ElectionEffects effects) {
    for (Outgoing& outgoing : effects.sends) sent_.emplace_back(number, outgoing);
    if (effects.leader) leaders_[number] = *effects.leader;
    elections_[number]->check_invariants();
  }

  std::map<int, std::unique_ptr<Election>> elections_;
  std::deque<std::pair<int, Outgoing>> sent_;
  std::map<int, ServerId> leaders_;
};

constexpr Franchise kVoter{.may_vote = true, .may_lead = true};

TEST(Election, MostOfTheHistoryWinsThenTheHigherId) {
  Electors electors;
  const Quorums three = voters({id(1), id(2), id(3)});
  electors.start(1, 8, three, kVoter);
  electors.start(2, 9, three, kVoter);
  electors.start(3, 9, three, kVoter);
  electors.carry();
  for (const int number : {1, 2, 3}) EXPECT_EQ(electors.leader(number), 3);
}

TEST(Election, NoQuorumNoLeader) {
  Electors electors;
  electors.start(1, 8, voters({id(1), id(2), id(3)}), kVoter);
  electors.carry();
  electors.time_passes(seconds(60));
  EXPECT_EQ(electors.leader(1), 0);
}

/// Who notices first that the leader is gone tells it to those who do not look yet; they come with
/// a vote of the same round that is worse, and must be told again.
TEST(Election, WhoLooksLaterIsToldOfTheBetterVoteAtOnce) {
  Electors electors;
  const Quorums three = voters({id(1), id(2), id(3)});
  electors.start(2, 9, three, kVoter);
  electors.carry();
  electors.start(1, 8, three, kVoter);
  electors.carry();
  electors.time_passes(ElectionOptions{}.finalize_wait);
  electors.time_passes(ElectionOptions{}.finalize_wait * 2);
  EXPECT_EQ(electors.leader(1), 2);
  EXPECT_EQ(electors.leader(2), 2);
}

/// A server that is no voter by its own configuration is one by a newer one that it has not seen.
TEST(Election, EveryServerVotesAndWhoCountsItDecides) {
  Electors electors;
  Quorums joint = voters({id(1)});
  joint.pending = joint.committed;
  joint.pending->voters = {id(1), id(4)};
  electors.start(4, 7, voters({id(1)}), {.may_vote = true, .may_lead = false});
  electors.carry();
  electors.start(1, 9, joint, kVoter);
  electors.carry();
  EXPECT_EQ(electors.leader(1), 1);
}

TEST(Election, WhoMayNotVoteOnlyAsks) {
  Electors electors;
  electors.start(1, 9, voters({id(1), id(2), id(3)}), kVoter);
  electors.start(2, 9, voters({id(1), id(2), id(3)}), {.may_vote = false, .may_lead = true});
  electors.carry();
  electors.time_passes(seconds(60));
  EXPECT_EQ(electors.leader(1), 0);
  EXPECT_EQ(electors.leader(2), 0);
}

TEST(Election, NobodyVotesForAShorterHistory) {
  Electors electors;
  electors.start(1, 8, voters({id(1), id(2), id(3)}), kVoter);
  electors.start(2, 9, voters({id(1), id(2), id(3)}), {.may_vote = true, .may_lead = false});
  electors.carry();
  electors.time_passes(seconds(60));
  EXPECT_EQ(electors.leader(1), 0);
}

}  // namespace
}  // namespace paddock::election
