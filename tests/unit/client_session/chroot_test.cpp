// SPDX-License-Identifier: Apache-2.0
//
// A session that lives under a chroot: the server sees whole paths, the user sees the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client_session/answer.h"
#include "client_session/multi.h"
#include "harness.h"
#include "jute/reader.h"

namespace paddock::client {
namespace {

using testing::ElementsAre;

const Chroot kApp("/app");
constexpr WatcherId kWatcher{7};

std::string body_of(const jute::Record auto& record) {
  ByteBuffer bytes;
  jute::Writer(bytes).put(record);
  return std::string(bytes.view());
}

TEST(Chroot, GoesInFrontOfPathsAndComesOffAgain) {
  EXPECT_EQ(kApp.to_server("/a/b"), "/app/a/b");
  EXPECT_EQ(kApp.to_server("/"), "/app");
  EXPECT_EQ(kApp.to_client("/app/a/b"), "/a/b");
  EXPECT_EQ(kApp.to_client("/app"), "/");
}

TEST(Chroot, LeavesPathsOutsideOfItAlone) {
  EXPECT_EQ(kApp.to_client("/apple"), "/apple");
  EXPECT_EQ(kApp.to_client("/zookeeper/config"), "/zookeeper/config");
  EXPECT_FALSE(kApp.contains("/apple"));
  EXPECT_FALSE(kApp.contains("/"));
  EXPECT_TRUE(kApp.contains("/app"));
  EXPECT_TRUE(kApp.contains("/app/x"));
}

TEST(Chroot, TheRootIsNone) {
  for (const Chroot& none : {Chroot(), Chroot("/")}) {
    EXPECT_EQ(none.to_server("/a"), "/a");
    EXPECT_EQ(none.to_client("/a"), "/a");
    EXPECT_TRUE(none.contains("/a"));
  }
}

TEST(Chroot, TheChrootItselfCanBeCreatedAndIsTheRootInTheReply) {
  const auto request = create_request(kApp, "/", {});
  ASSERT_TRUE(request);
  View path;
  EXPECT_TRUE(jute::Reader(request->body.view()).get(path));
  EXPECT_EQ(path, "/app");

  const auto created = decode_created(kApp, body_of(jute::PathStatResponse{"/app", {}}));
  EXPECT_EQ(created->path, "/");
}

TEST(Chroot, ComesOffTheResultsOfATransaction) {
  ByteBuffer body;
  jute::Writer writer(body);
  writer.put(jute::MultiHeader{jute::Opcode::Create2, false, 0});
  writer.put(jute::PathStatResponse{"/app/x", {}});
  writer.put(jute::kMultiEnd);

  const auto results = decode_multi(kApp, body.view());
  ASSERT_TRUE(results);
  EXPECT_EQ(results->front().path, "/x");
}

TEST(Chroot, EphemeralsOfANeighbourWhoseNameBeginsAlikeAreNotListed) {
  jute::ListBuilder<View> paths;
  paths.add("/app/mine");
  paths.add("/apple/not-mine");

  EXPECT_THAT(*decode_paths(kApp, body_of(jute::PathsResponse{paths.view()})),
              ElementsAre("/mine"));
}

TEST(Chroot, ComesOffEventsAndStaysInWhatIsArmedAgain) {
  SessionOptions options = Harness::default_options();
  options.chroot = kApp;
  Harness client(std::move(options));
  client.start();
  client.server.create("/app");
  client.server.create("/app/a");
  client.submit(get_request(kApp, "/a", kWatcher));
  client.submit(children_request(kApp, "/", kWatcher));
  client.take_log();
  client.break_connection();
  client.wait(seconds(2));
  EXPECT_THAT(client.server.armed_again, ElementsAre("data /app/a", "child /app"));
  client.take_log();

  client.server.set("/app/a", "new");
  client.server.create("/app/b");
  client.settle();

  EXPECT_THAT(client.take_log(),
              ElementsAre("NodeDataChanged /a -> 7", "NodeChildrenChanged / -> 7"));
}

TEST(Chroot, TheConfigurationIsOutsideOfIt) {
  SessionOptions options = Harness::default_options();
  options.chroot = kApp;
  Harness client(std::move(options));
  client.start();
  client.server.create("/zookeeper/config");
  client.submit(config_request(kWatcher));
  client.take_log();
  client.server.set("/zookeeper/config", "new");
  client.settle();

  EXPECT_THAT(client.take_log(), ElementsAre("NodeDataChanged /zookeeper/config -> 7"));
}

TEST(Answer, WhatDoesNotDecodeIsAMarshallingError) {
  constexpr View kShort("\0\0", 2);
  EXPECT_EQ(decode_created(kApp, kShort).error(), ErrorCode::MarshallingError);
  EXPECT_EQ(decode_stat(kShort).error(), ErrorCode::MarshallingError);
  EXPECT_EQ(decode_data(kShort).error(), ErrorCode::MarshallingError);
  EXPECT_EQ(decode_acl(kShort).error(), ErrorCode::MarshallingError);
  EXPECT_EQ(decode_children(kShort).error(), ErrorCode::MarshallingError);
  EXPECT_EQ(decode_paths(kApp, kShort).error(), ErrorCode::MarshallingError);
  EXPECT_EQ(decode_count(kShort).error(), ErrorCode::MarshallingError);
  EXPECT_EQ(decode_identities(kShort).error(), ErrorCode::MarshallingError);
  EXPECT_EQ(decode_multi(kApp, kShort).error(), ErrorCode::MarshallingError);
}

TEST(Answer, NullAndEmptyDataAreTold) {
  EXPECT_EQ(decode_data(body_of(jute::DataResponse{View{}, {}}))->data, std::nullopt);
  EXPECT_EQ(decode_data(body_of(jute::DataResponse{kEmpty, {}}))->data, "");
}

}  // namespace
}  // namespace paddock::client
