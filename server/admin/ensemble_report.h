// SPDX-License-Identifier: Apache-2.0
//
// What a member knows of its ensemble, as plain values for the commands and the metrics.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/buffer_sizes.h"
#include "base/ids.h"
#include "base/observed.h"
#include "base/time.h"

namespace paddock::admin {

struct MemberReport {
  ServerId id{};
  bool is_observer = false;
  std::string quorum_address;    // host:port
  std::string election_address;  // host:port
  std::string client_address;    // host:port; empty if it is not in the configuration
};

/// What a leader knows of one that follows it.
struct FollowerReport {
  ServerId id{};
  bool is_voter = false;
  bool is_in_step = false;
  /// Transactions of this epoch that it has not acknowledged; none: another feeds it, or it is not
  /// in the epoch.
  std::optional<std::int64_t> lag;
  /// The follower that feeds it; none: the leader does.
  std::optional<ServerId> feeder;
};

/// What `conf` of a member shows besides.
struct MemberConfigReport {
  int init_limit = 0;  // in ticks
  int sync_limit = 0;
  /// This server's; those of several addresses are separated by '|'.
  std::string election_ports;
  std::string quorum_ports;
  bool is_observer = false;
  /// The configuration in force: `server.N=…` lines and the version.
  std::string membership;
};

/// What only a leader has to say.
struct LeadershipReport {
  milliseconds uptime{0};
  BufferSizes proposals;
};

struct EnsembleReport {
  ServerId self{};
  /// leader, follower, observer, joining (no member, or without the right to vote) or looking.
  std::string role;
  /// election, discovery, synchronization or broadcast.
  std::string phase;
  std::optional<ServerId> leader;
  bool votes = false;
  /// Its disk holds nothing and was never given the right to vote.
  bool is_empty = false;
  /// Transactions that are known here and not applied.
  std::int64_t apply_lag = 0;
  std::int64_t epoch = 0;
  std::int64_t accepted_epoch = 0;
  std::int64_t current_epoch = 0;
  std::int64_t elections = 0;
  Observed election_times;
  /// From the loss of a leader until the next one was there; and where this server was that one.
  Observed unavailable_times;
  Observed leader_unavailable_times;
  /// From the choice of a leader until this server had its history, as follower or observer.
  Observed follower_sync_times;
  Observed observer_sync_times;
  /// Learners that this server, as leader, has brought up to its history by what they lacked or by
  /// a snapshot; transactions that it was sent.
  std::int64_t diffs = 0;
  std::int64_t snapshots = 0;
  std::int64_t proposals_received = 0;
  std::int64_t commits_received = 0;
  /// Empty until there was a leader.
  std::string ensemble_id;
  /// In force, and of this version.
  std::uint32_t feature_level = 0;
  std::uint32_t feature_level_max = 0;
  /// How often trees were found to differ, and this server rebuilt itself, since its start.
  std::int64_t digest_mismatches = 0;
  std::int64_t rebuilds = 0;
  /// Of the configuration in force; of the one that is coming, which is committed.
  std::int64_t activated_version = 0;
  std::int64_t committed_version = 0;
  std::vector<MemberReport> members;
  MemberConfigReport config;
  /// Where this server's clients connect, by its own file: the configuration need not say it.
  std::string own_client_address;
  /// Of a leader only.
  std::optional<LeadershipReport> leadership;
  std::vector<FollowerReport> followers;
  /// The follower that feeds this observer; none: the leader does.
  std::optional<ServerId> feeder;
  /// The observers that this follower feeds.
  std::vector<ServerId> fed_observers;
};

}  // namespace paddock::admin
