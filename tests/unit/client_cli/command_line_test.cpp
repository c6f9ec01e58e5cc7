// SPDX-License-Identifier: Apache-2.0
#include "client_cli/command_line.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client_cli/usage.h"

namespace paddock::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> split(View line) {
  const auto words = split_line(line);
  return words ? *words : std::vector<std::string>{words.error().message};
}

TEST(SplitLine, AtBlanksAndQuotes) {
  EXPECT_THAT(split("  create /a\t b "), ElementsAre("create", "/a", "b"));
  EXPECT_THAT(split(R"(set "/a b" 'it "is"')"), ElementsAre("set", "/a b", R"(it "is")"));
  EXPECT_THAT(split(R"(set /a "")"), ElementsAre("set", "/a", ""));
  EXPECT_THAT(split(R"(set /a it's)"), ElementsAre("set", "/a", "it's"));
  EXPECT_THAT(split(""), IsEmpty());
  EXPECT_FALSE(split_line("set /a 'open"));
}

std::vector<std::string> translated(const std::vector<std::string>& arguments) {
  return with_two_dashes(arguments);
}

TEST(TwoDashes, ZooKeepersOwnOptionsBeforeTheCommand) {
  EXPECT_THAT(
      translated({"-server", "h:1", "-timeout", "5000", "-r", "get", "/a"}),
      ElementsAre("--server", "h:1", "--session-timeout", "5000ms", "--read-only", "get", "/a"));
  EXPECT_THAT(translated({"-waitforconnection", "ls", "/"}), ElementsAre("ls", "/"));
  EXPECT_THAT(translated({"--auth", "-server", "get"}), ElementsAre("--auth", "-server", "get"));
}

TEST(TwoDashes, OnlyReconfigsOptionsBehindIt) {
  EXPECT_THAT(translated({"reconfig", "-add", "server.1=a", "-remove", "2"}),
              ElementsAre("reconfig", "--add", "server.1=a", "--remove", "2"));
  EXPECT_THAT(translated({"set", "/a", "-add"}), ElementsAre("set", "/a", "-add"));
}

TEST(FindCommand, BehindTheProgramsOptions) {
  const auto find = [](const std::vector<std::string>& arguments) {
    return find_command(arguments);
  };
  EXPECT_EQ(find({"get", "/a"}), 0U);
  EXPECT_EQ(find({"--json", "--server", "get", "ls"}), 3U);
  EXPECT_EQ(find({"--server=x", "ls"}), 1U);
  EXPECT_EQ(find({"--json"}), 1U);
  EXPECT_EQ(find({"--server"}), 1U);
  EXPECT_EQ(find({}), 0U);
}

constexpr auto kNames = std::to_array<std::string_view>(
    {"create", "delete", "deleteall", "get", "getAcl", "ls", "set"});

TEST(Nearest, IsWhatWasProbablyMeant) {
  EXPECT_EQ(nearest("gett", kNames), "get");
  EXPECT_EQ(nearest("getacl", kNames), "getAcl");
  EXPECT_EQ(nearest("craete", kNames), "create");
  EXPECT_EQ(nearest("deletall", kNames), "deleteall");
  EXPECT_EQ(nearest("bogus", kNames), std::nullopt);
  EXPECT_EQ(nearest("", kNames), std::nullopt);
  EXPECT_EQ(nearest("x", {}), std::nullopt);
}

TEST(UnknownCommand, SaysSoAndSuggests) {
  const Failure failure = unknown_command("gett", kNames);
  EXPECT_EQ(failure.exit_code, ExitCode::Usage);
  EXPECT_EQ(failure.message, "Command not found: gett");
  EXPECT_THAT(failure.hint, HasSubstr("did you mean 'get'?"));
}

}  // namespace
}  // namespace paddock::cli
