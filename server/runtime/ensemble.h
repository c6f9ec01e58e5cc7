// SPDX-License-Identifier: Apache-2.0
//
// What a member of an ensemble has besides: the links to the others, the thread that reads from
// the disk for them, and the question whether an empty disk may vote. Lives on the core's loop.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "config/server_config.h"
#include "net/event_loop.h"
#include "runtime/core.h"
#include "runtime/first_start.h"
#include "runtime/learner_read_thread.h"
#include "runtime/peer_links.h"
#include "runtime/tls_credentials.h"
#include "storage/store.h"

namespace paddock::runtime {

class Ensemble final : private PeerLinksHandler {
 public:
  /// `tls`: for the links; null if they do without.
  Ensemble(const config::ServerConfig& config,
           const TlsCredentials* tls,
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
  /// *Errors*: why it has stopped the loop.
  [[nodiscard]] const Result<>& outcome() const { return outcome_; }

 private:
  void on_up(ServerId peer, const PeerInfo& info) override;
  void on_down(ServerId peer) override;
  void on_message(ServerId peer, replica::PeerMessage message) override;
  void begin();
  void follow_configuration();
  void say_standing();
  void follow_charter();
  void stop_if_outdated();

  net::EventLoop& loop_;
  Core& core_;
  wire::Hello hello_;
  FirstStart first_start_;
  LearnerReadThread reads_;
  std::unique_ptr<PeerLinks> links_;
  std::uint64_t noted_changes_ = 0;  // of the quorums
  std::uint64_t noted_term_ = 0;
  bool was_established_ = false;
  std::string said_;  // of who leads
  replica::Charter noted_charter_;
  Result<> outcome_;
};

}  // namespace paddock::runtime
