// SPDX-License-Identifier: Apache-2.0
#include "reconfig/change.h"

#include <string>

#include <gtest/gtest.h>

namespace paddock::reconfig {
namespace {

Members three() {
  auto members = parse_members(
      "server.1=a:1:2:participant;21\nserver.2=b:1:2:participant;21\n"
      "server.3=c:1:2:participant;21\nversion=7");
  return std::move(*members);
}

std::string ids_after(const Change& change, std::size_t voters_min = 1) {
  const auto members = judge(three(), change, voters_min);
  if (!members) return std::string(name(members.error().err)) + ": " + members.error().why;
  std::string ids;
  for (const auto& [id, member] : members->servers) {
    ids += std::to_string(raw(id));
    if (member.type == config::PeerType::Observer) ids += 'o';
  }
  return ids;
}

TEST(Change, ServersJoinLeaveAndChange) {
  EXPECT_EQ(ids_after({.joining = "server.4=d:1:2;21"}), "1234");
  EXPECT_EQ(ids_after({.joining = "server.4=d:1:2;21,server.3=c:1:2:observer;21"}), "123o4");
  EXPECT_EQ(ids_after({.leaving = "1,3"}), "2");
  EXPECT_EQ(ids_after({.leaving = "9"}), "123");
  EXPECT_EQ(ids_after({.joining = "server.1=z:1:2;21", .leaving = "1"}), "123");
}

TEST(Change, AllMembersAnew) {
  EXPECT_EQ(ids_after({.leaving = "1", .members = "server.5=e:1:2\nserver.6=f:1:2"}), "56");
  EXPECT_EQ(ids_after({.members = "server.5=e:1:2,server.6=f:1:2:observer,version=1"}), "56o");
}

TEST(Change, OnlyForTheVersionThatItIsMeantFor) {
  EXPECT_EQ(ids_after({.leaving = "1", .from_version = 7}), "23");
  EXPECT_EQ(ids_after({.leaving = "1", .from_version = 6}),
            "BadVersion: it is meant for version 6 of the configuration, which is at 7");
}

TEST(Change, WhatIsRefused) {
  EXPECT_EQ(ids_after({.joining = "server.4=d:1:2"}),
            "BadArguments: server.4 has no client port: put ;port behind it");
  EXPECT_EQ(ids_after({.joining = "group.1=1"}), "BadArguments: only servers can join");
  EXPECT_EQ(ids_after({.joining = "server.4=a:1:9;21"}),
            "BadArguments: a:1 is an address of server.1 and of server.4");
  EXPECT_EQ(ids_after({.leaving = "x"}), "BadArguments: 'x' is not a server id");
  EXPECT_EQ(ids_after({.leaving = "1,2,3"}), "BadArguments: nobody votes");
  EXPECT_EQ(
      ids_after({.leaving = "1,2"}, 2),
      "BadArguments: it leaves 1 participants; with standaloneEnabled=true there must be 2 or "
      "more");
}

TEST(Change, WithGroupsOnlyAllMembersAnew) {
  Members grouped = three();
  grouped.hierarchy.groups[1] = {ServerId{1}, ServerId{2}, ServerId{3}};
  const auto changed = judge(grouped, {.leaving = "1"}, 1);
  ASSERT_FALSE(changed.has_value());
  EXPECT_EQ(changed.error().err, ErrorCode::BadArguments);
}

}  // namespace
}  // namespace paddock::reconfig
