// SPDX-License-Identifier: Apache-2.0
//
// Members, groups, roles and ids: what zoo.cfg, the dynamic file, myid and the environment say
// together.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "load_helper.h"

namespace paddock::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kThree =
    "initLimit=10\nsyncLimit=5\n"
    "server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\nserver.3=zk3:2888:3888\n";

/// An ensemble of three in which this server has the id 2.
World ensemble(const std::string& lines = {}) {
  World world = with_lines(std::string(kThree) + lines);
  world.files["/data/myid"] = "2\n";
  return world;
}

TEST(Ensemble, ThreeServersWithAnIdAreOne) {
  const Loaded loaded = ensemble().load();

  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_FALSE(loaded.config.is_standalone());
  EXPECT_EQ(loaded.config.ensemble.my_id, ServerId{2});
  EXPECT_EQ(loaded.config.ensemble.members.size(), 3U);
  EXPECT_EQ(loaded.config.ensemble.connect_limit, 10);
  EXPECT_FALSE(loaded.config.storage.start_empty);
}

TEST(Ensemble, LimitsAndIdAreRequired) {
  const Loaded loaded = load_lines("server.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\n");

  EXPECT_THAT(
      loaded.errors,
      ElementsAre("initLimit is required in an ensemble",
                  "syncLimit is required in an ensemble",
                  "/data/myid must hold this server's id, the N of its server.N (1 to 255)"));
}

TEST(Ensemble, SingleServerIsStandaloneUnlessToldOtherwise) {
  const Loaded standalone = load_lines("server.1=a:1:2;2182\nclientPort=2182\n");
  ASSERT_THAT(standalone.errors, IsEmpty());
  EXPECT_TRUE(standalone.config.is_standalone());
  EXPECT_TRUE(standalone.config.storage.start_empty);

  World world = with_lines(
      "server.1=a:1:2;2181\nstandaloneEnabled=false\ninitLimit=5\nsyncLimit=2\ndb.autocreate="
      "yes\n");
  world.files["/data/myid"] = "1";
  const Loaded replicated = world.load();
  ASSERT_THAT(replicated.errors, IsEmpty());
  EXPECT_FALSE(replicated.config.is_standalone());
  EXPECT_TRUE(replicated.config.storage.start_empty) << "asked for";
}

TEST(Ensemble, BeginsByItselfUnlessToldNotTo) {
  EXPECT_FALSE(ensemble().load().config.storage.awaits_initialize);

  const Loaded loaded = ensemble("db.autocreate=false\n").load();

  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_FALSE(loaded.config.storage.start_empty);
  EXPECT_TRUE(loaded.config.storage.awaits_initialize);
}

TEST(Ensemble, SingleServerLineGivesTheClientPort) {
  World world;
  world.text =
      "dataDir=/data\nserver.1=localhost:2888:3888;127.0.0.1:2191;2281\n"
      "ssl.keyStore.location=/k\nssl.trustStore.location=/t\n";

  const Loaded loaded = world.load();

  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.config.clients.plain, (Endpoint{"127.0.0.1", 2191}));
  EXPECT_EQ(loaded.config.clients.secure, (Endpoint{"", 2281}));
}

TEST(Ensemble, ServerLineMustNotContradictTheClientPort) {
  World world = ensemble("server.2=zk2:2888:3888;2182\n");

  EXPECT_THAT(world.load().errors,
              ElementsAre("zoo.cfg:2: clientPort: 0.0.0.0:2181 differs from 0.0.0.0:2182 in this "
                          "server's server.N line"));

  world = ensemble("server.2=zk2:2888:3888;10.0.0.2:2181\n");
  EXPECT_EQ(world.load().config.clients.plain, (Endpoint{"10.0.0.2", 2181}));
}

TEST(Ensemble, RoleOfTheServerLineCounts) {
  const Loaded loaded = ensemble("peerType=observer\n").load();

  EXPECT_EQ(loaded.config.ensemble.peer_type, PeerType::Participant);
  EXPECT_THAT(loaded.warnings,
              ElementsAre("zoo.cfg:8: peerType differs from the role in server.2, which counts"));
}

TEST(Ensemble, ServerThatIsNotListedIsTold) {
  World world = ensemble();
  world.files["/data/myid"] = "9";

  const Loaded loaded = world.load();

  EXPECT_TRUE(loaded.ok());
  EXPECT_THAT(loaded.warnings,
              ElementsAre("there is no server.9: this server is not a member and must be added"));
}

