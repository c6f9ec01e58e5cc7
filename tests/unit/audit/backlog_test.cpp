// SPDX-License-Identifier: Apache-2.0
#include "audit/backlog.h"

#include <gtest/gtest.h>

#include "audit/portion.h"

namespace paddock::audit {
namespace {

Event named(const std::string& znode) {
  return {.at = WallTime{7}, .operation = Operation::Delete, .znode = znode};
}

TEST(AuditBacklog, GivesWhatItTookInOrder) {
  Backlog backlog({.events_max = 3});
  Events events{named("/a"), named("/b")};
  backlog.put(events);
  EXPECT_TRUE(events.empty());
  Events taken;
  backlog.take(taken);
  EXPECT_EQ(taken, (Events{named("/a"), named("/b")}));
  EXPECT_TRUE(backlog.empty());
  EXPECT_EQ(backlog.lost(), 0);
}

TEST(AuditBacklog, CountsAndTellsWhatFoundNoRoom) {
  Backlog backlog({.events_max = 2});
  Events events{named("/a"), named("/b"), named("/c"), named("/d")};
  backlog.put(events);
  EXPECT_EQ(backlog.lost(), 2);
  Events taken;
  backlog.take(taken);
  const Event told{.at = WallTime{7},
                   .operation = Operation::EventsLost,
                   .count = 2,
                   .outcome = Outcome::Failure};
  EXPECT_EQ(taken, (Events{named("/a"), named("/b"), told}));
  // Once.
  events = {named("/e")};
  backlog.put(events);
  taken.clear();
  backlog.take(taken);
  EXPECT_EQ(taken, (Events{named("/e")}));
}

TEST(AuditBacklog, IsBoundedInBytesToo) {
  Backlog backlog({.bytes_max = 10'000});
  Events events{named(std::string(9'000, 'x')), named(std::string(9'000, 'y')), named("/small")};
  backlog.put(events);
  EXPECT_EQ(backlog.lost(), 1);
  Events taken;
  backlog.take(taken);
  ASSERT_EQ(taken.size(), 3U);
  EXPECT_EQ(taken[1].znode, "/small");
  events = {named(std::string(9'000, 'z'))};
  backlog.put(events);
  EXPECT_EQ(backlog.lost(), 1);
}

TEST(AuditPortions, AreWholeLinesThatFit) {
  EXPECT_EQ(portion_of("a\nb\n", 0, 4), 4U);
  EXPECT_EQ(portion_of("a\nb\nc\n", 0, 5), 4U);
  EXPECT_EQ(portion_of("a\nb\nc\n", 4, 5), 0U);
  EXPECT_EQ(portion_of("a\nb\n", 9, 5), 0U);
}

TEST(AuditPortions, OfALineThatFillsAFileAloneAreThatLine) {
  EXPECT_EQ(portion_of("0123456789\nb\n", 0, 5), 11U);
  EXPECT_EQ(portion_of("0123456789\nb\n", 1, 5), 0U);
}

}  // namespace
}  // namespace paddock::audit
