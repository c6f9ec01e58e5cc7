// SPDX-License-Identifier: Apache-2.0
//
// Configurations as they are found in the wild: each must load, and warn about nothing but what it
// really loses.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "load_helper.h"

namespace paddock::config {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

struct Example {
  std::string name;
  std::string text;
  std::string my_id = {};
  std::vector<std::string> warnings = {};
  bool standalone = true;
  std::uint16_t client_port = 2181;
};

class RealWorldFile : public testing::TestWithParam<Example> {};

TEST_P(RealWorldFile, Loads) {
  World world;
  world.text = GetParam().text;
  for (const char* directory : {"/var/lib/zookeeper", "/data", "/tmp/zookeeper", "/data/zk/data"}) {
    if (!GetParam().my_id.empty()) world.files[std::string(directory) + "/myid"] = GetParam().my_id;
  }
  world.files["/conf/zoo.cfg.dynamic.100000000"] =
      "server.1=zk-0.zk.svc.cluster.local:2888:3888:participant;0.0.0.0:2181\n"
      "server.2=zk-1.zk.svc.cluster.local:2888:3888:participant;0.0.0.0:2181\n"
      "server.3=zk-2.zk.svc.cluster.local:2888:3888:participant;0.0.0.0:2181\n";

  const Loaded loaded = world.load();

  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.warnings, ElementsAreArray(GetParam().warnings));
  EXPECT_THAT(loaded.notes, IsEmpty());
  EXPECT_EQ(loaded.config.is_standalone(), GetParam().standalone);
  ASSERT_TRUE(loaded.config.clients.plain);
  EXPECT_EQ(loaded.config.clients.plain->port, GetParam().client_port);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    RealWorldFile,
    testing::Values(
        Example{"Sample",
                "# Milliseconds of a tick\ntickTime=2000\n# Ticks until a follower is in sync\n"
                "initLimit=10\nsyncLimit=5\ndataDir=/tmp/zookeeper\nclientPort=2181\n"
                "#maxClientCnxns=60\n#autopurge.snapRetainCount=3\n"},
        Example{"DebianPackage",
                "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/var/lib/zookeeper\n"
                "# dataLogDir=/disk2/zookeeper\nclientPort=2181\n#server.1=zookeeper1:2888:3888\n"
                "#leaderServes=yes\n",
                "0"},
        Example{"KafkaBundle",
                "dataDir=/tmp/zookeeper\nclientPort=2181\n# per-ip limit\nmaxClientCnxns=0\n"
                "admin.enableServer=false\n# admin.serverPort=8080\n"},
        Example{"ThreeServers",
                "tickTime = 2000\ninitLimit = 10\nsyncLimit = 5\ndataDir = /var/lib/zookeeper\n"
                "clientPort = 2181\nautopurge.snapRetainCount = 10\nautopurge.purgeInterval = 24\n"
                "maxClientCnxns = 200\npreAllocSize = 131072\nsnapCount = 3000000\n"
                "leaderServes = yes\nstandaloneEnabled = false\n4lw.commands.whitelist = *\n"
                "server.1 = zk1:2888:3888\nserver.2 = zk2:2888:3888\nserver.3 = zk3:2888:3888\n",
                "3",
                {},
                false},
        Example{"ClickHouseGuide",
                "tickTime=2000\ninitLimit=300\nsyncLimit=10\nmaxClientCnxns=2000\n"
                "maxSessionTimeout=60000000\ndataDir=/data/zk/data\ndataLogDir=/data/zk/log\n"
                "autopurge.snapRetainCount=10\nautopurge.purgeInterval=1\npreAllocSize=131072\n"
                "snapCount=3000000\nleaderServes=yes\nclientPort=2181\n"
                "server.1=a:2888:3888\nserver.2=b:2888:3888\nserver.3=c:2888:3888\n",
                "1",
                {},
                false},
        Example{
            "SolrEnsemble",
            "dataDir=/var/lib/zookeeper\nclientPort=2181\n4lw.commands.whitelist=mntr,conf,ruok\n"
            "tickTime=2000\ninitLimit=5\nsyncLimit=2\nserver.1=zoo1:2888:3888\n"
            "server.2=zoo2:2888:3888\nserver.3=zoo3:2888:3888\nautopurge.snapRetainCount=3\n"
            "autopurge.purgeInterval=1\n",
            "2",
            {},
            false},
        Example{"HBaseSingleServerLine",
                "tickTime=3000\ninitLimit=10\nsyncLimit=5\ndataDir=/tmp/zookeeper\n"
                "clientPort=2181\nmaxClientCnxns=300\nserver.0=localhost:2888:3888\n",
                "",
                {}},
        Example{"OperatorWithDynamicFile",
                "4lw.commands.whitelist=cons, envi, conf, crst, srvr, stat, mntr, ruok\n"
                "dataDir=/data\nstandaloneEnabled=false\nreconfigEnabled=true\nskipACL=yes\n"
                "metricsProvider.className="
                "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\n"
                "metricsProvider.httpPort=7000\nmetricsProvider.exportJvmInfo=true\n"
                "initLimit=10\nsyncLimit=2\ntickTime=2000\nglobalOutstandingLimit=1000\n"
                "preAllocSize=65536\nsnapCount=10000\ncommitLogCount=500\n"
                "snapSizeLimitInKb=4194304\nmaxCnxns=0\nmaxClientCnxns=60\n"
                "minSessionTimeout=4000\nmaxSessionTimeout=40000\nautopurge.snapRetainCount=3\n"
                "autopurge.purgeInterval=1\nquorumListenOnAllIPs=false\nadmin.serverPort=8080\n"
                "dynamicConfigFile=/conf/zoo.cfg.dynamic.100000000\n",
                "1",
                {"zoo.cfg:5: skipACL: every client may do everything"},
                false},
        Example{"TlsOnly",
                "dataDir=/data\nclientPort=2181\nsecureClientPort=2281\n"
                "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory\n"
                "ssl.keyStore.location=/k.p12\nssl.keyStore.password=x\n"
                "ssl.trustStore.location=/t.p12\n",
                "",
                {"zoo.cfg:4: serverCnxnFactory has no effect"}},
        Example{"TunedForJava",
                "dataDir=/data\nclientPort=2182\ncommitProcessor.numWorkerThreads=8\n"
                "nio.numSelectorThreads=4\nfsync.warningthresholdms=20\nforceSync=yes\n"
                "zookeeper.extendedTypesEnabled=true\njute.maxbuffer=4194304\n",
                "",
                {"zoo.cfg:3: commitProcessor.numWorkerThreads has no effect",
                 "zoo.cfg:4: nio.numSelectorThreads has no effect"},
                true,
                2182}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace paddock::config
