// SPDX-License-Identifier: Apache-2.0
//
// What a shard counts and reports of its connections.
#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "base/prng.h"
#include "harness.h"

namespace paddock::shard {
namespace {

using jute::Opcode;

TEST(ShardStats, ConnectionsReportWhatTheyDid) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(5, "/a") + set_data(6, "/a", "y"));
  harness.advance(milliseconds(12));
  EXPECT_EQ(harness.shard.report_connections()[0].queued, 1U);
  harness.run_core();
  harness.send(id, ping());

  const std::vector<ConnectionReport> reports = harness.shard.report_connections();
  ASSERT_EQ(reports.size(), 1U);
  const ConnectionReport& report = reports[0];
  EXPECT_EQ(report.connection, id);
  EXPECT_EQ(report.peer, "127.0.0.1:5000");
  EXPECT_EQ(report.session, harness.session_of(id));
  EXPECT_TRUE(report.established);
  EXPECT_EQ(report.timeout, milliseconds(30000));
  EXPECT_EQ(report.received, 4);
  EXPECT_EQ(report.sent, 4);
  EXPECT_EQ(report.queued, 0U);
  EXPECT_EQ(report.last_opcode, Opcode::Ping);
  EXPECT_EQ(report.last_xid, 6);
  EXPECT_EQ(report.last_zxid, (Zxid{2}));
  EXPECT_EQ(report.latency_min_ms, 0);
  EXPECT_EQ(report.latency_max_ms, 12);
  EXPECT_EQ(report.latency_last_ms, 0);
  EXPECT_DOUBLE_EQ(report.latency_avg_ms, 3.0);
}

TEST(ShardStats, ConnectionsWithTlsAreToldFromOthers) {
  Harness harness;
  const ConnectionId secure = harness.accept();
  static_cast<void>(harness.accept());
  harness.shard.note_secure(secure);
  harness.shard.note_failed_handshake(secure, harness.now.wall);
  for (const ConnectionReport& report : harness.shard.report_connections()) {
    EXPECT_EQ(report.is_secure, report.connection == secure);
  }
  EXPECT_EQ(harness.shard.counters().handshakes_failed, 1);
}

TEST(ShardStats, CountersSeeEveryRequestAndLatenciesAllButPings) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.shard.reset_counters();
  harness.send(id, get_data(5, "/a") + set_data(6, "/a", "y"));
  harness.advance(milliseconds(4));
  harness.run_core();
  harness.send(id, ping());

  const Counters& counters = harness.shard.counters();
  EXPECT_EQ(counters.packets_received, 3);
  EXPECT_EQ(counters.packets_sent, 3);
  EXPECT_EQ(counters.bytes_sent, static_cast<std::int64_t>(harness.take_bytes(id).size()));
  EXPECT_EQ(counters.reads, 1);
  EXPECT_EQ(counters.writes, 1);
  EXPECT_EQ(counters.latency_count, 2);
  EXPECT_EQ(counters.latency_sum_ms, 4);
  EXPECT_EQ(counters.latency_max_ms, 4);
  EXPECT_EQ(counters.latency_min_ms, 0);
  EXPECT_EQ(counters.read_times.count(), 1);
  EXPECT_EQ(counters.write_times.count(), 1);
  EXPECT_EQ(counters.read_times.sum + counters.write_times.sum, 4000);  // microseconds
  EXPECT_EQ(counters.by_opcode[4], 1);
  EXPECT_EQ(counters.by_opcode[5], 1);
  EXPECT_EQ(counters.by_opcode[11], 1);
  EXPECT_EQ(counters.responses.min, 16);
}

TEST(ShardStats, ASlowOperationIsReportedWithItsPhases) {
  Harness harness({.slow_operation_threshold = milliseconds(10)});
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.send(id, set_data(1, "/a", "x") + get_data(2, "/a") + set_data(3, "/a", "z"));
  harness.advance(milliseconds(20));
  harness.run_core(1);
  harness.advance(milliseconds(30));
  harness.run_core();

  ASSERT_EQ(harness.effects.slow.size(), 3U);
  const SlowOperation& first = harness.effects.slow[0];
  EXPECT_EQ(first.xid, 1);
  EXPECT_EQ(first.opcode, Opcode::SetData);
  EXPECT_EQ(first.path, "/a");
  EXPECT_EQ(first.session, harness.session_of(id));
  EXPECT_EQ(first.queued, milliseconds(0));
  EXPECT_EQ(first.core, milliseconds(20));
  const SlowOperation& read = harness.effects.slow[1];
  EXPECT_EQ(read.opcode, Opcode::GetData);
  EXPECT_EQ(read.queued, milliseconds(20));
  EXPECT_EQ(read.core, milliseconds(0));
  const SlowOperation& last = harness.effects.slow[2];
  EXPECT_EQ(last.queued, milliseconds(20));
  EXPECT_EQ(last.core, milliseconds(30));
  EXPECT_EQ(last.total, milliseconds(50));
  EXPECT_EQ(harness.shard.counters().slow_operations, 3);
}

TEST(ShardStats, OfALongPathThatIsSlowOnlyTheBeginningIsKept) {
  Harness harness({.slow_operation_threshold = milliseconds(10)});
  const ConnectionId id = harness.connect();
  const std::string path = "/" + std::string(100'000, 'n');
  harness.send(id, set_data(1, path, "x") + get_data(2, path));
  harness.advance(milliseconds(20));
  harness.run_core();

  ASSERT_EQ(harness.effects.slow.size(), 2U);
  for (const SlowOperation& slow : harness.effects.slow) EXPECT_EQ(slow.path, path.substr(0, 256));
}

TEST(ShardStats, ResettingAConnectionsNumbersForgetsItsLastRequest) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.shard.reset_connection_counters();

  const ConnectionReport report = harness.shard.report_connections()[0];
  EXPECT_EQ(report.received, 0);
  EXPECT_FALSE(report.has_last_opcode);
  EXPECT_EQ(report.last_xid, -1);
  EXPECT_EQ(report.session, harness.session_of(id));
}

}  // namespace
}  // namespace paddock::shard
