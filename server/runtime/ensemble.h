// SPDX-License-Identifier: Apache-2.0
//
// What a member of an ensemble has besides: the links to the others, the thread that reads from
// the disk for them, and the question whether an empty disk may vote. Lives on the core's loop.
#pragma once

#include <memory>

#include "config/server_config.h"
#include "election/configuration.h"
#include "net/event_loop.h"
#include "runtime/core.h"
#include "runtime/first_start.h"
#include "runtime/learner_read_thread.h"
#include "runtime/peer_links.h"
#include "storage/store.h"

namespace paddock::runtime {

class Ensemble final : private PeerLinksHandler {
 public:
  /// `configuration`: the one in force.
  Ensemble(const config::ServerConfig& config,
           const election::Configuration& configuration,
           net::EventLoop& loop,
           Core& core,
           storage::Store& store);
  ~Ensemble() override;
  Ensemble(const Ensemble&) = delete;
  Ensemble& operator=(const Ensemble&) = delete;

  /// In every turn, before effects are carried out.
  void end_turn();
  /// Nothing is read for others any more.
  void stop() { reads_.stop(); }
  [[nodiscard]] const PeerLinks& links() const { return *links_; }

 private:
  void on_up(ServerId peer, const PeerInfo& info) override;
  void on_down(ServerId peer) override;
  void on_message(ServerId peer, replica::PeerMessage message) override;
  void begin();

  net::EventLoop& loop_;
  Core& core_;
  wire::Hello hello_;
  FirstStart first_start_;
  LearnerReadThread reads_;
  std::unique_ptr<PeerLinks> links_;
};

}  // namespace paddock::runtime