TEST(Ensemble, SizesThatSurviveLittleAreWarnedAbout) {
  EXPECT_THAT(load_lines("server.1=a:1:2\nserver.2=b:1:2\n").warnings,
              ElementsAre("server.N: with two participants no failure is survived; run three"));
  EXPECT_THAT(ensemble("server.4=zk4:2888:3888\n").load().warnings,
              ElementsAre("server.N: 4 participants survive no more failures than 3"));
}

class BadMyId : public testing::TestWithParam<std::string> {};

TEST_P(BadMyId, IsRefused) {
  World world = ensemble();
  world.files["/data/myid"] = GetParam() + "\nignored";

  EXPECT_THAT(world.load().errors,
              Contains("/data/myid: '" + GetParam() + "' is not a server id (1 to 255)"));
}

INSTANTIATE_TEST_SUITE_P(All, BadMyId, testing::Values("", "x", "256", "-1", "1.5", "1 2"));

TEST(Ensemble, EnvironmentStandsInForMyId) {
  World world = ensemble();
  world.files.clear();
  world.environment = {{"ZOO_MY_ID", "3"}};
  EXPECT_EQ(world.load().config.ensemble.my_id, ServerId{3});

  world.files["/data/myid"] = "1";
  const Loaded loaded = world.load();
  EXPECT_EQ(loaded.config.ensemble.my_id, ServerId{1});
  EXPECT_THAT(loaded.warnings,
              ElementsAre("/data/myid holds 1, which counts; the environment's 3 is ignored"));
}

TEST(Ensemble, DynamicFileHoldsMembersAndTheVersionIsInItsName) {
  World world;
  world.text += "dynamicConfigFile=/data/zoo.cfg.dynamic.10000000a\ninitLimit=5\nsyncLimit=2\n";
  world.files = {{"/data/myid", "1"},
                 {"/data/zoo.cfg.dynamic.10000000a",
                  "server.1=a:2888:3888:participant;2181\nserver.2=b:2888:3888\n"
                  "server.3=c:2888:3888\nserver.4=d:2888:3888:observer\n"}};

  const Loaded loaded = world.load();

  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.config.ensemble.version, 0x10000000a);
  EXPECT_EQ(loaded.config.ensemble.members.size(), 4U);
  EXPECT_EQ(loaded.origins.at("server.2"), "/data/zoo.cfg.dynamic.10000000a:2");
}

TEST(Ensemble, DynamicFileIsCheckedLineByLine) {
  World world;
  world.text += "dynamicConfigFile=/dyn\nserver.1=a:1:2\n";
  world.files = {{"/dyn", "version=1\ntickTime=5\nserver.1=a:1\nserver.x=b:1:2\n"}};

  EXPECT_THAT(
      world.load().errors,
      ElementsAre("zoo.cfg:4: server.1 belongs into the file that dynamicConfigFile=/dyn names",
                  "/dyn:1: version belongs into the file's name",
                  "/dyn:2: tickTime: only server.N, group.N and weight.N may stand here",
                  HasSubstr("/dyn:3: server.1=a:1: 'a:1': expected host:quorumPort"),
                  "/dyn:4: server.x=b:1:2: 'x' is not a server id (1 to 255)"));
}

TEST(Ensemble, MissingDynamicFileIsAnError) {
  EXPECT_THAT(load_lines("dynamicConfigFile=/dyn\n").errors,
              ElementsAre("zoo.cfg:3: dynamicConfigFile=/dyn: there is no such file"));
  EXPECT_THAT(load_lines("dynamicConfigFile=/unreadable\n").errors,
              ElementsAre("zoo.cfg:3: dynamicConfigFile=/unreadable: permission denied"));
}

TEST(Ensemble, MembersComeAsAWholeFromOneSource) {
  World world = ensemble();
  world.environment = {{"ZOO_SERVERS", "server.1=x:1:2 server.4=y:1:2"}};

  const Loaded loaded = world.load();

  EXPECT_EQ(loaded.config.ensemble.members.size(), 3U);
  EXPECT_EQ(loaded.config.ensemble.members.at(ServerId{1}).addresses[0].host, "zk1");
  EXPECT_THAT(
      loaded.notes,
      ElementsAre("ZOO_SERVERS: server.1 is ignored: members are given elsewhere, as a whole",
                  "ZOO_SERVERS: server.4 is ignored: members are given elsewhere, as a "
                  "whole"));
}

