// SPDX-License-Identifier: Apache-2.0
//
// The inside of PeerLinks, which its three files share: the turn, dialing, and greetings with the
// ends of links. One thread. Invariant: a link is in `links_` and perhaps is one server's `up` or
// `attempt`; one that is broken stays so until that is reported.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/resolver.h"
#include "runtime/dial_plan.h"
#include "runtime/log_rate.h"
#include "runtime/peer_link.h"
#include "runtime/peer_links.h"
#include "runtime/peer_listener.h"
#include "wire/encoder.h"

namespace paddock::runtime {

inline constexpr Duration kLinkLogEvery = seconds(10);

class PeerLinks::Impl final : public PeerLink::Owner {
 public:
  Impl(net::EventLoop& loop, wire::Hello self, PeerLinksOptions options, PeerLinksHandler& handler);

  void set_peers(const std::map<ServerId, std::vector<config::PeerAddress>>& peers);
  void set_self(wire::Hello self);
  void send(ServerId id, replica::PeerMessage message);
  void drop(ServerId id, const std::string& why);
  void on_time(MonotonicTime now);
  [[nodiscard]] MonotonicTime next_time() const;
  void end_turn();
  [[nodiscard]] bool is_up(ServerId id) const;
  [[nodiscard]] std::vector<PeerLinkStats> stats() const;
  [[nodiscard]] std::vector<std::uint16_t> ports() const;

 private:
  /// One other server: a member, or whoever had a link.
  struct Peer {
    explicit Peer(const DialOptions& options) : plan(options), complaints(1, kLinkLogEvery) {}

    std::vector<config::PeerAddress> addresses;
    DialPlan plan;
    std::uint64_t ticket = 0;  // of the question that is asked
    std::string host;          // that is dialed
    PeerLink* up = nullptr;    // also broken, until that is reported
    PeerLink* attempt = nullptr;
    PeerLinkStats stats;  // but for the link that stands
    LogRate complaints;
  };

  // --- From the links.
  void on_connected(PeerLink& link) override;
  void on_frame(PeerLink& link, wire::LinkMessage message) override;
  void on_broken(PeerLink& link) override;

  void on_frame_when_up(PeerLink& link, wire::LinkMessage message);
  void on_greeting(PeerLink& link, wire::LinkMessage message);
  void on_hello(PeerLink& link, wire::Hello hello);
  void on_refusal(PeerLink& link, const wire::Refusal& refusal);
  [[nodiscard]] std::optional<std::string> host_objection(const PeerLink& link,
                                                          const wire::Hello& hello) const;
  [[nodiscard]] bool is_welcome(PeerLink& link, Peer& peer, const wire::Hello& hello);
  void establish(PeerLink& link, Peer& peer, wire::Hello hello);

  // --- Ends.
  void report_broken();
  void report_broken(PeerLink& link);
  void report_down(Peer& peer, const std::string& why);
  void refuse(PeerLink& link, const std::string& reason);
  void retire(PeerLink& link);

  // --- Dialing.
  Peer& peer_of(ServerId id);
  void set_targets(ServerId id, Peer& peer, const std::vector<config::PeerAddress>& addresses);
  void give_up_attempt(Peer& peer);
  void carry_out(Peer& peer, DialPlan::Step step);
  void ask(Peer& peer, const config::Endpoint& where);
  [[nodiscard]] Result<> dial(Peer& peer, const net::SocketAddress& address);
  void on_dial_failed(Peer& peer, const std::string& why);
  void take_answers();
  void take_answer(net::Resolver::Answer answer);

  void on_accepted(net::Accepted accepted);
  void close_oldest_stranger();
  void say_hello(PeerLink& link, std::optional<ServerId> to);
  void log_newcomer(const PeerLink& link);
  void warn(LogRate& rate, const std::string& text);
  [[nodiscard]] MonotonicTime now() const { return loop_.now().monotonic; }

  net::EventLoop& loop_;
  wire::Hello self_;
  PeerLinksOptions options_;
  PeerLinksHandler& handler_;
  Prng prng_;
  wire::Encoder encoder_;
  wire::OutgoingFrame frame_;
  std::uint64_t last_hello_ = 0;
  std::uint64_t last_ticket_ = 0;
  net::Resolver resolver_;
  std::vector<std::unique_ptr<PeerListener>> listeners_;
  std::map<ServerId, Peer> peers_;
  std::vector<std::unique_ptr<PeerLink>> links_;    // all of them, oldest first
  std::vector<PeerLink*> broken_;                   // not reported yet
  std::vector<std::unique_ptr<PeerLink>> retired_;  // of this turn: they may be on the stack
  LogRate stranger_complaints_;
};

}  // namespace paddock::runtime
