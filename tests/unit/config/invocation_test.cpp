// SPDX-License-Identifier: Apache-2.0
#include "config/invocation.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<Invocation> parse(std::vector<std::string_view> arguments,
                         const Environment& environment = {}) {
  return parse_invocation(arguments, environment);
}

std::vector<std::string> overrides_of(const Result<Invocation>& invocation) {
  std::vector<std::string> lines;
  for (const Setting& setting : invocation->overrides) {
    EXPECT_EQ(setting.layer, Layer::CommandLine);
    lines.push_back(setting.key + "=" + setting.value);
  }
  return lines;
}

TEST(Invocation, FileAndOverrides) {
  const auto invocation = parse({"zoo.cfg", "tickTime=500", "server.1=h:1:2;3", "a=b=c", "empty="});

  ASSERT_TRUE(invocation) << invocation.error().message;
  EXPECT_EQ(invocation->action, Action::Run);
  EXPECT_EQ(invocation->file, "zoo.cfg");
  EXPECT_TRUE(invocation->file_is_required);
  EXPECT_THAT(overrides_of(invocation),
              ElementsAre("tickTime=500", "server.1=h:1:2;3", "a=b=c", "empty="));
}

TEST(Invocation, PortAndDirectoryAsZooKeepersMainClassTakesThem) {
  EXPECT_THAT(overrides_of(parse({"2181", "/data"})),
              ElementsAre("clientPort=2181", "dataDir=/data"));
  EXPECT_THAT(
      overrides_of(parse({"2181", "/data", "2000", "0", "snapCount=5"})),
      ElementsAre(
          "snapCount=5", "clientPort=2181", "dataDir=/data", "tickTime=2000", "maxClientCnxns=0"));
  EXPECT_EQ(parse({"2181", "/data"}, {{"ZOOCFGDIR", "/conf"}})->file, "");
}

TEST(Invocation, EnvironmentNamesTheFileWhenNoneIsGiven) {
  EXPECT_EQ(parse({})->file, "");
  EXPECT_EQ(parse({}, {{"ZOOCFGDIR", "/etc/zk"}})->file, "/etc/zk/zoo.cfg");
  EXPECT_EQ(parse({}, {{"ZOO_CONF_DIR", "/conf"}})->file, "/conf/zoo.cfg");
  EXPECT_EQ(parse({}, {{"ZOOCFGDIR", "/a"}, {"ZOO_CONF_DIR", "/b"}, {"ZOOCFG", "z.cfg"}})->file,
            "/a/z.cfg");
  EXPECT_EQ(parse({}, {{"ZOOCFGDIR", "/a"}, {"ZOOCFG", "/b/z.cfg"}})->file, "/b/z.cfg");
  EXPECT_EQ(parse({"x.cfg"}, {{"ZOOCFGDIR", "/a"}})->file, "x.cfg");
  EXPECT_FALSE(parse({}, {{"ZOO_CONF_DIR", "/conf"}})->file_is_required);
}

TEST(Invocation, OptionsChooseTheAction) {
  EXPECT_EQ(parse({"--check-config", "zoo.cfg"})->action, Action::CheckConfig);
  EXPECT_EQ(parse({"zoo.cfg", "--check-config"})->file, "zoo.cfg");
  EXPECT_EQ(parse({"--print-config-reference"})->action, Action::PrintConfigReference);
  EXPECT_EQ(parse({"-h"})->action, Action::ShowHelp);
  EXPECT_EQ(parse({"--version"})->action, Action::ShowVersion);
  EXPECT_THAT(std::string(usage()), HasSubstr("--check-config"));
}

TEST(Invocation, NonsenseIsRefused) {
  const auto message = [](std::vector<std::string_view> arguments) {
    const auto invocation = parse(std::move(arguments));
    return invocation ? std::string() : invocation.error().message;
  };
  EXPECT_EQ(message({"--frobnicate"}), "unknown option --frobnicate; see --help");
  EXPECT_EQ(message({"zoo.cfg", "more"}), "'more' is neither key=value nor an option; see --help");
  EXPECT_EQ(message({"=5"}), "'=5' has no key before '='");
  EXPECT_EQ(message({"2181"}),
            "expected <clientPort> <dataDir> [tickTime] [maxClientCnxns]; see --help");
  EXPECT_EQ(message({"1", "2", "3", "4", "5"}),
            "expected <clientPort> <dataDir> [tickTime] [maxClientCnxns]; see --help");
}

}  // namespace
}  // namespace paddock::config
