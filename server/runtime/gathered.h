// SPDX-License-Identifier: Apache-2.0
//
// What the reporter has gathered from the server's threads: plain values, the admin thread's.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "admin/server_report.h"
#include "base/histogram.h"
#include "metrics/metric.h"
#include "replica/replica.h"
#include "runtime/peer_links.h"
#include "runtime/stall_monitor.h"
#include "tree/data_tree.h"

namespace paddock::runtime {

/// Of the core's thread.
struct CoreNumbers {
  replica::ReplicaCounters replica;
  bool writes_refused = false;
  bool is_memory_short = false;
  std::int64_t connections_rejected = 0;
  StallReport stalls;
  std::size_t in_flight = 0;  // requests of this server's clients that the core has
  std::size_t ordered = 0;    // transactions of this leader that are not applied
  std::size_t history_bytes = 0;
  Buckets batch_sizes;
  // Of proposals, from when they were known here: see replica::WriteTimes.
  Buckets durable;
  Buckets committed;
  Buckets quorum;
  Buckets propagated;
  std::map<ServerId, Buckets> acked;
  std::vector<PeerLinkStats> links;
};

struct QuotaReport {
  std::string path;
  std::int64_t count = 0;
  std::int64_t bytes = 0;
  std::int64_t count_limit = -1;  // the hard one, or the soft one; -1: none
  std::int64_t bytes_limit = -1;
};

struct Gathered {
  admin::ServerReport report;
  CoreNumbers core;
  std::int64_t secure_connections = 0;
  std::int64_t connections_max = 0;
  std::int64_t handshakes_refused = 0;
  tree::TreeCounts tree;
  std::vector<QuotaReport> quotas;
  /// The numbers of /metrics.
  std::vector<metrics::Metric> metrics;
};

}  // namespace paddock::runtime
