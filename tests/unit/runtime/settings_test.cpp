// SPDX-License-Identifier: Apache-2.0
//
// From a line of zoo.cfg to the option of the part that honours it: what a key does there is tested
// with that part.
#include "runtime/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"

namespace paddock::runtime {
namespace {

config::ServerConfig config_of(const std::string& lines) {
  config::Sources sources;
  sources.file_name = "zoo.cfg";
  sources.file_text = "dataDir=/data\nclientPort=2181\n" + lines;
  sources.read_file = [](const std::string&) -> Result<std::optional<std::string>> {
    return std::nullopt;
  };
  const config::Loaded loaded = config::load(sources);
  EXPECT_TRUE(loaded.ok()) << lines;
  EXPECT_TRUE(loaded.warnings.empty()) << lines << loaded.warnings.front();
  return loaded.config;
}

TEST(Settings, OfTheReplica) {
  const replica::ReplicaOptions options = replica_options(
      config_of("tickTime=700\nextendedTypesEnabled=true\nenforceQuota=true\nreconfigEnabled=true\n"
                "znode.container.checkIntervalMs=11\nznode.container.maxPerMinute=12\n"
                "znode.container.maxNeverUsedIntervalMs=13\n"));
  EXPECT_EQ(options.tick, milliseconds(700));
  EXPECT_TRUE(options.prepare.extended_types_enabled);
  EXPECT_TRUE(options.prepare.enforce_quota);
  EXPECT_TRUE(options.prepare.reconfig_enabled);
  EXPECT_FALSE(options.prepare.skip_acl);
  EXPECT_EQ(options.container_check_interval, milliseconds(11));
  EXPECT_EQ(options.container_deletes_per_minute_max, 12U);
  EXPECT_EQ(options.container_never_used_max, milliseconds(13));
}

TEST(Settings, OfTheProtocol) {
  const std::string alone =
      "server.1=a:1:2;2181\nstandaloneEnabled=false\ninitLimit=5\nsyncLimit=2\n";
  const auto options_of = [&](const std::string& lines) {
    config::Sources sources;
    sources.file_name = "zoo.cfg";
    sources.file_text = "dataDir=/data\nclientPort=2181\n" + alone + lines;
    sources.read_file = [](const std::string& name) -> Result<std::optional<std::string>> {
      return name == "/data/myid" ? std::optional<std::string>("1\n") : std::nullopt;
    };
    const config::Loaded loaded = config::load(sources);
    EXPECT_TRUE(loaded.ok()) << lines;
    return replica_options(loaded.config).peer;
  };
  EXPECT_FALSE(options_of("").is_alone);
  EXPECT_TRUE(options_of("").feed_by_followers);
  EXPECT_FALSE(options_of("paddock.followersFeedObservers=false\n").feed_by_followers);
}

TEST(Settings, OfAShard) {
  const shard::ShardOptions options = shard_options(
      config_of("paddock.ioThreads=0\njute.maxbuffer=2000\nminSessionTimeout=7\n"
                "maxSessionTimeout=8\nnio.sessionlessCnxnTimeout=9\nglobalOutstandingLimit=10\n"
                "4lw.commands.whitelist=ruok,mntr\npaddock.slowOperationThresholdMs=11\n"
                "enforce.auth.enabled=true\nenforce.auth.schemes=digest\n"
                "largeRequestThreshold=12\nlargeRequestMaxBytes=13\nthrottled_op_wait_time=14\n"));
  EXPECT_EQ(options.frame_bytes_max, 2000U);
  EXPECT_EQ(options.session_timeout_min, milliseconds(7));
  EXPECT_EQ(options.session_timeout_max, milliseconds(8));
  EXPECT_EQ(options.handshake_timeout, milliseconds(9));
  EXPECT_EQ(options.outstanding_max, 10U);
  EXPECT_EQ(options.four_letter_whitelist, (std::vector<std::string>{"ruok", "mntr", "srvr"}));
  EXPECT_EQ(options.slow_operation_threshold, milliseconds(11));
  EXPECT_EQ(options.enforced_schemes, std::vector<std::string>{"digest"});
  EXPECT_EQ(options.large_request_bytes, 12U);
  EXPECT_EQ(options.large_requests_bytes_max, 13U);
  EXPECT_EQ(options.throttled_op_wait, milliseconds(14));
}

TEST(Settings, StaleRequestsAreDroppedIfBothKeysSaySo) {
  const std::string checks = "request_stale_latency_check=true\n";
  EXPECT_FALSE(shard_options(config_of("")).drop_stale);
  EXPECT_TRUE(shard_options(config_of(checks)).drop_stale);
  EXPECT_FALSE(shard_options(config_of(checks + "request_throttle_drop_stale=false\n")).drop_stale);
}

TEST(Settings, TlsHandshakesAreSharedOutRoundedUp) {
  const std::string lines = "paddock.ioThreads=4\nnetty.server.outstandingHandshake.limit=";
  EXPECT_EQ(handshakes_max_of_shard(config_of(lines + "10\n")), 3);
  EXPECT_GT(handshakes_max_of_shard(config_of(lines + "-1\n")), 1'000'000'000);
}

TEST(Settings, SchemesCountOnlyWhenTheyAreEnforced) {
  EXPECT_TRUE(shard_options(config_of("enforce.auth.schemes=digest\n")).enforced_schemes.empty());
}

TEST(Settings, LimitsOfAllClientsAreSharedOutToTheShards) {
  const shard::ShardOptions options = shard_options(
      config_of("paddock.ioThreads=4\nglobalOutstandingLimit=1000\nlargeRequestMaxBytes=4000\n"
                "connection_throttle_tokens=40\nconnection_throttle_fill_time=5\n"));
  EXPECT_EQ(options.outstanding_max, 250U);
  EXPECT_EQ(options.large_requests_bytes_max, 1000U);
  EXPECT_EQ(options.throttle.tokens, 10);
  EXPECT_EQ(options.throttle.fill_time, milliseconds(20));
}

TEST(Settings, TheSmallerOfTheLimitsOfRequestsCounts) {
  const std::string lines = "paddock.ioThreads=0\nglobalOutstandingLimit=100\n";
  EXPECT_EQ(shard_options(config_of(lines)).outstanding_max, 100U);
  EXPECT_EQ(shard_options(config_of(lines + "request_throttle_max_requests=30\n")).outstanding_max,
            30U);
  EXPECT_EQ(shard_options(config_of(lines + "request_throttle_max_requests=300\n")).outstanding_max,
            100U);
}

TEST(Settings, WeightsOfTheConnectionThrottleCountWhenEnabled) {
  const std::string lines =
      "paddock.ioThreads=0\nconnection_throttle_tokens=9\nconnection_throttle_freeze_time=8\n"
      "connection_throttle_drop_increase=0.5\nconnection_throttle_drop_decrease=0.25\n"
      "connection_throttle_decrease_ratio=0.75\nconnection_throttle_fill_count=7\n"
      "connection_throttle_global_session_weight=5\nconnection_throttle_renew_session_weight=4\n";
  const shard::ThrottleOptions off = shard_options(config_of(lines)).throttle;
  EXPECT_EQ(off.fill_count, 7);
  EXPECT_EQ(off.freeze_time, milliseconds(8));
  EXPECT_EQ(off.drop_increase, 0.5);
  EXPECT_EQ(off.drop_decrease, 0.25);
  EXPECT_EQ(off.decrease_ratio, 0.75);
  EXPECT_EQ(off.new_session_weight, 1);
  const shard::ThrottleOptions on =
      shard_options(config_of(lines + "connection_throttle_weight_enabled=true\n")).throttle;
  EXPECT_EQ(on.new_session_weight, 5);
  EXPECT_EQ(on.old_session_weight, 4);
}

TEST(Settings, OfTheStore) {
  const storage::StoreOptions options =
      store_options(config_of("dataLogDir=/log\npreAllocSize=64\nautopurge.snapRetainCount=5\n"
                              "paddock.reserveFileSizeInMb=1\npaddock.minFreeSpaceInMb=2\n"));
  EXPECT_EQ(options.data_directory, "/data");
  EXPECT_EQ(options.log_directory, "/log");
  EXPECT_EQ(options.segment_bytes, 65536U);
  EXPECT_EQ(options.sync, storage::SyncPolicy::Always);
  EXPECT_EQ(options.snapshots_kept, 5U);
  EXPECT_EQ(options.space.reserve_bytes, std::uint64_t{1} << 20U);
  EXPECT_EQ(options.space.read_only_below, std::uint64_t{2} << 20U);
}

TEST(Settings, LogFilesHaveTheSmallerOfTheirTwoSizes) {
  EXPECT_EQ(store_options(config_of("preAllocSize=64\ntxnLogSizeLimitInKb=32\n")).segment_bytes,
            32768U);
  EXPECT_EQ(store_options(config_of("preAllocSize=64\ntxnLogSizeLimitInKb=-1\n")).segment_bytes,
            65536U);
}

TEST(Settings, WithoutPurgingEverySnapshotIsKept) {
  EXPECT_GT(store_options(config_of("autopurge.purgeInterval=0\n")).snapshots_kept, 1'000'000U);
}

TEST(Settings, OfTheLogThread) {
  const LogThreadOptions options = log_thread_options(
      config_of("fsync.warningthresholdms=21\nflushDelay=30\nmaxBatchSize=22\n"));
  EXPECT_EQ(options.slow_threshold, milliseconds(21));
  EXPECT_EQ(options.flush_delay, milliseconds(30));
  EXPECT_EQ(options.idle_max, milliseconds(10));
  EXPECT_EQ(options.batch_max, 22U);
}

TEST(Settings, OfSnapshots) {
  EXPECT_EQ(snapshot_limits(config_of("snapCount=17\n")).transactions, 17);
  EXPECT_EQ(snapshot_limits(config_of("snapSizeLimitInKb=3\n")).log_bytes, 3072);
  EXPECT_EQ(snapshot_limits(config_of("snapSizeLimitInKb=-1\n")).log_bytes, 0);
}

TEST(Settings, OfAuthentication) {
  const auth::AuthOptions options =
      auth_options(config_of("DigestAuthenticationProvider.enabled=false\n"
                             "DigestAuthenticationProvider.superDigest=super:YWJj\n"
                             "DigestAuthenticationProvider.digestAlg=SHA3-256\n"));
  EXPECT_FALSE(options.digest_enabled);
  EXPECT_EQ(options.super_digest, "super:YWJj");
  EXPECT_EQ(options.digest_algorithm, "SHA3-256");
  const auto schemes_of = [](const std::string& text) {
    return replica_options(config_of(text)).prepare.acl_schemes;
  };
  EXPECT_TRUE(schemes_of("").digest);
  EXPECT_FALSE(schemes_of("DigestAuthenticationProvider.enabled=false\n").digest);
  EXPECT_FALSE(schemes_of("").sasl);
  EXPECT_TRUE(
      schemes_of("authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider\n"
                 "java.security.auth.login.config=/jaas.conf\n")
          .sasl);
  EXPECT_THAT(auth_options(config_of("superUser=a\nsuperUser.2=b@R\n")).sasl_super_users,
              testing::UnorderedElementsAre("a", "b@R"));
  EXPECT_FALSE(shard_options(config_of("")).allows_failed_sasl);
  EXPECT_TRUE(shard_options(config_of("allowSaslFailedClients=true\n")).allows_failed_sasl);
}

TEST(Settings, ThisVersionHasNoSaslBetweenServers) {
  EXPECT_TRUE(check_supported(config_of("")));
  config::ServerConfig alone = config_of("");
  alone.ensemble.members[ServerId{1}] = {};
  EXPECT_TRUE(check_supported(alone));
  config::ServerConfig member = alone;
  member.ensemble.standalone_enabled = false;
  EXPECT_TRUE(check_supported(member));
  member.ensemble.tls = true;
  EXPECT_TRUE(check_supported(member));
  member.ensemble.sasl = true;
  EXPECT_FALSE(check_supported(member));
}

}  // namespace
}  // namespace paddock::runtime
