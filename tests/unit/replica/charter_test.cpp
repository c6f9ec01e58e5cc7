// SPDX-License-Identifier: Apache-2.0
#include "replica/charter.h"

#include <gtest/gtest.h>

namespace paddock::replica {
namespace {

election::Quorums three_and_an_observer() {
  election::Quorums quorums;
  quorums.committed.voters = {ServerId{1}, ServerId{2}, ServerId{3}};
  quorums.committed.observers = {ServerId{4}};
  return quorums;
}

TEST(CommonLevel, IsTheLowestOfAll) {
  const FeatureLevels levels = {
      {ServerId{1}, 3}, {ServerId{2}, 2}, {ServerId{3}, 3}, {ServerId{4}, 4}};
  EXPECT_EQ(common_level(three_and_an_observer(), levels), 2U);
}

TEST(CommonLevel, IsUnknownWhileAMemberIsAway) {
  const FeatureLevels levels = {{ServerId{1}, 3}, {ServerId{2}, 3}, {ServerId{3}, 3}};
  EXPECT_EQ(common_level(three_and_an_observer(), levels), 0U);
  EXPECT_EQ(common_level(three_and_an_observer(), {}), 0U);
}

TEST(CommonLevel, CountsWhoIsLinkedAndNoMemberYet) {
  const FeatureLevels levels = {
      {ServerId{1}, 3}, {ServerId{2}, 3}, {ServerId{3}, 3}, {ServerId{4}, 3}, {ServerId{9}, 1}};
  EXPECT_EQ(common_level(three_and_an_observer(), levels), 1U);
}

TEST(CommonLevel, CountsWhoIsAboutToBecomeAMember) {
  election::Quorums quorums = three_and_an_observer();
  quorums.pending = quorums.committed;
  quorums.pending->voters.insert(ServerId{5});
  const FeatureLevels levels = {
      {ServerId{1}, 3}, {ServerId{2}, 3}, {ServerId{3}, 3}, {ServerId{4}, 3}};
  EXPECT_EQ(common_level(quorums, levels), 0U);
}

}  // namespace
}  // namespace paddock::replica
