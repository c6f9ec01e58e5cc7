// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manager/log_text.h"
#include "manager/numbers.h"
#include "manager/options.h"

namespace paddock::manager {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Options, AreReadFromFlags) {
  constexpr std::array<std::string_view, 5> kWords{"--watch-namespaces=a,b",
                                                   "--listen=127.0.0.1:9000",
                                                   "--leader-elect=false",
                                                   "--log-format=text",
                                                   "--lease-namespace=ops"};
  const auto options = parse_options(kWords);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_THAT(options->namespaces, ElementsAre("a", "b"));
  EXPECT_EQ(options->listen_host, "127.0.0.1");
  EXPECT_EQ(options->listen_port, 9000);
  EXPECT_FALSE(options->elects_leader);
  EXPECT_EQ(options->log_format, "text");
  EXPECT_EQ(options->lease_namespace, "ops");
}

TEST(Options, SayWhichFlagIsWrong) {
  for (const std::string_view word : {"--listen=here",
                                      "--listen=:70000",
                                      "--leader-elect=yes",
                                      "--log-level=loud",
                                      "--watch=a",
                                      "watch"}) {
    const auto options = parse_options(std::array{word});
    ASSERT_FALSE(options) << word;
    EXPECT_THAT(options.error().message, HasSubstr(std::string(word.substr(0, word.find('=')))));
  }
}

TEST(LogText, IsOneLine) {
  const WallTime at{1'795'853'730'000};
  EXPECT_EQ(json_line(at, "info", "a \"b\"\nc", {{"ensemble", "ns/main"}, {"member", ""}}),
            R"({"ts":"2026-11-28T08:15:30.000000Z","level":"info","msg":"a \"b\"\nc",)"
            R"("ensemble":"ns/main"})");
  EXPECT_EQ(text_line(at, "warn", "said", {{"ensemble", "ns/main"}, {"error", "a b"}}),
            "2026-11-28T08:15:30.000000Z warn said ensemble=ns/main error=\"a b\"");
}

TEST(Numbers, CountAttemptsByMethodAndCode) {
  RequestNumbers numbers;
  numbers.count({.verb = kube::Verb::Get, .code = 200});
  numbers.count({.verb = kube::Verb::Get, .code = 200});
  numbers.count({.verb = kube::Verb::Patch, .code = 0});
  const std::string text = metrics::to_prometheus({numbers.total()});
  EXPECT_THAT(text, HasSubstr(R"(rest_client_requests_total{method="GET",code="200"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(rest_client_requests_total{method="PATCH",code="<error>"} 1)"));
}

}  // namespace
}  // namespace paddock::manager
