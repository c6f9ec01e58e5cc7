// SPDX-License-Identifier: Apache-2.0
//
// A report with every part filled, the same for the tests of texts and of documents.
#pragma once

#include "admin/server_report.h"

namespace paddock::admin {

inline shard::ConnectionReport established_connection() {
  shard::ConnectionReport connection;
  connection.peer = "127.0.0.1:50526";
  connection.session = SessionId{0x100004da7a30000};
  connection.established = true;
  connection.timeout = milliseconds(30000);
  connection.received = 7;
  connection.sent = 6;
  connection.queued = 1;
  connection.last_opcode = jute::Opcode::Exists;
  connection.has_last_opcode = true;
  connection.last_xid = 0x1a;
  connection.last_zxid = Zxid{0x100000004};
  connection.established_ms = 1795309411624;
  connection.last_response_ms = 5122345;
  connection.latency_last_ms = 14;
  connection.latency_min_ms = 1;
  connection.latency_max_ms = 71;
  connection.latency_avg_ms = 23.7;
  return connection;
}

inline shard::ConnectionReport word_connection() {
  shard::ConnectionReport connection;
  connection.peer = "[::1]:50604";
  connection.reads_input = false;
  connection.received = 1;
  connection.established_ms = 1795309419000;
  return connection;
}

inline ServerReport full_report() {
  ServerReport report;
  report.version = "0.1.0-1a2b3c4, built on 2026-07-01 12:00 UTC";
  report.uptime = milliseconds(35570);
  report.counters.packets_received = 26;
  report.counters.packets_sent = 27;
  report.counters.bytes_received = 457;
  report.counters.latency_count = 9;
  report.counters.latency_sum_ms = 172;
  report.counters.latency_min_ms = 1;
  report.counters.latency_max_ms = 71;
  report.counters.responses = {.last = 89, .min = 16, .max = 90};
  report.counters.outstanding = 2;
  report.counters.auth_failed = 3;
  report.connection_count = 4;
  report.session_count = 2;
  report.last_zxid = Zxid{0x100000005};
  report.node_count = 8;
  report.ephemeral_count = 2;
  report.data_bytes = 58;
  report.watch_count = 3;
  report.watching_connections = 1;
  report.watched_paths = 2;
  report.watches_total = 2;
  report.config = {.client_port = 2181,
                   .data_dir = "/data/version-2",
                   .data_log_dir = "/log/version-2",
                   .tick_time = milliseconds(2000),
                   .connections_per_address_max = 60,
                   .session_timeout_min = milliseconds(4000),
                   .session_timeout_max = milliseconds(40000),
                   .server_id = ServerId{1}};
  report.digests = {{Zxid{0x100000080}, 0xffff'ffff'ffff'ffffU}, {Zxid{0x100000100}, 12}};
  report.last_snapshot = {Zxid{0x1000000ff}, 1795309378};
  report.initial_configuration = "clientPort=2181\n";
  report.connections = {established_connection(), word_connection()};
  report.expiry_buckets = {
      {1795309443000, {SessionId{0x100004da7a30000}, SessionId{0x100004da7a30001}}}};
  report.ephemerals = {{SessionId{0x100004da7a30000}, {"/eph", "/eph2"}}};
  report.watches = {{SessionId{0x100004da7a30001}, "/none"},
                    {SessionId{0x100004da7a30000}, "/p"},
                    {SessionId{0x100004da7a30000}, "/none"}};
  report.data_dir_bytes = 67109337;
  report.log_dir_bytes = 67109338;
  report.environment = environment_of(report.version,
                                      {.host_name = "localhost",
                                       .os_arch = "amd64",
                                       .os_version = "6.1.0",
                                       .user_name = "paddock",
                                       .user_home = "/srv/paddock",
                                       .user_dir = "/",
                                       .memory_free_mb = 372,
                                       .memory_max_mb = 6028,
                                       .memory_total_mb = 388});
  report.system_properties = {{"zookeeper.4lw.commands.whitelist", "*"}};
  report.open_file_descriptors = 27;
  report.file_descriptors_max = 20000;
  report.metrics = {{"fsynctime_count", "5"}, {"avg_fsynctime", "4.4"}};
  return report;
}

/// The same of server 1, which leads two followers and an observer.
inline ServerReport leader_report() {
  ServerReport report = full_report();
  report.mode = "leader";
  EnsembleReport& ensemble = report.ensemble.emplace();
  ensemble.self = ServerId{1};
  ensemble.role = "leader";
  ensemble.phase = "broadcast";
  ensemble.leader = ServerId{1};
  ensemble.votes = true;
  for (const int id : {1, 2, 3, 4}) {
    ensemble.members.push_back({.id = ServerId{static_cast<std::uint8_t>(id)},
                                .is_observer = id == 4,
                                .quorum_address = "10.0.0." + std::to_string(id) + ":2888",
                                .election_address = "10.0.0." + std::to_string(id) + ":3888",
                                .client_address = id == 2 ? "10.0.0.2:2181" : ""});
  }
  ensemble.own_client_address = "0.0.0.0:2181";
  ensemble.config = {.init_limit = 10,
                     .sync_limit = 5,
                     .election_ports = "3888",
                     .quorum_ports = "2888",
                     .membership = "server.1=10.0.0.1:2888:3888:participant\nversion=0"};
  ensemble.leadership = LeadershipReport{.uptime = milliseconds(7000),
                                         .proposals = {.last = 57, .min = 48, .max = 127}};
  ensemble.followers = {
      {.id = ServerId{2}, .is_voter = true, .is_in_step = true, .lag = {}, .feeder = {}},
      {.id = ServerId{3}, .is_voter = true, .is_in_step = true, .lag = {}, .feeder = {}},
      {.id = ServerId{4}, .is_voter = false, .is_in_step = true, .lag = {}, .feeder = ServerId{2}}};
  return report;
}

/// The same of server 2, which follows it.
inline ServerReport follower_report() {
  ServerReport report = leader_report();
  report.mode = "follower";
  report.ensemble->self = ServerId{2};
  report.ensemble->role = "follower";
  report.ensemble->leadership.reset();
  report.ensemble->followers.clear();
  report.ensemble->fed_observers = {ServerId{4}};
  report.expiry_buckets.clear();
  report.followed_sessions = {
      {{.id = SessionId{0x100004da7a30000}, .timeout = milliseconds(30000)},
       {.id = SessionId{0x200004da7a30000}, .timeout = milliseconds(4000)}}};
  return report;
}

}  // namespace paddock::admin
