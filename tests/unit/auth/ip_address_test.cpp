// SPDX-License-Identifier: Apache-2.0
#include "auth/ip_address.h"

#include <gtest/gtest.h>

namespace paddock::auth {
namespace {

TEST(IpRange, AcceptsAddressesAndPrefixes) {
  for (const View text : {"0.0.0.0",
                          "255.255.255.255",
                          "010.1.2.3",
                          "1.2.3.4/0",
                          "1.2.3.4/32",
                          "::",
                          "::1",
                          "1::",
                          "1:2:3:4:5:6:7:8",
                          "2001:DB8::ff00:42:8329",
                          "::/0",
                          "fe80::1/128",
                          "1:2:3:4:5:6:7::"}) {
    EXPECT_TRUE(is_ip_range(text)) << text;
  }
}

TEST(IpRange, RefusesEverythingElse) {
  for (const View text : {"",
                          "/",
                          "1.2.3",
                          "1.2.3.4.5",
                          "1.2.3.256",
                          "1.2.3.",
                          ".1.2.3",
                          "1.2.3.x",
                          "+1.2.3.4",
                          "1.2.3.4/",
                          "1.2.3.4/33",
                          "1.2.3.4/-1",
                          "1.2.3.4/8/8",
                          "1.2.3.4 ",
                          ":",
                          ":::",
                          "1:::2",
                          "1:2:3:4:5:6:7",
                          "1:2:3:4:5:6:7:8:9",
                          "1:2:3:4:5:6:7:8::",
                          "::1::2",
                          "12345::",
                          "g::",
                          "1:2:3:4:5:6:7:",
                          "::1/129",
                          "::ffff:1.2.3.4",
                          "99999999999999999999.1.1.1"}) {
    EXPECT_FALSE(is_ip_range(text)) << text;
  }
}

struct MatchCase {
  View address;
  View range;
  bool expected;
};

class IpMatch : public testing::TestWithParam<MatchCase> {};

TEST_P(IpMatch, ComparesTheLeadingBits) {
  EXPECT_EQ(is_ip_in_range(GetParam().address, GetParam().range), GetParam().expected)
      << GetParam().address << " in " << GetParam().range;
}

INSTANTIATE_TEST_SUITE_P(Addresses,
                         IpMatch,
                         testing::Values(MatchCase{"10.1.2.3", "10.1.2.3", true},
                                         MatchCase{"10.1.2.3", "10.1.2.4", false},
                                         MatchCase{"10.1.2.3", "10.0.0.0/8", true},
                                         MatchCase{"11.1.2.3", "10.0.0.0/8", false},
                                         MatchCase{"10.127.0.1", "10.0.0.0/9", true},
                                         MatchCase{"10.128.0.1", "10.0.0.0/9", false},
                                         MatchCase{"10.1.2.3", "0.0.0.0/0", true},
                                         MatchCase{"10.1.2.255", "10.1.2.0/25", false},
                                         MatchCase{"10.1.2.3", "10.1.2.2/31", true},
                                         MatchCase{"::1", "::1", true},
                                         MatchCase{"0:0:0:0:0:0:0:1", "::1", true},
                                         MatchCase{"FD00::1", "fd00::/16", true},
                                         MatchCase{"fd01::1", "fd00::/16", false},
                                         MatchCase{"fd01::1", "fd00::/15", true},
                                         MatchCase{"10.1.2.3", "::/0", false},
                                         MatchCase{"::1", "0.0.0.0/0", false},
                                         MatchCase{"garbage", "0.0.0.0/0", false},
                                         MatchCase{"10.1.2.3", "garbage", false},
                                         MatchCase{"10.1.2.3/8", "10.0.0.0/8", false}));

}  // namespace
}  // namespace paddock::auth
