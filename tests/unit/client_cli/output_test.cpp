// SPDX-License-Identifier: Apache-2.0
#include "client_cli/output.h"

#include <sstream>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class OutputTest : public testing::Test {
 protected:
  std::ostringstream out_;
  std::ostringstream err_;
  Output text_{out_, err_, Format::Text};
  Output json_{out_, err_, Format::Json};
};

TEST_F(OutputTest, TextAndJsonAreNeverMixed) {
  text_.line("a line");
  text_.json({{"a", 1}});
  EXPECT_EQ(out_.str(), "a line\n");
  out_.str("");

  json_.line("a line");
  json_.raw("bytes");
  json_.json({{"a", 1}});
  EXPECT_EQ(out_.str(), "{\"a\":1}\n");
}

TEST_F(OutputTest, AFailureGoesToStandardErrorWithItsHint) {
  const Failure failure = refused(ErrorCode::NotEmpty, "/a").error();
  text_.failure(failure);
  EXPECT_EQ(err_.str(),
            "Node not empty: /a\n  use 'deleteall' to delete it with all its children\n");
  EXPECT_EQ(out_.str(), "");
  err_.str("");

  json_.failure(failure);
  EXPECT_EQ(err_.str(),
            R"({"error":{"message":"Node not empty: /a","hint":"use 'deleteall' to delete it with )"
            R"(all its children","code":-111,"name":"NotEmpty","path":"/a"}})"
            "\n");
}

TEST_F(OutputTest, AnEventAsZooKeepersShellPrintsIt) {
  text_.event({.type = client::EventType::NodeDeleted, .path = "/a", .zxid = Zxid{7}});
  EXPECT_EQ(out_.str(),
            "\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDeleted path:/a zxid: 7\n");
  out_.str("");
  client::Event expired;
  expired.state = client::KeeperState::Expired;
  text_.event(expired);
  EXPECT_THAT(out_.str(), EndsWith("WatchedEvent state:Expired type:None path:null\n"));
}

TEST_F(OutputTest, AStatHasZooKeepersElevenLines) {
  client::Stat stat;
  stat.czxid = 0x10;
  stat.ephemeral_owner = 0x1000000000001;
  stat.data_length = 3;
  text_.stat(stat);
  EXPECT_THAT(out_.str(), HasSubstr("cZxid = 0x10\n"));
  EXPECT_THAT(out_.str(), HasSubstr("ephemeralOwner = 0x1000000000001\n"));
  EXPECT_THAT(out_.str(), EndsWith("dataLength = 3\nnumChildren = 0\n"));
}

TEST(AddData, NullTextAndBytes) {
  const auto with = [](const std::optional<std::string>& data) {
    boost::json::object object;
    add_data(object, data);
    return boost::json::serialize(object);
  };
  EXPECT_EQ(with(std::nullopt), R"({"data":null})");
  EXPECT_EQ(with(""), R"({"data":""})");
  EXPECT_EQ(with("ü\n\""), "{\"data\":\"ü\\n\\\"\"}");
  EXPECT_EQ(with("\xff"), R"({"data_base64":"/w=="})");
}

TEST(Refused, WhatWasLostIsUnreachableTheRestRefused) {
  EXPECT_EQ(refused(ErrorCode::NoNode, "/a").error().exit_code, ExitCode::Refused);
  EXPECT_EQ(refused(ErrorCode::ConnectionLoss, "/a").error().exit_code, ExitCode::Unreachable);
  EXPECT_EQ(refused(ErrorCode::SessionExpired, "/a").error().exit_code, ExitCode::Unreachable);
  EXPECT_EQ(refused(ErrorCode::SystemError, "/a").error().message,
            "KeeperErrorCode = SystemError for /a");
}

}  // namespace
}  // namespace paddock::cli
