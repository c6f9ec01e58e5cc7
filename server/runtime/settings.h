// SPDX-License-Identifier: Apache-2.0
//
// From the configuration to each part's options; the only place that knows both.
#pragma once

#include "auth/authenticator.h"
#include "config/server_config.h"
#include "replica/options.h"
#include "runtime/log_thread.h"
#include "runtime/snapshot_schedule.h"
#include "runtime/stall_monitor.h"
#include "shard/shard.h"
#include "storage/store.h"

namespace paddock::runtime {

/// *Errors*: what this version cannot run as, and what to do instead.
[[nodiscard]] Result<> check_supported(const config::ServerConfig& config);
/// How many threads serve connections; 0: the core's own.
[[nodiscard]] std::size_t io_thread_count(const config::ServerConfig& config);
[[nodiscard]] auth::AuthOptions auth_options(const config::ServerConfig& config);
[[nodiscard]] replica::ReplicaOptions replica_options(const config::ServerConfig& config);
/// TLS handshakes that each shard may have under way.
[[nodiscard]] std::int64_t handshakes_max_of_shard(const config::ServerConfig& config);
[[nodiscard]] shard::ShardOptions shard_options(const config::ServerConfig& config);
[[nodiscard]] storage::StoreOptions store_options(const config::ServerConfig& config);
[[nodiscard]] LogThreadOptions log_thread_options(const config::ServerConfig& config);
[[nodiscard]] SnapshotLimits snapshot_limits(const config::ServerConfig& config);
[[nodiscard]] StallOptions stall_options(const config::ServerConfig& config);

}  // namespace paddock::runtime
