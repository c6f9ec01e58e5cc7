// SPDX-License-Identifier: Apache-2.0
#include "reconfig/members.h"

#include <string>

#include <gtest/gtest.h>

namespace paddock::reconfig {
namespace {

constexpr View kThree =
    "server.1=a:1:2:participant;0.0.0.0:21\n"
    "server.2=b:1:2:participant;0.0.0.0:21\n"
    "server.3=c:1:2:observer;0.0.0.0:21\n"
    "version=100000007";

std::string problem(View text) {
  const auto members = parse_members(text);
  if (!members) return members.error().message;
  const auto sound = check(*members);
  return sound ? std::string() : sound.error().message;
}

TEST(Members, TextIsReadBackAsItWasWritten) {
  const auto members = parse_members(kThree);
  ASSERT_TRUE(members.has_value());
  EXPECT_EQ(members->version, 0x100000007);
  EXPECT_EQ(to_text(*members), kThree);
  const election::Configuration configuration = configuration_of(*members);
  EXPECT_EQ(configuration.voters.size(), 2U);
  EXPECT_TRUE(configuration.observers.contains(ServerId{3}));
  EXPECT_EQ(members_of(configuration), *members);
}

TEST(Members, CommasStandForNewLines) {
  std::string text(kThree);
  for (char& one : text) {
    if (one == '\n') one = ',';
  }
  EXPECT_EQ(parse_members(text).value(), parse_members(kThree).value());
}

TEST(Members, GroupsAndWeights) {
  const View text =
      "server.1=a:1:2:participant\nserver.2=b:1:2:participant\n"
      "group.1=1:2\nweight.2=0\nversion=0";
  const auto members = parse_members(text);
  ASSERT_TRUE(members.has_value());
  EXPECT_EQ(to_text(*members), text);
  // Without weight a participant does not count.
  EXPECT_EQ(configuration_of(*members).voters.size(), 1U);
  EXPECT_EQ(problem(text), "");
}

TEST(Members, WhatIsWrongIsSaid) {
  EXPECT_EQ(problem("server.0=a:1:2"), "'0' is not a server id (1 to 255)");
  EXPECT_EQ(problem("server.256=a:1:2"), "'256' is not a server id (1 to 255)");
  EXPECT_EQ(problem("server.1=a:1:2\nserver.1=b:1:2"), "server.1 is there twice");
  EXPECT_EQ(problem("what"), "'what': expected server.N=, group.N=, weight.N= or version=");
  EXPECT_EQ(problem("clientPort=1"),
            "'clientPort=1': expected server.N=, group.N=, weight.N= or version=");
  EXPECT_EQ(problem("version=xyz"), "version: 'xyz' is not a hexadecimal number");
  EXPECT_EQ(problem("server.1=a:1:2:observer"), "nobody votes");
  EXPECT_EQ(problem("server.1=a:1:2\nserver.2=a:2:3"),
            "a:2 is an address of server.1 and of server.2");
  EXPECT_EQ(problem("server.1=a:1:2\ngroup.1=1:2"), "group.1: there is no server.2");
  EXPECT_EQ(problem("server.1=a:1:2\ngroup.1=1\ngroup.2=1"), "server 1 is in two groups");
  EXPECT_EQ(problem("server.1=a:1:2\nserver.2=b:1:2\ngroup.1=1"), "server.2 is in no group");
  EXPECT_EQ(problem("server.1=a:1:2\nweight.1=1"), "weight.1: the server is in no group");
  EXPECT_EQ(problem("group.x=1"), "'x' is not a group number");
  EXPECT_EQ(problem("weight.1=-1"), "weight.1: '-1' is not a weight (0 or more)");
}

}  // namespace
}  // namespace paddock::reconfig
