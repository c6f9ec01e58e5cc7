// SPDX-License-Identifier: Apache-2.0
#include "base/ip_range.h"

#include <gtest/gtest.h>

namespace paddock {
namespace {

bool holds(std::string_view range, std::string_view address) {
  const auto parsed = IpRange::parse(range);
  return parsed && parsed->contains(address);
}

TEST(IpRanges, HoldTheAddressesWithTheSameLeadingBits) {
  EXPECT_TRUE(holds("10.0.0.0/8", "10.255.1.2"));
  EXPECT_FALSE(holds("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(holds("192.168.4.0/22", "192.168.7.255"));
  EXPECT_FALSE(holds("192.168.4.0/22", "192.168.8.0"));
  EXPECT_TRUE(holds("0.0.0.0/0", "1.2.3.4"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(IpRanges, WithoutBitsAreOneAddress) {
  EXPECT_TRUE(holds("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(holds("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(holds("::1", "0:0:0:0:0:0:0:1"));
}

TEST(IpRanges, HoldNothingOfTheOtherFamily) {
  EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
  EXPECT_FALSE(holds("::/0", "127.0.0.1"));
  EXPECT_FALSE(holds("0.0.0.0/0", "host"));
}

TEST(IpRanges, AreNothingElse) {
  for (const std::string_view text :
       {"", "10", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "host"}) {
    EXPECT_FALSE(IpRange::parse(text)) << text;
  }
}

}  // namespace
}  // namespace paddock