TEST(Ensemble, GroupsAndWeightsAreRead) {
  const Loaded loaded = ensemble("group.1=1:2\ngroup.2=3\nweight.1=2\nweight.3=0\n").load();

  ASSERT_THAT(loaded.errors, IsEmpty());
  const Hierarchy& hierarchy = loaded.config.ensemble.hierarchy;
  EXPECT_THAT(hierarchy.groups.at(1), ElementsAre(ServerId{1}, ServerId{2}));
  EXPECT_EQ(hierarchy.weights.at(ServerId{1}), 2);
}

struct Bad {
  std::string lines;
  std::string error;
};

class BadEnsemble : public testing::TestWithParam<Bad> {};

TEST_P(BadEnsemble, IsRefused) {
  EXPECT_THAT(ensemble(GetParam().lines).load().errors, ElementsAre(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    All,
    BadEnsemble,
    testing::Values(
        Bad{"group.1=1:2:3:4\n", "zoo.cfg:8: group.1: there is no server.4"},
        Bad{"group.1=1:2:3\ngroup.2=3\n", "zoo.cfg:9: group.2: server 3 is in two groups"},
        Bad{"group.1=1:2\n", "zoo.cfg:7: server.3: the server is in no group"},
        Bad{"group.1=1:2:x\n", "zoo.cfg:8: group.1=1:2:x: 'x' is not a server id (1 to 255)"},
        Bad{"group.a=1:2:3\n", "zoo.cfg:8: group.a=1:2:3: 'a' is not a group number"},
        Bad{"weight.1=2\n", "zoo.cfg:8: weight.1: server 1 is in no group"},
        Bad{"server.0=a:1:2:observer\n",
            "zoo.cfg:8: server.0: the ids of an ensemble are 1 to 255"},
        Bad{"server.4=zk3:2888:1:observer\n",
            "zoo.cfg:8: server.4: zk3:2888 is also an address of server.3"},
        Bad{"server.3=c:1:2|d:1:2\n",
            "zoo.cfg:8: server.3: several addresses need multiAddress.enabled=true"},
        Bad{"sslQuorum=true\n", "zoo.cfg:8: sslQuorum=true needs ssl.quorum.keyStore.location"},
        Bad{"portUnification=true\n",
            "zoo.cfg:8: portUnification=true needs ssl.quorum.keyStore.location"},
        Bad{"ssl.quorum.keyStore.location=/a\n",
            "sslQuorum=true needs ssl.quorum.trustStore.location, which says whose certificates "
            "are "
            "good"},
        Bad{"fastleader.minNotificationInterval=70000\n",
            "zoo.cfg:8: fastleader.minNotificationInterval is larger than "
            "fastleader.maxNotificationInterval"}));

TEST(Ensemble, ObserversNeedParticipants) {
  EXPECT_THAT(
      load_lines("server.1=a:1:2:observer\n").errors,
      ElementsAre("server.N: observers alone are no ensemble; at least one must be a participant"));
  EXPECT_THAT(
      load_lines("server.1=a:1:2\nserver.2=b:1:2:observer\n").errors,
      ElementsAre("server.N: a single participant with observers needs standaloneEnabled=false"));
}

TEST(Ensemble, CertificatesMeanTlsBetweenServers) {
  const std::string stores = "ssl.quorum.keyStore.location=/a\nssl.quorum.trustStore.location=/b\n";
  EXPECT_FALSE(ensemble().load().config.ensemble.tls);
  EXPECT_TRUE(ensemble(stores).load().config.ensemble.tls);
  EXPECT_FALSE(ensemble(stores + "sslQuorum=false\n").load().config.ensemble.tls);
  // The first step of going over to it.
  EXPECT_FALSE(ensemble(stores + "portUnification=true\n").load().config.ensemble.tls);
}

TEST(Ensemble, HighestIdIsNotPossibleWithTtlNodes) {
  World world = ensemble("extendedTypesEnabled=true\nserver.255=z:1:2:observer\n");
  world.files["/data/myid"] = "255";

  EXPECT_THAT(world.load().errors,
              ElementsAre("zoo.cfg:8: extendedTypesEnabled=true: the server id 255 is not possible "
                          "with TTL nodes (1 to 254)"));
}

}  // namespace
}  // namespace paddock::config
