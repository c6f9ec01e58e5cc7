// SPDX-License-Identifier: Apache-2.0
#include "election/configuration.h"

#include <gtest/gtest.h>

namespace paddock::election {
namespace {

ServerSet set(std::initializer_list<int> numbers) {
  ServerSet servers;
  for (const int number : numbers) servers.insert(ServerId{number});
  return servers;
}

TEST(Configuration, MajorityOfTheVoters) {
  Configuration configuration;
  configuration.voters = set({1, 2, 3, 4});
  EXPECT_FALSE(configuration.has_quorum(set({1, 2})));
  EXPECT_TRUE(configuration.has_quorum(set({1, 2, 3})));
  EXPECT_FALSE(configuration.has_quorum(set({1, 2, 7, 8, 9})));
}

TEST(Configuration, MajorityOfTheWeightInAMajorityOfTheGroups) {
  Configuration configuration;
  configuration.voters = set({1, 2, 3, 4, 5, 6});
  configuration.groups = {set({1, 2}), set({3, 4}), set({5, 6})};
  configuration.weights = {{ServerId{1}, 3}};
  EXPECT_TRUE(configuration.has_quorum(set({1, 3, 4})));
  EXPECT_FALSE(configuration.has_quorum(set({2, 3, 4})));
  EXPECT_FALSE(configuration.has_quorum(set({1, 2, 3})));
}

TEST(Quorums, WhileOneIsComingBothDecide) {
  Quorums quorums;
  quorums.committed.voters = set({1, 2, 3});
  quorums.pending.emplace().voters = set({3, 4, 5});
  EXPECT_FALSE(quorums.has_quorum(set({1, 2, 3})));
  EXPECT_FALSE(quorums.has_quorum(set({3, 4, 5})));
  EXPECT_TRUE(quorums.has_quorum(set({2, 3, 4})));
  EXPECT_EQ(quorums.voters(), set({1, 2, 3, 4, 5}));
  EXPECT_EQ(quorums.latest().voters, set({3, 4, 5}));
}

}  // namespace
}  // namespace paddock::election
