// SPDX-License-Identifier: Apache-2.0
//
// Settings that are compared while the server runs, and limits that are changed then.
#include "config/effective.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/limit_change.h"
#include "load_helper.h"

namespace paddock::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string value_of(const ServerConfig& config, const std::string& name) {
  const Settings settings = effective_settings(config);
  const auto found = std::ranges::find(settings, name, &Settings::value_type::first);
  return found == settings.end() ? "(none)" : found->second;
}

TEST(EffectiveSettings, AreThoseInForce) {
  const Loaded loaded =
      load_lines("maxClientCnxns=7\npaddock.limit.a.match=any\npaddock.limit.a.watches=5\n");
  EXPECT_EQ(value_of(loaded.config, "maxClientCnxns"), "7");
  EXPECT_EQ(value_of(loaded.config, "paddock.limit.a.match"), "any");
  EXPECT_EQ(value_of(loaded.config, "paddock.limit.a.watches"), "5");
  EXPECT_EQ(value_of(loaded.config, "paddock.limit.a.connections"), "(none)");
}

TEST(EffectiveSettings, HideSecrets) {
  const Loaded loaded =
      load_lines("DigestAuthenticationProvider.superDigest=super:xQJmxLMiHGwaqBvst5y6rkB6HQs=\n");
  for (const auto& [name, value] : effective_settings(loaded.config)) {
    EXPECT_THAT(value, testing::Not(HasSubstr("xQJmxLMi"))) << name;
  }
}

TEST(EffectiveSettings, HashesTellWhatAReloadCanDo) {
  const Loaded before = load_lines("maxClientCnxns=7\n");
  const Loaded limited = load_lines("maxClientCnxns=7\npaddock.limit.a.match=any\n");
  const Loaded other = load_lines("maxClientCnxns=8\n");
  EXPECT_EQ(hashes_of(before.config).restart, hashes_of(limited.config).restart);
  EXPECT_NE(hashes_of(before.config).reload, hashes_of(limited.config).reload);
  EXPECT_NE(hashes_of(before.config).restart, hashes_of(other.config).restart);
  EXPECT_THAT(restart_needed_for(before.config, other.config), ElementsAre("maxClientCnxns"));
  EXPECT_TRUE(restart_needed_for(before.config, limited.config).empty());
}

TEST(LimitChange, ReplacesOneAndLeavesTheOthers) {
  ClientLimitMap limits = load_lines(
                              "paddock.limit.a.match=any\npaddock.limit.a.watches=5\n"
                              "paddock.limit.b.match=any\n")
                              .config.limits.clients;
  const std::vector<std::pair<std::string, std::string>> lines = {{"match", "digest:x:*"},
                                                                  {"connections", "3"}};
  ASSERT_TRUE(put_limit("a", lines, limits));
  ASSERT_EQ(limits.size(), 2U);
  EXPECT_EQ(match_text(limits.at("a")), "digest:x:*");
  EXPECT_EQ(limits.at("a").connections, 3);
  EXPECT_EQ(limits.at("a").watches, 0);
}

TEST(LimitChange, IsJudgedAsALineOfTheFile) {
  using Lines = std::vector<std::pair<std::string, std::string>>;
  ClientLimitMap limits;
  for (const auto& [name, lines] : {std::pair{"a b", Lines{{"match", "any"}}},
                                    std::pair{"", Lines{{"match", "any"}}},
                                    std::pair{"a", Lines{{"match", "host:b"}}},
                                    std::pair{"a", Lines{{"match", "any"}, {"watches", "-1"}}},
                                    std::pair{"a", Lines{{"match", "path:/a"}, {"watches", "1"}}},
                                    std::pair{"a", Lines{{"watches", "1"}}}}) {
    EXPECT_FALSE(put_limit(name, lines, limits)) << name;
    EXPECT_TRUE(limits.empty());
  }
}

}  // namespace
}  // namespace paddock::config
