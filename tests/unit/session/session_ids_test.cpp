// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <gtest/gtest.h>

#include "session/session_table.h"

namespace paddock::session {
namespace {

TEST(SessionIds, HoldTheServerTheTimeAndACount) {
  SessionIds ids(ServerId{3}, WallTime{0x12'3456'789a});

  EXPECT_EQ(raw(ids.next()), 0x0312'3456'789a'0000);
  EXPECT_EQ(raw(ids.next()), 0x0312'3456'789a'0001);
}

TEST(SessionIds, KeepTheServerInTheTopByteWhateverTheTime) {
  SessionIds ids(ServerId{200}, WallTime{0x7f'ff12'3456'789a});
  EXPECT_EQ(raw(ids.next()), static_cast<std::int64_t>(0xc812'3456'789a'0000U));
}

TEST(SessionIds, AreNeverZeroNorTheSmallestLong) {
  EXPECT_EQ(raw(SessionIds(ServerId{0}, WallTime{0}).next()), 1);
  EXPECT_EQ(raw(SessionIds(ServerId{128}, WallTime{0}).next()),
            std::numeric_limits<std::int64_t>::min() + 1);
}

TEST(SessionIds, SkipWhatIsInUseByTheSameServer) {
  SessionIds ids(ServerId{1}, WallTime{0});
  ids.skip(SessionId{0x0100'0000'0000'0500});
  ids.skip(SessionId{0x0100'0000'0000'0003});
  ids.skip(SessionId{0x0200'0000'0000'0900});

  EXPECT_EQ(raw(ids.next()), 0x0100'0000'0000'0501);
}

TEST(SessionIds, LeaveAGapBehindWhatIsSkipped) {
  SessionIds ids(ServerId{1}, WallTime{0}, 1000);
  const std::int64_t server = std::int64_t{1} << 56U;
  ids.skip(SessionId{server + 50});
  EXPECT_EQ(raw(ids.next()), server + 1051);
  ids.skip(SessionId{server + 1051});
  EXPECT_EQ(raw(ids.next()), server + 1052) << "its own";
  ids.skip(SessionId{server + (std::int64_t{1} << 56U) - 10});
  EXPECT_EQ(raw(ids.next()), server + 992) << "around";
}

TEST(SessionIds, StartAgainWithinTheSameServerWhenTheCountIsUsedUp) {
  SessionIds ids(ServerId{1}, WallTime{0});
  ids.skip(SessionId{0x01ff'ffff'ffff'ffff});

  EXPECT_EQ(raw(ids.next()), 0x0100'0000'0000'0001);
}

TEST(SessionIds, OfServersWithoutAQuorumAreNoServersOwnAndDifferByServer) {
  SessionIds ids = SessionIds::of_read_only(ServerId{3}, WallTime{0x12'3456'789a});
  const SessionId first = ids.next();

  EXPECT_EQ(raw(first), 0x0003'3456'789a'0000);
  EXPECT_TRUE(SessionIds::is_of_read_only(first));
  EXPECT_TRUE(SessionIds::is_of_read_only(ids.next()));
  EXPECT_NE(SessionIds::of_read_only(ServerId{4}, WallTime{0x12'3456'789a}).next(), first);
  EXPECT_FALSE(SessionIds::is_of_read_only(SessionIds(ServerId{3}, WallTime{0}).next()));
  EXPECT_FALSE(SessionIds::is_of_read_only(SessionIds(ServerId{255}, WallTime{0}).next()));
}

}  // namespace
}  // namespace paddock::session
