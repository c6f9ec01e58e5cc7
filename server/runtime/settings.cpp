// SPDX-License-Identifier: Apache-2.0
#include "runtime/settings.h"

#include <algorithm>
#include <string>
#include <thread>

#include "gate/connection_id.h"

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

}  // namespace

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
  return {.digest_enabled = config.auth.digest_enabled,
          .super_digest = config.auth.super_digest.reveal(),
          .digest_algorithm = digest_name(config.auth.digest_algorithm)};
}

replica::ReplicaOptions replica_options(const config::ServerConfig& config) {
  replica::ReplicaOptions options;
  // Session ids of a standalone server begin with 1, as ZooKeeper's do.
  options.server = config.ensemble.my_id == ServerId{} ? ServerId{1} : config.ensemble.my_id;
  options.tick = config.sessions.tick_time;
  options.prepare.skip_acl = config.features.skip_acl;
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
  options.outstanding_max =
      static_cast<std::size_t>(std::max(1, config.limits.outstanding_requests_max));
  options.skip_acl = config.features.skip_acl;
  options.four_letter_whitelist = config.four_letter_words.words;
  if (config.four_letter_words.all) options.four_letter_whitelist = {"*"};
  options.slow_operation_threshold = config.process.slow_operation_threshold;
  return options;
}

storage::StoreOptions store_options(const config::ServerConfig& config) {
  storage::StoreOptions options;
  options.data_directory = config.storage.data_dir;
  options.log_directory = config.storage.data_log_dir;
  options.server_id = config.ensemble.my_id;
  options.segment_bytes = config.storage.preallocate_bytes;
  options.sync =
      config.storage.force_sync ? storage::SyncPolicy::Always : storage::SyncPolicy::Never;
  options.snapshots_kept = static_cast<std::size_t>(std::max(1, config.storage.retained_snapshots));
  options.space.reserve_bytes = config.storage.reserve_file_bytes;
  options.space.read_only_below = config.storage.free_bytes_min;
  options.space.writable_above = config.storage.free_bytes_min * 2;
  return options;
}

LogThreadOptions log_thread_options(const config::ServerConfig& config) {
  return {.slow_threshold = config.storage.fsync_warning_threshold};
}

BackgroundOptions background_options(const config::ServerConfig& config,
                                     Replayed replayed,
                                     std::uint64_t seed) {
  return {.snapshot_transactions = config.storage.snapshot_transactions,
          .snapshot_log_bytes = config.storage.snapshot_log_bytes,
          .replayed = replayed,
          .seed = seed};
}

}  // namespace paddock::runtime
