// SPDX-License-Identifier: Apache-2.0
//
// Every command as a document, laid out as Apache ZooKeeper 3.8.0 does.
#include "admin/commands.h"

#include <gtest/gtest.h>

#include "report_fixture.h"

namespace paddock::admin {
namespace {

std::string answer(View name) {
  const std::optional<CommandKind> command = find_command(name);
  if (!command) return answer_unknown(name);
  return answer_command(*command, full_report());
}

TEST(AdminCommands, Configuration) {
  EXPECT_EQ(answer("config"),
            R"({
  "client_port" : 2181,
  "secure_client_port" : -1,
  "data_dir" : "/data/version-2",
  "data_log_dir" : "/log/version-2",
  "tick_time" : 2000,
  "max_client_cnxns" : 60,
  "min_session_timeout" : 4000,
  "max_session_timeout" : 40000,
  "server_id" : 1,
  "client_port_listen_backlog" : -1,
  "command" : "configuration",
  "error" : null
})");
}

TEST(AdminCommands, Connections) {
  EXPECT_EQ(answer("cons"),
            R"({
  "connections" : [ {
    "remote_socket_address" : "127.0.0.1:50526",
    "interest_ops" : 1,
    "outstanding_requests" : 1,
    "packets_received" : 7,
    "packets_sent" : 6,
    "session_id" : 72057927562887168,
    "last_operation" : "EXIS",
    "established" : 1795309411624,
    "session_timeout" : 30000,
    "last_cxid" : 26,
    "last_zxid" : 4294967300,
    "last_response_time" : 5122345,
    "last_latency" : 14,
    "min_latency" : 1,
    "avg_latency" : 23,
    "max_latency" : 71
  }, {
    "remote_socket_address" : "[::1]:50604",
    "interest_ops" : 0,
    "outstanding_requests" : 0,
    "packets_received" : 1,
    "packets_sent" : 0,
    "session_id" : 0,
    "last_operation" : "NA",
    "established" : 1795309419000,
    "session_timeout" : 0,
    "last_cxid" : 0,
    "last_zxid" : 0,
    "last_response_time" : 0,
    "last_latency" : 0,
    "min_latency" : 0,
    "avg_latency" : 0,
    "max_latency" : 0
  } ],
  "secure_connections" : [ ],
  "command" : "connections",
  "error" : null
})");
}

TEST(AdminCommands, ThoseThatOnlyAct) {
  for (const View name :
       {"connection_stat_reset", "stat_reset", "ruok", "observer_connection_stat_reset"}) {
    EXPECT_EQ(answer(name),
              "{\n  \"command\" : \"" + std::string(name) + "\",\n  \"error\" : null\n}");
  }
}

TEST(AdminCommands, Dirs) {
  EXPECT_EQ(answer("dirs"),
            R"({
  "datadir_size" : 67109337,
  "logdir_size" : 67109338,
  "command" : "dirs",
  "error" : null
})");
}

TEST(AdminCommands, Dump) {
  EXPECT_EQ(answer("dump"),
            R"({
  "expiry_time_to_session_ids" : {
    "1795309443000" : [ 72057927562887168, 72057927562887169 ]
  },
  "session_id_to_ephemeral_paths" : {
    "72057927562887168" : [ "/eph", "/eph2" ]
  },
  "command" : "dump",
  "error" : null
})");
}

TEST(AdminCommands, EnvironmentAndProperties) {
  const std::string environment = answer("env");
  EXPECT_NE(environment.find("  \"host.name\" : \"localhost\",\n"), std::string::npos);
  EXPECT_NE(environment.find("  \"os.memory.free\" : \"372MB\",\n"), std::string::npos);
  EXPECT_EQ(answer("sysp"),
            R"({
  "zookeeper.4lw.commands.whitelist" : "*",
  "command" : "system_properties",
  "error" : null
})");
}

