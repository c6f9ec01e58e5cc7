// SPDX-License-Identifier: Apache-2.0
#include "client_session/host_list.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> hosts_of(View text) {
  const auto parsed = parse_connect_string(text);
  if (!parsed) return {parsed.error().message};
  std::vector<std::string> texts;
  for (const Host& host : parsed->hosts) texts.push_back(to_string(host));
  return texts;
}

std::string error_of(View text) {
  const auto parsed = parse_connect_string(text);
  return parsed ? "no error" : parsed.error().message;
}

TEST(ConnectString, HostsWithAndWithoutPorts) {
  EXPECT_THAT(hosts_of("a"), ElementsAre("a:2181"));
  EXPECT_THAT(hosts_of("a:1,b:2,c"), ElementsAre("a:1", "b:2", "c:2181"));
  EXPECT_THAT(hosts_of(" a:1 , b:2 ,"), ElementsAre("a:1", "b:2"));
}

TEST(ConnectString, Ipv6InBracketsOrAlone) {
  EXPECT_THAT(hosts_of("[::1]:2182"), ElementsAre("[::1]:2182"));
  EXPECT_THAT(hosts_of("[::1]"), ElementsAre("[::1]:2181"));
  EXPECT_THAT(hosts_of("::1"), ElementsAre("[::1]:2181"));
  EXPECT_THAT(hosts_of("[fe80::1%eth0]:1,127.0.0.1:2"),
              ElementsAre("[fe80::1%eth0]:1", "127.0.0.1:2"));
}

TEST(ConnectString, Chroot) {
  EXPECT_EQ(parse_connect_string("a,b/app/x")->chroot, "/app/x");
  EXPECT_EQ(parse_connect_string("a/")->chroot, "");
  EXPECT_EQ(parse_connect_string("a")->chroot, "");
}

TEST(ConnectString, WhatIsWrongIsSaid) {
  EXPECT_THAT(error_of(""), HasSubstr("names no server"));
  EXPECT_THAT(error_of("/app"), HasSubstr("names no server"));
  EXPECT_THAT(error_of(":2181"), HasSubstr("names no server"));
  EXPECT_THAT(error_of("a:0"), HasSubstr("1 to 65535"));
  EXPECT_THAT(error_of("a:65536"), HasSubstr("1 to 65535"));
  EXPECT_THAT(error_of("a:port"), HasSubstr("'port'"));
  EXPECT_THAT(error_of("a:2181x"), HasSubstr("'2181x'"));
  EXPECT_THAT(error_of("[::1:2181"), HasSubstr("']'"));
  EXPECT_THAT(error_of("[::1]2181"), HasSubstr("[::1]:2181"));
  EXPECT_THAT(error_of("a::1]:2181"), HasSubstr("not a server's name"));
  EXPECT_THAT(error_of("a b:2181"), HasSubstr("not a server's name"));
  EXPECT_THAT(error_of("a/app/"), HasSubstr("must not end with '/'"));
  EXPECT_THAT(error_of("a//app"), HasSubstr("empty component"));
}

std::vector<Host> five_hosts() {
  return {{"a"}, {"b"}, {"c"}, {"d"}, {"e"}};
}

std::string order_with(std::uint64_t seed) {
  Prng prng(seed);
  HostList list(five_hosts(), prng);
  std::string order;
  for (std::size_t i = 0; i < list.size(); ++i) order += list.next().name;
  return order;
}

TEST(HostList, EveryClientTriesAllServersInAnOrderOfItsOwn) {
  std::set<std::string> orders;
  std::set<char> firsts;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::string order = order_with(seed);
    orders.insert(order);
    firsts.insert(order.front());
    std::ranges::sort(order);
    EXPECT_EQ(order, "abcde");
  }
  EXPECT_GT(orders.size(), 30U);
  EXPECT_EQ(firsts.size(), 5U);
}

TEST(HostList, TheOrderLastsAndRoundsAreCounted) {
  Prng prng(1);
  HostList list(five_hosts(), prng);
  std::string first;
  std::string second;
  for (int i = 0; i < 5; ++i) first += list.next().name;
  EXPECT_TRUE(list.is_round_complete());
  EXPECT_EQ(list.failed_rounds(), 1U);
  for (int i = 0; i < 5; ++i) second += list.next().name;
  EXPECT_EQ(first, second);
  EXPECT_EQ(list.failed_rounds(), 2U);
  list.on_success();
  EXPECT_EQ(list.failed_rounds(), 0U);
}

TEST(HostList, APreferredServerComesNext) {
  Prng prng(1);
  HostList list(five_hosts(), prng);
  list.prefer({"d"});
  EXPECT_EQ(list.next().name, "d");
  list.prefer({"not in the list"});
  EXPECT_NE(list.next().name, "d");
}

}  // namespace
}  // namespace paddock::client
