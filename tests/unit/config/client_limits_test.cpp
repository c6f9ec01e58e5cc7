// SPDX-License-Identifier: Apache-2.0
#include "config/client_limits.h"

#include <gtest/gtest.h>

#include "load_helper.h"

namespace paddock::config {
namespace {

TEST(ClientLimitKeys, MakeUpALimitByName) {
  const Loaded loaded = load_lines(
      "paddock.limit.kafka.match=digest:kafka:*\npaddock.limit.kafka.requestsPerSecond=100\n"
      "paddock.limit.kafka.bytesPerSecond=200\npaddock.limit.kafka.connections=3\n"
      "paddock.limit.kafka.watches=4\npaddock.limit.kafka.sessions=5\n"
      "paddock.limit.kafka.ephemerals=6\npaddock.limit.all.match=any\n");
  ASSERT_TRUE(loaded.ok()) << loaded.errors.front();
  const ClientLimitMap& limits = loaded.config.limits.clients;
  ASSERT_EQ(limits.size(), 2U);
  const ClientLimit& kafka = limits.at("kafka");
  EXPECT_EQ(kafka.scheme, "digest");
  EXPECT_EQ(kafka.pattern, "kafka:*");
  EXPECT_EQ(kafka.requests_per_second, 100);
  EXPECT_EQ(kafka.bytes_per_second, 200);
  EXPECT_EQ(kafka.connections, 3);
  EXPECT_EQ(kafka.watches, 4);
  EXPECT_EQ(kafka.sessions, 5);
  EXPECT_EQ(kafka.ephemerals, 6);
  EXPECT_EQ(limits.at("all").scheme, "any");
}

TEST(ClientLimitKeys, AreAboutIdentitiesOfAllSchemes) {
  for (const std::string match : {"ip:10.0.0.0/8",
                                  "digest:kafka:*",
                                  "sasl:kafka",
                                  "x509:CN=kafka",
                                  "san:URI:spiffe://example/kafka",
                                  "jwt:system:serviceaccount:apps:kafka"}) {
    const Loaded loaded = load_lines("paddock.limit.a.match=" + match + "\n");
    ASSERT_TRUE(loaded.ok()) << loaded.errors.front();
    const ClientLimit& limit = loaded.config.limits.clients.at("a");
    EXPECT_EQ(limit.scheme + ":" + limit.pattern, match);
  }
}

TEST(ClientLimitKeys, ThatMeanNothingAreErrors) {
  for (const std::string line : {"paddock.limit.a.requestsPerSecond=1",
                                 "paddock.limit.a.match=host:b",
                                 "paddock.limit.a.match=ip:10.0.0.0/33",
                                 "paddock.limit.a.match=path:kafka",
                                 "paddock.limit.a.match=digest:",
                                 "paddock.limit.a.match=path:/a\npaddock.limit.a.watches=1",
                                 "paddock.limit.a.match=any\npaddock.limit.a.nodes=1",
                                 "paddock.limit.a.match=any\npaddock.limit.a.watches=-1",
                                 "paddock.limit.a-b.match=any",
                                 "paddock.limit.a=any"}) {
    const Loaded loaded = load_lines(line + "\n");
    EXPECT_FALSE(loaded.ok()) << line;
  }
}

TEST(ClientLimitKeys, WhatQuotasLimitSaysSo) {
  for (const std::string lines : {"paddock.limit.a.match=any\npaddock.limit.a.znodes=1",
                                  "paddock.limit.a.match=any\npaddock.limit.a.bytes=1",
                                  "paddock.limit.a.match=path:/a\npaddock.limit.a.znodes=1",
                                  "paddock.limit.a.match=path:/a\npaddock.limit.a.ephemerals=1",
                                  "paddock.limit.a.match=path:/a\npaddock.limit.a.sessions=1"}) {
    const Loaded loaded = load_lines(lines + "\n");
    ASSERT_FALSE(loaded.ok()) << lines;
    EXPECT_NE(loaded.errors.front().find("setquota"), std::string::npos) << loaded.errors.front();
  }
}

TEST(MemoryLimitKey, IsANumberOfBytesOrAPercentage) {
  EXPECT_EQ(load_lines("").config.limits.memory.bytes, 0);
  EXPECT_EQ(load_lines("paddock.memoryLimit=4000000000\n").config.limits.memory.bytes, 4000000000);
  EXPECT_EQ(load_lines("paddock.memoryLimit=80%\n").config.limits.memory.percent, 80);
  for (const std::string value : {"0%", "101%", "-1", "some", "%"}) {
    EXPECT_FALSE(load_lines("paddock.memoryLimit=" + value + "\n").ok()) << value;
  }
}

}  // namespace
}  // namespace paddock::config