TEST(AdminCommands, TraceMasks) {
  EXPECT_EQ(
      answer("gtmk"),
      "{\n  \"tracemask\" : 306,\n  \"command\" : \"get_trace_mask\",\n  \"error\" : null\n}");
  EXPECT_EQ(
      answer("stmk"),
      "{\n  \"tracemask\" : 306,\n  \"command\" : \"set_trace_mask\",\n  \"error\" : null\n}");
}

TEST(AdminCommands, Hash) {
  EXPECT_EQ(answer("hash"),
            R"({
  "digests" : [ {
    "zxid" : 4294967424,
    "digest_version" : 2,
    "digest" : -1
  }, {
    "zxid" : 4294967552,
    "digest_version" : 2,
    "digest" : 12
  } ],
  "command" : "hash",
  "error" : null
})");
}

TEST(AdminCommands, InitialConfiguration) {
  EXPECT_EQ(answer("icfg"),
            R"({
  "initial_configuration" : "clientPort=2181\n",
  "command" : "initial_configuration",
  "error" : null
})");
}

TEST(AdminCommands, IsReadOnlyAndLeaderAndObservers) {
  EXPECT_EQ(
      answer("isro"),
      "{\n  \"read_only\" : false,\n  \"command\" : \"is_read_only\",\n  \"error\" : null\n}");
  EXPECT_EQ(answer("lead"),
            "{\n  \"error\" : \"server is not initialized\",\n  \"command\" : \"leader\"\n}");
  EXPECT_EQ(answer("obsr"),
            R"({
  "synced_observers" : 0,
  "observers" : [ ],
  "command" : "observers",
  "error" : null
})");
}

TEST(AdminCommands, LastSnapshot) {
  EXPECT_EQ(answer("lsnp"),
            R"({
  "zxid" : "1000000ff",
  "timestamp" : 1795309378,
  "command" : "last_snapshot",
  "error" : null
})");
  EXPECT_NE(answer_command(CommandKind::LastSnapshot, {})
                .find("\"zxid\" : \"ffffffffffffffff\",\n  \"timestamp\" : -1,"),
            std::string::npos);
}

TEST(AdminCommands, MonitorHasNumbersAsNumbers) {
  const std::string document = answer("mntr");
  EXPECT_TRUE(document.starts_with(R"({
  "version" : "0.1.0-1a2b3c4, built on 2026-07-01 12:00 UTC",
  "server_state" : "standalone",
  "avg_latency" : 19.1111,
  "max_latency" : 71,
)")) << document;
  EXPECT_TRUE(document.ends_with(R"(
  "fsynctime_count" : 5,
  "avg_fsynctime" : 4.4,
  "command" : "monitor",
  "error" : null
})")) << document;
  EXPECT_NE(document.find("\"connection_drop_probability\" : 0.0,"), std::string::npos);
}

constexpr View kServerStats = R"({
  "version" : "0.1.0-1a2b3c4, built on 2026-07-01 12:00 UTC",
  "read_only" : false,
  "server_stats" : {
    "packets_sent" : 27,
    "packets_received" : 26,
    "fsync_threshold_exceed_count" : 0,
    "client_response_stats" : {
      "last_buffer_size" : 89,
      "min_buffer_size" : 16,
      "max_buffer_size" : 90
    },
    "uptime" : 35570,
    "data_dir_size" : 67109337,
    "log_dir_size" : 67109338,
    "provider_null" : false,
    "server_state" : "standalone",
    "last_processed_zxid" : 4294967301,
    "outstanding_requests" : 2,
    "avg_latency" : 19.1111,
    "max_latency" : 71,
    "min_latency" : 1,
    "num_alive_client_connections" : 4,
    "auth_failed_count" : 3,
    "non_mtlsremote_conn_count" : 0,
    "non_mtlslocal_conn_count" : 0
  },
  "client_response" : {
    "last_buffer_size" : 89,
    "min_buffer_size" : 16,
    "max_buffer_size" : 90
  },
  "node_count" : 8,
)";

TEST(AdminCommands, ServerStats) {
  EXPECT_EQ(answer("srvr"),
            std::string(kServerStats) + "  \"command\" : \"server_stats\",\n  \"error\" : null\n}");
}

