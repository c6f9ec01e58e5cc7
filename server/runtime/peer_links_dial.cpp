// SPDX-License-Identifier: Apache-2.0
//
// Links that this server wants: one try at a time for each other server.
#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "runtime/peer_links_impl.h"

namespace paddock::runtime {

void PeerLinks::Impl::give_up_attempt(Peer& peer) {
  peer.ticket = 0;
  if (PeerLink* const attempt = std::exchange(peer.attempt, nullptr)) retire(*attempt);
}

void PeerLinks::Impl::carry_out(Peer& peer, DialPlan::Step step) {
  while (const auto* connect = std::get_if<DialPlan::Connect>(&step)) {
    const auto begun = dial(peer, connect->address);
    if (begun) return;
    ++peer.stats.dial_failures;
    const std::string why =
        fmt::format("{}: {}", net::to_string(connect->address), begun.error().message);
    step = peer.plan.on_failed(now(), prng_);
    if (!peer.plan.is_trying()) {
      warn(peer.complaints, fmt::format("no link with server {}: {}", raw(peer.stats.peer), why));
    }
  }
  if (const auto* resolve = std::get_if<DialPlan::Resolve>(&step)) ask(peer, resolve->where);
}

void PeerLinks::Impl::ask(Peer& peer, const config::Endpoint& where) {
  peer.ticket = ++last_ticket_;
  peer.host = where.host;
  resolver_.ask({peer.ticket, where.host, where.port});
}

Result<> PeerLinks::Impl::dial(Peer& peer, const net::SocketAddress& address) {
  ++peer.stats.dials;
  auto socket = net::connect_tcp(address);
  if (!socket) return std::unexpected(std::move(socket).error());
  auto stream = options_.make_stream(std::move(*socket), net::Side::Dialed, peer.host);
  links_.push_back(std::make_unique<PeerLink>(
      loop_,
      *this,
      options_.times,
      PeerLink::Connection{
          std::move(stream), net::Side::Dialed, net::to_string(address), peer.stats.peer}));
  peer.attempt = links_.back().get();
  peer.attempt->open();
  return {};
}

void PeerLinks::Impl::on_dial_failed(Peer& peer, const std::string& why) {
  ++peer.stats.dial_failures;
  const DialPlan::Step step = peer.plan.on_failed(now(), prng_);
  if (!peer.plan.is_trying()) {
    warn(peer.complaints, fmt::format("no link with server {}: {}", raw(peer.stats.peer), why));
  }
  carry_out(peer, step);
}

void PeerLinks::Impl::take_answers() {
  if (!resolver_.has_answers()) return;
  for (net::Resolver::Answer& answer : resolver_.take()) take_answer(std::move(answer));
}

void PeerLinks::Impl::take_answer(net::Resolver::Answer answer) {
  for (const auto& listener : listeners_) {
    if (listener->ticket() == answer.ticket) return listener->on_resolved(answer.addresses);
  }
  const auto at = std::ranges::find_if(
      peers_, [&](const auto& entry) { return entry.second.ticket == answer.ticket; });
  if (at == peers_.end()) return;  // it was given up
  Peer& peer = at->second;
  peer.ticket = 0;
  if (!answer.addresses) return on_dial_failed(peer, answer.addresses.error().message);
  carry_out(peer, peer.plan.on_resolved(std::move(*answer.addresses), now(), prng_));
}

}  // namespace paddock::runtime
