// SPDX-License-Identifier: Apache-2.0
#include "runtime/settings.h"

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "gate/connection_id.h"
#include "reconfig/members.h"
#include "runtime/membership.h"
#include "storage/log_format.h"

namespace paddock::runtime {

namespace {

std::string digest_name(config::DigestAlgorithm algorithm) {
  switch (algorithm) {
    case config::DigestAlgorithm::Sha1:
      return "SHA1";
    case config::DigestAlgorithm::Sha256:
      return "SHA-256";
    case config::DigestAlgorithm::Sha512:
      return "SHA-512";
    case config::DigestAlgorithm::Sha3256:
      return "SHA3-256";
  }
  PADDOCK_UNREACHABLE();
}

/// One shard's part of the bucket: connections are dealt out evenly.
shard::ThrottleOptions throttle_options(const config::ServerConfig& config, int shards) {
  const config::ConnectionThrottle& from = config.limits.connections;
  const int new_session_weight =
      config.sessions.local_enabled ? from.local_session_weight : from.global_session_weight;
  return {.tokens = from.tokens == 0 ? 0 : std::max(1, from.tokens / shards),
          .fill_time = from.fill_time * shards,
          .fill_count = from.fill_count,
          .freeze_time = from.freeze_time,
          .drop_increase = from.drop_increase,
          .drop_decrease = from.drop_decrease,
          .decrease_ratio = from.decrease_ratio,
          .new_session_weight = from.weight_enabled ? new_session_weight : 1,
          .old_session_weight = from.weight_enabled ? from.renew_session_weight : 1};
}

}  // namespace

Result<> check_supported(const config::ServerConfig& config) {
  if (!config.is_standalone() && config.ensemble.sasl) {
    return fail(
        "quorum.auth.enableSasl is not in this version: the links between servers would be open; "
        "use sslQuorum=true instead");
  }
  return {};
}

std::size_t io_thread_count(const config::ServerConfig& config) {
  if (config.process.io_threads >= 0) {
    return std::min<std::size_t>(static_cast<std::size_t>(config.process.io_threads),
                                 gate::kShardsMax);
  }
  // Up to two processors, threads for connections only add crossings between threads.
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  return processors <= 2 ? 0 : std::min<std::size_t>(processors / 2, 16);
}

auth::AuthOptions auth_options(const config::ServerConfig& config) {
  return {.jwt_super_user = config.auth.jwt.super_user,
          .digest_enabled = config.auth.digest_enabled,
          .super_digest = config.auth.super_digest.reveal(),
          .digest_algorithm = digest_name(config.auth.digest_algorithm),
          .x509_super_user = config.auth.x509_super_user,
          .sasl_super_users = config.auth.sasl_super_users};
}

replica::ReplicaOptions replica_options(const config::ServerConfig& config) {
  replica::ReplicaOptions options;
  // Session ids of a standalone server begin with 1, as ZooKeeper's do.
  options.server = config.ensemble.my_id == ServerId{} ? ServerId{1} : config.ensemble.my_id;
  options.peer = peer_options(config);
  if (!options.peer.is_alone) {
    std::random_device random;
    options.first_request = (std::uint64_t{random()} << 32U | random()) >> 1U | 1U;
    options.new_ensemble_id = fmt::format("{:08x}{:08x}{:08x}{:08x}",
                                          static_cast<std::uint32_t>(random()),
                                          static_cast<std::uint32_t>(random()),
                                          static_cast<std::uint32_t>(random()),
                                          static_cast<std::uint32_t>(random()));
    options.patience = std::chrono::duration_cast<milliseconds>(options.peer.silence_max * 2);
    options.read_only_mode = config.features.read_only_mode;
    options.configuration = reconfig::configuration_of(members_of(config.ensemble));
    options.voters_min = config.ensemble.standalone_enabled ? 2 : 1;
    options.prepare.is_ensemble = true;
  }
  options.audit = config.audit.enabled;
  options.local_sessions = config.sessions.local_enabled;
  options.local_sessions_upgrading = config.sessions.local_upgrading_enabled;
  options.tick = config.sessions.tick_time;
  options.prepare.skip_acl = config.features.skip_acl;
  options.prepare.acl_schemes = {.digest = config.auth.digest_enabled,
                                 .x509 = config.has_x509(),
                                 .sasl = config.auth.has(config::AuthProvider::Sasl),
                                 .jwt = config.auth.jwt.is_on()};
  options.prepare.extended_types_enabled = config.features.ttl_nodes;
  options.prepare.enforce_quota = config.features.enforce_quota;
  options.prepare.reconfig_enabled = config.features.reconfig;
  options.container_check_interval = config.containers.check_interval;
  options.container_deletes_per_minute_max =
      static_cast<std::size_t>(config.containers.deletions_per_minute);
  options.container_never_used_max = config.containers.never_used_max;
  return options;
}

shard::ShardOptions shard_options(const config::ServerConfig& config) {
  shard::ShardOptions options;
  options.frame_bytes_max = static_cast<std::size_t>(config.limits.packet_bytes_max);
  options.session_timeout_min = config.sessions.timeout_min;
  options.session_timeout_max = config.sessions.timeout_max;
  options.handshake_timeout = config.clients.handshake_timeout;
  // Each shard has its share, so that no shard has to know what the others have.
  const std::size_t shards = std::max<std::size_t>(io_thread_count(config), 1);
  int outstanding_max = config.limits.outstanding_requests_max;
  if (const int max = config.limits.throttle_requests_max; max > 0) {
    outstanding_max = std::min(outstanding_max, max);
  }
  options.outstanding_max =
      std::max<std::size_t>(static_cast<std::size_t>(outstanding_max) / shards, 1);
  options.drop_stale = config.limits.drop_stale_requests && config.limits.stale_latency_check;
  options.throttled_op_wait = config.limits.throttled_op_wait;
  if (config.limits.large_request_bytes > 0) {
    options.large_request_bytes = static_cast<std::size_t>(config.limits.large_request_bytes);
  }
  options.large_requests_bytes_max =
      static_cast<std::size_t>(config.limits.large_requests_bytes_max) / shards;
  options.throttle = throttle_options(config, static_cast<int>(shards));
  options.outstanding_bytes_max /= shards;
  if (config.auth.enforce) options.enforced_schemes = config.auth.enforced_schemes;
  options.allows_failed_sasl = config.auth.allow_sasl_failed_clients;
  options.skip_acl = config.features.skip_acl;
  options.reads_may_lag = !config.is_standalone();
  options.linearizable_reads = config.features.linearizable_reads;
  options.four_letter_whitelist = config.four_letter_words.words;
  if (config.four_letter_words.all) options.four_letter_whitelist = {"*"};
  options.slow_operation_threshold = config.process.slow_operation_threshold;
  options.audit = config.audit.enabled;
  return options;
}

std::int64_t handshakes_max_of_shard(const config::ServerConfig& config) {
  if (config.clients.tls_handshakes_max < 0) return std::numeric_limits<std::int64_t>::max();
  const auto shards = static_cast<std::int64_t>(std::max<std::size_t>(io_thread_count(config), 1));
  return (config.clients.tls_handshakes_max + shards - 1) / shards;
}

storage::StoreOptions store_options(const config::ServerConfig& config) {
  storage::StoreOptions options;
  options.data_directory = config.storage.data_dir;
  options.log_directory = config.storage.data_log_dir;
  options.server_id = config.ensemble.my_id;
  options.segment_bytes = config.storage.preallocate_bytes;
  if (config.storage.log_file_bytes_max > 0) {
    options.segment_bytes = std::min(options.segment_bytes, config.storage.log_file_bytes_max);
  }
  // Both are in kilobytes; a segment is of whole blocks.
  const std::uint64_t blocks =
      (options.segment_bytes + storage::kBlockBytes - 1) / storage::kBlockBytes;
  options.segment_bytes = std::max<std::uint64_t>(blocks, 1) * storage::kBlockBytes;
  options.sync =
      config.storage.force_sync ? storage::SyncPolicy::Always : storage::SyncPolicy::Never;
  const bool purges = config.storage.purge_interval.count() > 0;
  options.snapshots_kept =
      purges ? static_cast<std::size_t>(std::max(1, config.storage.retained_snapshots))
             : std::numeric_limits<std::size_t>::max();
  options.space.reserve_bytes = config.storage.reserve_file_bytes;
  options.space.read_only_below = config.storage.free_bytes_min;
  options.space.writable_above = config.storage.free_bytes_min * 2;
  return options;
}

LogThreadOptions log_thread_options(const config::ServerConfig& config) {
  return {.slow_threshold = config.storage.fsync_warning_threshold,
          .flush_delay = config.storage.flush_delay,
          .idle_max = config.storage.flush_poll_max,
          .batch_max = static_cast<std::size_t>(std::max(1, config.storage.batch_max))};
}

StallOptions stall_options(const config::ServerConfig& config) {
  return {.enabled = config.features.stall_monitor,
          .info_threshold = config.features.stall_info_threshold,
          .warn_threshold = config.features.stall_warn_threshold};
}

SnapshotLimits snapshot_limits(const config::ServerConfig& config) {
  return {.transactions = config.storage.snapshot_transactions,
          .log_bytes = static_cast<std::int64_t>(config.storage.snapshot_log_bytes)};
}

}  // namespace paddock::runtime
