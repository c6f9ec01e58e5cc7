// SPDX-License-Identifier: Apache-2.0
//
// The links to the other servers: listens, dials, greets, refuses, and carries messages, in order
// or not at all. Lives on one event loop's thread, the core's; only names are resolved elsewhere.
// There is at most one link to a server. No server holds up another one: what a server does not
// take is queued up to a bound, and then its link is closed.
//
// A turn of the loop: events, on_time(), whatever the owner sends, end_turn(). The handler is
// called from the first two and from nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "config/membership.h"
#include "net/event_loop.h"
#include "net/stream.h"
#include "replica/peer_message.h"
#include "runtime/dial_plan.h"
#include "runtime/peer_link.h"
#include "wire/link_message.h"

namespace paddock::runtime {

struct PeerLinksOptions {
  /// Where other servers reach this one; all take the same protocol.
  std::vector<config::Endpoint> listen;
  LinkTimes times;
  DialOptions dial;
  /// How long a server waits to be dialed by a larger one before it dials itself.
  Duration patience = seconds(2);
  /// Bytes that wait for one server: with more its link is closed.
  std::size_t queue_bytes_max = std::size_t{64} << 20U;
  /// Of the pauses between tries.
  std::uint64_t seed = 0;
  /// Empty: plain TCP.
  net::StreamFactory make_stream;
  /// Whoever says that it is a member, and has proven to be a host, must be that member's.
  bool checks_hosts = false;
};

/// A server at the other end of a link.
struct PeerInfo {
  wire::Hello hello;
  /// Address and port of its end.
  std::string address;
  net::Side side{};
};

/// What is known of the links to one server, since the start of the process.
struct PeerLinkStats {
  ServerId peer{};
  bool is_up = false;
  /// While it is up.
  MonotonicTime up_since;
  std::string address;
  std::size_t queued_bytes = 0;
  /// As the system measures it on the link that is up.
  Duration round_trip{0};
  LinkTraffic traffic;
  std::uint64_t links = 0;  // how often there was a new one
  std::uint64_t dials = 0;
  std::uint64_t dial_failures = 0;
  std::uint64_t refusals_sent = 0;
  std::uint64_t refusals_received = 0;
  std::uint64_t overflows = 0;  // links closed because too much was queued
};

class PeerLinksHandler {
 public:
  virtual ~PeerLinksHandler() = default;
  /// A link stands: what is sent from now on goes there.
  virtual void on_up(ServerId peer, const PeerInfo& info) = 0;
  /// The link is gone; what was sent and not answered may or may not have arrived. Comes before
  /// the next on_up() of this server: what was collected for the link that is gone must not be
  /// sent any more.
  virtual void on_down(ServerId peer) = 0;
  virtual void on_message(ServerId peer, replica::PeerMessage message) = 0;
};

class PeerLinks {
 public:
  /// `self`: what is said in every Hello, but for `number` and `to`.
  PeerLinks(net::EventLoop& loop,
            wire::Hello self,
            PeerLinksOptions options,
            PeerLinksHandler& handler);
  /// Closes everything without calling back.
  ~PeerLinks();
  PeerLinks(const PeerLinks&) = delete;
  PeerLinks& operator=(const PeerLinks&) = delete;

  /// The other members of the ensemble, who are dialed; an entry for this server does not count. A
  /// link to a server that is no member any more stays until it breaks or is dropped.
  void set_peers(const std::map<ServerId, std::vector<config::PeerAddress>>& peers);
  /// What is said from the next Hello on; the server's id stays.
  void set_self(wire::Hello self);

  /// Queues the message for the peer's link; without one it is dropped.
  void send(ServerId peer, replica::PeerMessage message);
  /// Closes the link to `peer` if there is one; on_down() follows.
  void drop(ServerId peer, const std::string& why);

  /// To be called in every turn, behind the events.
  void on_time(MonotonicTime now);
  /// When on_time() is to be called at the latest.
  [[nodiscard]] MonotonicTime next_time() const;
  /// Sends what is queued; at the end of every turn.
  void end_turn();

  [[nodiscard]] bool is_up(ServerId peer) const;
  /// Of all servers that are members or had a link.
  [[nodiscard]] std::vector<PeerLinkStats> stats() const;
  /// The ports of the endpoints, in their order; 0 for one that cannot be listened on yet.
  [[nodiscard]] std::vector<std::uint16_t> ports() const;

 private:
  class Impl;

  std::unique_ptr<Impl> impl_;
};

}  // namespace paddock::runtime