TEST(AdminCommands, StatsAddTheConnectionsInBrief) {
  EXPECT_EQ(answer("stats"), std::string(kServerStats) + R"(  "connections" : [ {
    "remote_socket_address" : "127.0.0.1:50526",
    "interest_ops" : 1,
    "outstanding_requests" : 1,
    "packets_received" : 7,
    "packets_sent" : 6
  }, {
    "remote_socket_address" : "[::1]:50604",
    "interest_ops" : 0,
    "outstanding_requests" : 0,
    "packets_received" : 1,
    "packets_sent" : 0
  } ],
  "secure_connections" : [ ],
  "command" : "stats",
  "error" : null
})");
}

TEST(AdminCommands, VotingViewAndZabStateOfAStandaloneServer) {
  EXPECT_EQ(
      answer("voting_view"),
      "{\n  \"current_config\" : { },\n  \"command\" : \"voting_view\",\n  \"error\" : null\n}");
  EXPECT_EQ(answer("zabstate"),
            R"({
  "voting" : false,
  "zabstate" : "",
  "command" : "zabstate",
  "error" : null
})");
}

TEST(AdminCommands, Watches) {
  EXPECT_EQ(answer("wchc"),
            R"({
  "session_id_to_watched_paths" : {
    "72057927562887168" : [ "/p", "/none" ],
    "72057927562887169" : [ "/none" ]
  },
  "command" : "watches",
  "error" : null
})");
  EXPECT_EQ(answer("wchp"),
            R"({
  "path_to_session_ids" : {
    "/none" : [ 72057927562887169, 72057927562887168 ],
    "/p" : [ 72057927562887168 ]
  },
  "command" : "watches_by_path",
  "error" : null
})");
  EXPECT_EQ(answer("wchs"),
            R"({
  "num_connections" : 1,
  "num_paths" : 2,
  "num_total_watches" : 2,
  "command" : "watch_summary",
  "error" : null
})");
}

TEST(AdminCommands, AnUnknownNameIsNamed) {
  EXPECT_FALSE(find_command("nonsense").has_value());
  EXPECT_FALSE(find_command("").has_value());
  EXPECT_EQ(answer("nonsense"),
            "{\n  \"command\" : \"nonsense\",\n  \"error\" : \"Unknown command: nonsense\"\n}");
}

TEST(AdminCommands, TextThatJsonWouldBreakOnIsEscaped) {
  EXPECT_EQ(answer_error(CommandKind::Ruok, "\"line\"\nbreak\x01\xff"),
            "{\n  \"command\" : \"ruok\",\n"
            "  \"error\" : \"\\\"line\\\"\\nbreak\\u0001\\ufffd\"\n}");
}

TEST(AdminCommands, AServerThatDoesNotServeAnswersWhatNeedsNoServing) {
  ServerReport report = full_report();
  report.serving = false;
  EXPECT_EQ(answer_command(CommandKind::Dirs, report),
            R"({
  "command" : "dirs",
  "error" : "This ZooKeeper instance is not currently serving requests"
})");
  EXPECT_FALSE(needs_serving(CommandKind::Environment));
  EXPECT_EQ(answer_command(CommandKind::GetTraceMask, report), answer("gtmk"));
}

TEST(AdminCommands, AreListedAsLinks) {
  EXPECT_EQ(command_names().size(), 26U);
  EXPECT_TRUE(
      command_links("/commands")
          .starts_with(
              "<a href=\"/commands/configuration\">configuration</a>\n<br/>\n"
              "<a href=\"/commands/connection_stat_reset\">connection_stat_reset</a>\n<br/>\n"));
}

TEST(AdminCommands, NameThePartsThatTheyShow) {
  EXPECT_EQ(parts_of_command(CommandKind::Watches), Parts{.watches = true});
  EXPECT_EQ(parts_of_command(CommandKind::WatchSummary), Parts{.watch_counts = true});
  EXPECT_EQ(parts_of_command(CommandKind::Stats),
            (Parts{.connections = true, .directories = true}));
}

}  // namespace
}  // namespace paddock::admin
