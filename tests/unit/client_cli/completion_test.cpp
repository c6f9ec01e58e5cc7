// SPDX-License-Identifier: Apache-2.0
#include "client_cli/completion.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kCommands =
    std::to_array<std::string_view>({"delete", "deleteall", "get", "getAcl", "help", "ls"});

std::vector<std::string> children_of(const std::string& path) {
  if (path == "/") return {"app", "apple", "zookeeper", "with blank"};
  if (path == "/app") return {"one", "two"};
  return {};
}

Completion at(View line) {
  return complete(line, kCommands, children_of);
}

TEST(Completion, OfCommands) {
  EXPECT_EQ(at("l").insert, "s ");
  EXPECT_EQ(at("del").insert, "ete");
  EXPECT_THAT(at("delete").candidates, ElementsAre("delete", "deleteall"));
  EXPECT_EQ(at("  help de").insert, "lete");
  EXPECT_EQ(at("nosuch").insert, "");
  EXPECT_EQ(at("").candidates.size(), kCommands.size());
}

TEST(Completion, OfPaths) {
  EXPECT_EQ(at("get /zo").insert, "okeeper");
  EXPECT_EQ(at("get /a").insert, "pp");
  EXPECT_THAT(at("get /app").candidates, ElementsAre("/app", "/apple"));
  EXPECT_THAT(at("get -s /app/").candidates, ElementsAre("/app/one", "/app/two"));
  EXPECT_EQ(at("get /app/o").insert, "ne");
  EXPECT_EQ(at("get /none/x").insert, "");
  EXPECT_THAT(at("get -").candidates, IsEmpty());
}

TEST(Completion, InsideOfQuotes) {
  EXPECT_EQ(at("get \"/with b").insert, "lank");
  EXPECT_EQ(at("set '/with").insert, " blank");
  EXPECT_EQ(at("set \"/with blank\" /app/t").insert, "wo");
}

}  // namespace
}  // namespace paddock::cli
