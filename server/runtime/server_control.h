// SPDX-License-Identifier: Apache-2.0
//
// What the admin API may do with the server besides reading it. Called on the admin server's
// threads; each call asks the thread that owns what is changed, and waits for its answer.
#pragma once

#include <functional>
#include <vector>

#include "base/error.h"
#include "config/server_config.h"
#include "net/event_loop.h"
#include "runtime/connection_limits.h"
#include "runtime/core.h"
#include "runtime/limit_keeper.h"
#include "runtime/own_client.h"
#include "runtime/reload_desk.h"
#include "runtime/shard_io.h"

namespace paddock::runtime {

/// All outlive the control.
struct ControlParts {
  Core& core;
  std::vector<ShardIo*> shards;
  ConnectionLimits& connections;
  LimitKeeper& limits;
  ReloadDesk& reloads;
  // On the core's thread; false: the server is ending.
  std::function<bool(milliseconds over)> start_drain;
  std::function<bool()> cancel_drain;
};

class ServerControl {
 public:
  explicit ServerControl(ControlParts parts) : parts_(std::move(parts)) {}

  /// Gives a shard a connection of the server's own. *Errors*: there are too many of its address.
  [[nodiscard]] Result<> adopt_own(net::Accepted accepted, const OwnCaller& caller);

  /// Sends all clients away over a time, and takes none. *Errors*: the server is ending.
  [[nodiscard]] Result<> start_drain(milliseconds over);
  /// Clients are taken again.
  [[nodiscard]] Result<> cancel_drain();

  /// The right to vote with an empty disk; false: it has it. *Errors*: it may not be given.
  [[nodiscard]] Result<bool> grant_vote();

  /// *Errors*: what is wrong with the configuration; everything is as it was.
  [[nodiscard]] Result<Reloaded> reload() { return parts_.reloads.ask(); }

  [[nodiscard]] config::ClientLimitMap client_limits() const { return parts_.limits.map(); }
  [[nodiscard]] std::vector<shard::ClientLimits::Report> limit_report() const;
  void set_client_limits(const config::ClientLimitMap& limits);
  /// Gives all shards those that are in force, and waits until they have them.
  void share_limits();

  /// `count` of the connections that match, or all with 0; returns how many go. *Errors*: a thread
  /// did not answer.
  [[nodiscard]] Result<std::size_t> close_connections(const shard::ConnectionFilter& filter,
                                                      std::size_t count);

  struct ShardNotes {
    std::vector<ShardIo::SlowNote> slow;
    std::vector<shard::TopSketch<shard::ShortPath>::Entry> paths;
    std::vector<shard::TopSketch<SessionId>::Entry> sessions;
  };
  /// Of all shards, in no order. *Errors*: a thread did not answer.
  [[nodiscard]] Result<ShardNotes> notes();

 private:
  ControlParts parts_;
};

}  // namespace paddock::runtime
