// SPDX-License-Identifier: Apache-2.0
//
// Every word byte for byte, as Apache ZooKeeper 3.8.0 answered for a server in this state.
#include "admin/four_letter_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/text.h"
#include "report_fixture.h"

namespace paddock::admin {
namespace {

std::string answer(View word) {
  return answer_word(word, full_report());
}

TEST(FourLetterWords, RuokAndIsroHaveNoNewline) {
  EXPECT_EQ(answer("ruok"), "imok");
  EXPECT_EQ(answer("isro"), "rw");
  ServerReport report = full_report();
  report.read_only = true;
  EXPECT_EQ(answer_word("isro", report), "ro");
  report.serving = false;
  EXPECT_EQ(answer_word("isro", report), "null");
  EXPECT_EQ(answer_word("ruok", report), "imok");
}

TEST(FourLetterWords, Srvr) {
  EXPECT_EQ(answer("srvr"),
            "Zookeeper version: 0.1.0-1a2b3c4, built on 2026-07-01 12:00 UTC\n"
            "Latency min/avg/max: 1/19.1111/71\n"
            "Received: 26\n"
            "Sent: 27\n"
            "Connections: 4\n"
            "Outstanding: 2\n"
            "Zxid: 0x100000005\n"
            "Mode: standalone\n"
            "Node count: 8\n");
}

TEST(FourLetterWords, SrvrOfAFreshReadOnlyServer) {
  ServerReport report;
  report.version = "1";
  report.mode = "read-only";
  report.read_only = true;
  EXPECT_EQ(answer_word("srvr", report),
            "Zookeeper version: 1\n"
            "READ-ONLY mode; serving only read-only clients\n"
            "Latency min/avg/max: 0/0.0/0\n"
            "Received: 0\n"
            "Sent: 0\n"
            "Connections: 0\n"
            "Outstanding: 0\n"
            "Zxid: 0x0\n"
            "Mode: read-only\n"
            "Node count: 0\n");
}

TEST(FourLetterWords, Stat) {
  EXPECT_EQ(answer("stat"),
            "Zookeeper version: 0.1.0-1a2b3c4, built on 2026-07-01 12:00 UTC\n"
            "Clients:\n"
            " /127.0.0.1:50526[1](queued=1,recved=7,sent=6)\n"
            " /[::1]:50604[0](queued=0,recved=1,sent=0)\n"
            "\n"
            "Latency min/avg/max: 1/19.1111/71\n"
            "Received: 26\n"
            "Sent: 27\n"
            "Connections: 4\n"
            "Outstanding: 2\n"
            "Zxid: 0x100000005\n"
            "Mode: standalone\n"
            "Node count: 8\n");
}

TEST(FourLetterWords, Cons) {
  EXPECT_EQ(answer("cons"),
            " /127.0.0.1:50526[1](queued=1,recved=7,sent=6,sid=0x100004da7a30000,lop=EXIS,"
            "est=1795309411624,to=30000,lcxid=0x1a,lzxid=0x100000004,lresp=5122345,llat=14,"
            "minlat=1,avglat=23,maxlat=71)\n"
            " /[::1]:50604[0](queued=0,recved=1,sent=0)\n"
            "\n");
}

TEST(FourLetterWords, ConsAfterAResetHasNoXidAndAllBitsOfTheZxid) {
  ServerReport report;
  report.connections = {established_connection()};
  report.connections[0].has_last_opcode = false;
  report.connections[0].last_xid = -1;
  report.connections[0].last_zxid = Zxid{-1};
  EXPECT_EQ(answer_word("cons", report),
            " /127.0.0.1:50526[1](queued=1,recved=7,sent=6,sid=0x100004da7a30000,lop=NA,"
            "est=1795309411624,to=30000,lzxid=0xffffffffffffffff,lresp=5122345,llat=14,"
            "minlat=1,avglat=23,maxlat=71)\n"
            "\n");
}

TEST(FourLetterWords, Conf) {
  EXPECT_EQ(answer("conf"),
            "clientPort=2181\n"
            "secureClientPort=-1\n"
            "dataDir=/data/version-2\n"
            "dataDirSize=67109337\n"
            "dataLogDir=/log/version-2\n"
            "dataLogSize=67109338\n"
            "tickTime=2000\n"
            "maxClientCnxns=60\n"
            "minSessionTimeout=4000\n"
            "maxSessionTimeout=40000\n"
            "clientPortListenBacklog=-1\n"
            "serverId=1\n");
}

TEST(FourLetterWords, Resets) {
  EXPECT_EQ(answer("crst"), "Connection stats reset.\n");
  EXPECT_EQ(answer("srst"), "Server stats reset.\n");
}

TEST(FourLetterWords, Dirs) {
  EXPECT_EQ(answer("dirs"), "datadir_size: 67109337\nlogdir_size: 67109338\n");
}

TEST(FourLetterWords, Dump) {
  EXPECT_EQ(answer("dump"),
            "SessionTracker dump:\n"
            "Session Sets (1)/(2):\n"
            "2 expire at Sun Nov 22 01:04:03 UTC 2026:\n"
            "\t0x100004da7a30000\n"
            "\t0x100004da7a30001\n"
            "ephemeral nodes dump:\n"
            "Sessions with Ephemerals (1):\n"
            "0x100004da7a30000:\n"
            "\t/eph\n"
            "\t/eph2\n"
            "Connections dump:\n"
            "Connections Sets (2)/(2):\n"
            "1 expire at Sun Nov 22 01:03:49 UTC 2026:\n"
            "\tip: /[::1]:50604 sessionId: 0x0\n"
            "1 expire at Sun Nov 22 01:04:03 UTC 2026:\n"
            "\tip: /127.0.0.1:50526 sessionId: 0x100004da7a30000\n");
}

TEST(FourLetterWords, DumpOfAServerWithLocalSessions) {
  ServerReport report = full_report();
  report.local_expiry_buckets = {
      {.expires_ms = report.expiry_buckets.front().expires_ms + 1000, .sessions = {SessionId{7}}}};
  const std::string text = answer_word("dump", report);

  EXPECT_THAT(text,
              testing::StartsWith("SessionTracker dump:\n"
                                  "Local Session Sets (1)/(1):\n"
                                  "1 expire at Sun Nov 22 01:04:04 UTC 2026:\n"
                                  "\t0x7\n"
                                  "Global Session Sets (1)/(2):\n"
                                  "2 expire at Sun Nov 22 01:04:03 UTC 2026:\n"));
}

TEST(FourLetterWords, Envi) {
  EXPECT_EQ(answer("envi"),
            "Environment:\n"
            "zookeeper.version=0.1.0-1a2b3c4, built on 2026-07-01 12:00 UTC\n"
            "host.name=localhost\n"
            "java.version=<NA>\n"
            "java.vendor=<NA>\n"
            "java.home=<NA>\n"
            "java.class.path=<NA>\n"
            "java.library.path=<NA>\n"
            "java.io.tmpdir=<NA>\n"
            "java.compiler=<NA>\n"
            "os.name=Linux\n"
            "os.arch=amd64\n"
            "os.version=6.1.0\n"
            "user.name=paddock\n"
            "user.home=/srv/paddock\n"
            "user.dir=/\n"
            "os.memory.free=372MB\n"
            "os.memory.max=6028MB\n"
            "os.memory.total=388MB\n");
}

TEST(FourLetterWords, TraceMasks) {
  EXPECT_EQ(answer("gtmk"), "306");
  ServerReport report;
  report.trace_mask = 258;
  EXPECT_EQ(answer_word("stmk", report), "258");
}

TEST(FourLetterWords, Hash) {
  EXPECT_EQ(answer("hash"), "100000080: -1\n100000100: 12\n");
  EXPECT_EQ(answer_word("hash", {}), "");
}

TEST(FourLetterWords, Watches) {
  EXPECT_EQ(answer("wchs"), "1 connections watching 2 paths\nTotal watches:2\n");
  EXPECT_EQ(answer("wchc"), "0x100004da7a30000\n\t/p\n\t/none\n0x100004da7a30001\n\t/none\n\n");
  EXPECT_EQ(answer("wchp"),
            "/none\n\t0x100004da7a30001\n\t0x100004da7a30000\n/p\n\t0x100004da7a30000\n\n");
}

TEST(FourLetterWords, Mntr) {
  EXPECT_EQ(answer("mntr"),
            "zk_version\t0.1.0-1a2b3c4, built on 2026-07-01 12:00 UTC\n"
            "zk_server_state\tstandalone\n"
            "zk_avg_latency\t19.1111\n"
            "zk_max_latency\t71\n"
            "zk_min_latency\t1\n"
            "zk_packets_received\t26\n"
            "zk_packets_sent\t27\n"
            "zk_num_alive_connections\t4\n"
            "zk_outstanding_requests\t2\n"
            "zk_uptime\t35570\n"
            "zk_znode_count\t8\n"
            "zk_watch_count\t3\n"
            "zk_ephemerals_count\t2\n"
            "zk_approximate_data_size\t58\n"
            "zk_global_sessions\t2\n"
            "zk_local_sessions\t0\n"
            "zk_open_file_descriptor_count\t27\n"
            "zk_max_file_descriptor_count\t20000\n"
            "zk_connection_drop_probability\t0.0\n"
            "zk_last_client_response_size\t89\n"
            "zk_max_client_response_size\t90\n"
            "zk_min_client_response_size\t16\n"
            "zk_outstanding_tls_handshake\t0\n"
            "zk_auth_failed_count\t3\n"
            "zk_non_mtls_remote_conn_count\t0\n"
            "zk_non_mtls_local_conn_count\t0\n"
            "zk_bytes_received_count\t457\n"
            "zk_connection_drop_count\t0\n"
            "zk_sessionless_connections_expired\t0\n"
            "zk_unsuccessful_handshake\t0\n"
            "zk_watch_bytes\t0\n"
            "zk_fsynctime_count\t5\n"
            "zk_avg_fsynctime\t4.4\n");
}

TEST(FourLetterWords, AServerThatDoesNotServeSaysSo) {
  ServerReport report = full_report();
  report.serving = false;
  for (const View word : {"conf",
                          "cons",
                          "crst",
                          "dirs",
                          "dump",
                          "mntr",
                          "srst",
                          "srvr",
                          "stat",
                          "wchc",
                          "wchp",
                          "wchs"}) {
    EXPECT_EQ(answer_word(word, report),
              "This ZooKeeper instance is not currently serving requests\n")
        << word;
  }
  EXPECT_EQ(answer_word("hash", report),
            "This ZooKeeper instance is not currently serving requests");
  EXPECT_EQ(answer_word("gtmk", report), "306");
  EXPECT_TRUE(answer_word("envi", report).starts_with("Environment:\n"));
}

TEST(FourLetterWords, NameThePartsThatTheyShow) {
  EXPECT_EQ(parts_of_word("srvr"), Parts{});
  EXPECT_EQ(parts_of_word("wchs"), Parts{.watch_counts = true});
  EXPECT_EQ(parts_of_word("cons"), Parts{.connections = true});
  EXPECT_EQ(parts_of_word("wchc"), Parts{.watches = true});
  EXPECT_EQ(parts_of_word("dump"),
            (Parts{.connections = true, .sessions = true, .ephemerals = true}));
  EXPECT_EQ(parts_of_word("nope"), Parts{});
}

TEST(JavaText, PrintsDoublesAndDatesAsJavaDoes) {
  EXPECT_EQ(java_double(0), "0.0");
  EXPECT_EQ(java_double(3), "3.0");
  EXPECT_EQ(java_double(0.5), "0.5");
  EXPECT_EQ(java_double(19.1111), "19.1111");
  EXPECT_EQ(java_date(0), "Thu Jan 01 00:00:00 UTC 1970");
  EXPECT_EQ(hex(std::int64_t{-1}), "0xffffffffffffffff");
}

TEST(ServerReport, SumsTheCountersOfShards) {
  shard::Counters a;
  a.packets_received = 1;
  a.latency_min_ms = 3;
  a.latency_max_ms = 9;
  a.by_opcode[4] = 2;
  shard::Counters b;
  b.packets_received = 2;
  b.latency_min_ms = 2;
  b.responses = {.last = 5, .min = 5, .max = 5};
  b.by_opcode[4] = 3;
  shard::Counters sum;
  add(sum, a);
  add(sum, b);

  EXPECT_EQ(sum.packets_received, 3);
  EXPECT_EQ(sum.latency_min_ms, 2);
  EXPECT_EQ(sum.latency_max_ms, 9);
  EXPECT_EQ(sum.responses.min, 5);
  EXPECT_EQ(sum.responses.last, 5);
  EXPECT_EQ(sum.by_opcode[4], 5);
}

TEST(ServerReport, AveragesHaveFourDecimals) {
  shard::Counters counters;
  counters.latency_count = 3;
  counters.latency_sum_ms = 2;
  counters.latency_min_ms = 0;
  EXPECT_DOUBLE_EQ(latency_of(counters).avg_ms, 0.6667);
}

}  // namespace
}  // namespace paddock::admin
