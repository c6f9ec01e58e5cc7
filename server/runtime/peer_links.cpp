// SPDX-License-Identifier: Apache-2.0
#include "runtime/peer_links.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "runtime/link_policy.h"
#include "runtime/peer_links_impl.h"

namespace paddock::runtime {

namespace {

std::unique_ptr<net::Stream> plain_stream(net::Fd socket,
                                          net::Side /*side*/,
                                          const std::string& /*host*/) {
  return std::make_unique<net::TcpStream>(std::move(socket));
}

}  // namespace

PeerLinks::Impl::Impl(net::EventLoop& loop,
                      wire::Hello self,
                      PeerLinksOptions options,
                      PeerLinksHandler& handler)
    : loop_(loop),
      self_(std::move(self)),
      options_(std::move(options)),
      handler_(handler),
      prng_(options_.seed),
      resolver_([&loop] { loop.wake(); }),
      stranger_complaints_(1, kLinkLogEvery) {
  if (!options_.make_stream) options_.make_stream = plain_stream;
  for (const config::Endpoint& where : options_.listen) {
    listeners_.push_back(std::make_unique<PeerListener>(
        loop_, resolver_, where, ++last_ticket_, [this](net::Accepted accepted) {
          on_accepted(std::move(accepted));
        }));
  }
}

// --- Whom to talk to.

PeerLinks::Impl::Peer& PeerLinks::Impl::peer_of(ServerId id) {
  const auto [at, is_new] = peers_.try_emplace(id, options_.dial);
  if (is_new) at->second.stats.peer = id;
  return at->second;
}

void PeerLinks::Impl::set_peers(const std::map<ServerId, std::vector<config::PeerAddress>>& peers) {
  for (const auto& [id, addresses] : peers) {
    if (id != self_.server) static_cast<void>(peer_of(id));
  }
  for (auto& [id, peer] : peers_) {
    const auto at = peers.find(id);
    const std::vector<config::PeerAddress> none;
    const auto& addresses = at == peers.end() ? none : at->second;
    if (addresses != peer.addresses) set_targets(id, peer, addresses);
  }
}

void PeerLinks::Impl::set_self(wire::Hello self) {
  PADDOCK_ASSERT(self.server == self_.server);
  const bool was_member = std::exchange(self_, std::move(self)).is_member;
  if (was_member == self_.is_member) return;
  for (auto& [id, peer] : peers_) set_targets(id, peer, peer.addresses);
}

void PeerLinks::Impl::set_targets(ServerId id,
                                  Peer& peer,
                                  const std::vector<config::PeerAddress>& addresses) {
  give_up_attempt(peer);
  peer.addresses = addresses;
  peer.plan.set_targets(
      dial_targets(addresses), dial_patience(self_, id, options_.patience), now());
}

// --- Sending, and the turn.

void PeerLinks::Impl::send(ServerId id, replica::PeerMessage message) {
  const auto at = peers_.find(id);
  if (at == peers_.end() || at->second.up == nullptr) return;
  Peer& peer = at->second;
  PeerLink& link = *peer.up;
  if (link.stage() != PeerLink::Stage::Up) return;
  if (const auto encoded = encoder_.encode(std::move(message), frame_); !encoded) {
    return link.break_off(encoded.error().message);
  }
  if (link.queued_bytes() > options_.queue_bytes_max) link.flush();
  if (link.stage() != PeerLink::Stage::Up) return;
  if (link.queued_bytes() > options_.queue_bytes_max) {
    ++peer.stats.overflows;
    return link.break_off(
        fmt::format("it does not take what is sent: {} bytes are queued", link.queued_bytes()));
  }
  link.queue(frame_);
}

void PeerLinks::Impl::drop(ServerId id, const std::string& why) {
  const auto at = peers_.find(id);
  if (at != peers_.end() && at->second.up != nullptr) at->second.up->break_off(why);
}

void PeerLinks::Impl::on_time(MonotonicTime now) {
  take_answers();
  for (const auto& listener : listeners_) listener->on_time(now);
  // NOLINTNEXTLINE(modernize-loop-convert): links may go within
  for (std::size_t i = 0; i < links_.size(); ++i) links_[i]->on_time(now);
  report_broken();
  for (auto& [id, peer] : peers_) carry_out(peer, peer.plan.on_time(now));
}

MonotonicTime PeerLinks::Impl::next_time() const {
  if (!broken_.empty() || resolver_.has_answers()) return MonotonicTime{};
  MonotonicTime next{Duration::max()};
  for (const auto& listener : listeners_) next = std::min(next, listener->next_time());
  for (const auto& link : links_) next = std::min(next, link->next_time());
  for (const auto& [id, peer] : peers_) next = std::min(next, peer.plan.next_time());
  return next;
}

void PeerLinks::Impl::end_turn() {
  for (const auto& link : links_) {
    if (link->queued_bytes() > 0) link->flush();
  }
  retired_.clear();
}

bool PeerLinks::Impl::is_up(ServerId id) const {
  const auto at = peers_.find(id);
  return at != peers_.end() && at->second.up != nullptr &&
         at->second.up->stage() == PeerLink::Stage::Up;
}

std::vector<PeerLinkStats> PeerLinks::Impl::stats() const {
  std::vector<PeerLinkStats> all;
  for (const auto& [id, peer] : peers_) {
    PeerLinkStats& one = all.emplace_back(peer.stats);
    if (!is_up(id)) continue;
    one.is_up = true;
    one.up_since = peer.up->up_since();
    one.address = peer.up->name();
    one.queued_bytes = peer.up->queued_bytes();
    one.round_trip = net::round_trip_of(peer.up->stream().socket());
    one.traffic += peer.up->traffic();
  }
  return all;
}

std::vector<std::uint16_t> PeerLinks::Impl::ports() const {
  std::vector<std::uint16_t> all;
  all.reserve(listeners_.size());
  for (const auto& listener : listeners_) all.push_back(listener->port());
  return all;
}

// --- The outside.

PeerLinks::PeerLinks(net::EventLoop& loop,
                     wire::Hello self,
                     PeerLinksOptions options,
                     PeerLinksHandler& handler)
    : impl_(std::make_unique<Impl>(loop, std::move(self), std::move(options), handler)) {}

PeerLinks::~PeerLinks() = default;

void PeerLinks::set_peers(const std::map<ServerId, std::vector<config::PeerAddress>>& peers) {
  impl_->set_peers(peers);
}

void PeerLinks::set_self(wire::Hello self) {
  impl_->set_self(std::move(self));
}

void PeerLinks::send(ServerId peer, replica::PeerMessage message) {
  impl_->send(peer, std::move(message));
}

void PeerLinks::drop(ServerId peer, const std::string& why) {
  impl_->drop(peer, why);
}

void PeerLinks::on_time(MonotonicTime now) {
  impl_->on_time(now);
}

MonotonicTime PeerLinks::next_time() const {
  return impl_->next_time();
}

void PeerLinks::end_turn() {
  impl_->end_turn();
}

bool PeerLinks::is_up(ServerId peer) const {
  return impl_->is_up(peer);
}

std::vector<PeerLinkStats> PeerLinks::stats() const {
  return impl_->stats();
}

std::vector<std::uint16_t> PeerLinks::ports() const {
  return impl_->ports();
}

}  // namespace paddock::runtime
