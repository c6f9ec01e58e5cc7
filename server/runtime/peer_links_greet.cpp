// SPDX-License-Identifier: Apache-2.0
//
// How links begin and end: who comes, who is taken, refused or replaced, and who is told.
#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/assert.h"
#include "base/escape.h"
#include "runtime/link_policy.h"
#include "runtime/peer_links_impl.h"

namespace paddock::runtime {

namespace {

/// Connections that have not said who they are; with more the oldest is closed.
constexpr std::size_t kStrangersMax = 64;
constexpr std::size_t kVersionShown = 40;

}  // namespace

// --- Newcomers.

void PeerLinks::Impl::on_accepted(net::Accepted accepted) {
  close_oldest_stranger();
  auto stream = options_.make_stream(std::move(accepted.fd), net::Side::Accepted, std::string());
  links_.push_back(std::make_unique<PeerLink>(
      loop_,
      *this,
      options_.times,
      PeerLink::Connection{std::move(stream),
                           net::Side::Accepted,
                           config::to_string(config::Endpoint{accepted.ip, accepted.port}),
                           std::nullopt}));
  links_.back()->open();
}

void PeerLinks::Impl::close_oldest_stranger() {
  const auto is_stranger = [](const std::unique_ptr<PeerLink>& link) {
    return link->side() == net::Side::Accepted && (link->stage() == PeerLink::Stage::Greeting ||
                                                   link->stage() == PeerLink::Stage::Leaving);
  };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(links_, is_stranger));
  if (count < kStrangersMax) return;
  warn(stranger_complaints_,
       fmt::format("{} connections to the ports for servers say nothing; the oldest is closed",
                   count));
  retire(**std::ranges::find_if(links_, is_stranger));
}

void PeerLinks::Impl::say_hello(PeerLink& link, std::optional<ServerId> to) {
  wire::Hello hello = self_;
  hello.number = ++last_hello_;
  hello.to = to;
  encoder_.encode(hello, frame_);
  link.queue(frame_);
}

void PeerLinks::Impl::on_connected(PeerLink& link) {
  say_hello(link, link.dialed());
}

void PeerLinks::Impl::on_frame(PeerLink& link, wire::LinkMessage message) {
  if (const auto* unknown = std::get_if<wire::UnknownKind>(&message)) {
    return warn(
        stranger_complaints_,
        fmt::format("a message of an unknown kind ({}) came from {}: is it a newer version?",
                    unknown->kind,
                    link.name()));
  }
  if (link.stage() == PeerLink::Stage::Up) return on_frame_when_up(link, std::move(message));
  on_greeting(link, std::move(message));
}

void PeerLinks::Impl::on_frame_when_up(PeerLink& link, wire::LinkMessage message) {
  if (auto* from_peer = std::get_if<replica::PeerMessage>(&message)) {
    return handler_.on_message(link.hello().server, std::move(*from_peer));
  }
  if (const auto* refusal = std::get_if<wire::Refusal>(&message)) return on_refusal(link, *refusal);
  link.break_off("a second greeting");
}

void PeerLinks::Impl::on_greeting(PeerLink& link, wire::LinkMessage message) {
  if (auto* hello = std::get_if<wire::Hello>(&message)) return on_hello(link, std::move(*hello));
  if (const auto* refusal = std::get_if<wire::Refusal>(&message)) return on_refusal(link, *refusal);
  link.break_off("a message before any greeting");
}

void PeerLinks::Impl::on_refusal(PeerLink& link, const wire::Refusal& refusal) {
  const bool is_up = link.stage() == PeerLink::Stage::Up;
  const std::optional<ServerId> who = is_up ? std::optional(link.hello().server) : link.dialed();
  std::string why = "it refuses: " + printable(refusal.reason);
  if (who) {
    Peer& peer = peer_of(*who);
    ++peer.stats.refusals_received;
    warn(peer.complaints,
         fmt::format("server {} at {} refuses the link: {}",
                     raw(*who),
                     link.name(),
                     printable(refusal.reason)));
  }
  link.break_off(std::move(why));
}

void PeerLinks::Impl::on_hello(PeerLink& link, wire::Hello hello) {
  if (const auto reason = objection(self_, hello, link.dialed())) return refuse(link, *reason);
  if (const auto reason = host_objection(link, hello)) return refuse(link, *reason);
  Peer& peer = peer_of(hello.server);
  if (link.side() == net::Side::Accepted) {
    if (!is_welcome(link, peer, hello)) return;
    give_up_attempt(peer);
    say_hello(link, std::nullopt);
  } else {
    PADDOCK_ASSERT(peer.attempt == &link);
    peer.attempt = nullptr;
  }
  establish(link, peer, std::move(hello));
}

/// Whoever is dialed has shown its name to the stream. Of a server that is no member nobody knows
/// which hosts are its own: it may learn, and has no vote.
std::optional<std::string> PeerLinks::Impl::host_objection(const PeerLink& link,
                                                           const wire::Hello& hello) const {
  if (!options_.checks_hosts || link.side() == net::Side::Dialed) return std::nullopt;
  const auto peer = peers_.find(hello.server);
  if (peer == peers_.end()) return std::nullopt;
  net::Proof best = net::Proof::Nothing;
  for (const config::PeerAddress& address : peer->second.addresses) {
    best = std::max(best, link.stream().proof_of(address.host));
  }
  if (best != net::Proof::AnotherHost) return std::nullopt;
  return fmt::format(
      "it says that it is server {}, and its certificate is not for '{}'; give it a certificate "
      "with that host as a subject alternative name",
      raw(hello.server),
      peer->second.addresses.front().host);
}

/// Whether this link takes the place of others; if not it is closed here.
bool PeerLinks::Impl::is_welcome(PeerLink& link, Peer& peer, const wire::Hello& hello) {
  if (peer.up != nullptr && peer.up->stage() == PeerLink::Stage::Up) {
    switch (judge_newcomer(peer.up->hello(), hello)) {
      case Newcomer::Stays:
        break;
      case Newcomer::Older:
        retire(link);
        return false;
      case Newcomer::OtherDisk:
        refuse(link, other_disk_text(self_, hello));
        return false;
    }
  }
  const bool is_greeted =
      peer.attempt != nullptr && peer.attempt->stage() == PeerLink::Stage::Greeting;
  if (!own_attempt_stays(self_.server, hello.server, is_greeted)) return true;
  retire(link);
  return false;
}

void PeerLinks::Impl::establish(PeerLink& link, Peer& peer, wire::Hello hello) {
  if (peer.up != nullptr) report_down(peer, "a newer one has taken its place");
  peer.up = &link;
  peer.plan.on_linked(now());
  ++peer.stats.links;
  link.become_up(std::move(hello), encoder_);
  log_newcomer(link);
  handler_.on_up(peer.stats.peer,
                 {.hello = link.hello(), .address = link.name(), .side = link.side()});
}

void PeerLinks::Impl::log_newcomer(const PeerLink& link) {
  spdlog::info("linked with server {} at {}{} (version {})",
               raw(link.hello().server),
               link.name(),
               link.side() == net::Side::Dialed ? "" : ", which has dialed",
               printable(View{link.hello().software}.substr(0, kVersionShown)));
}

// --- Ends.

void PeerLinks::Impl::refuse(PeerLink& link, const std::string& reason) {
  if (const auto who = link.dialed()) {
    ++peer_of(*who).stats.refusals_sent;
    warn(peer_of(*who).complaints, fmt::format("no link with {}: {}", link.name(), reason));
  } else {
    warn(stranger_complaints_, fmt::format("no link with {}: {}", link.name(), reason));
  }
  encoder_.encode(wire::Refusal{reason}, frame_);
  link.queue(frame_);
  link.leave();
  if (const auto who = link.dialed()) {
    Peer& peer = peer_of(*who);
    if (peer.attempt == &link) peer.attempt = nullptr;
    on_dial_failed(peer, reason);
  }
}

void PeerLinks::Impl::on_broken(PeerLink& link) {
  broken_.push_back(&link);
}

void PeerLinks::Impl::report_broken() {
  // NOLINTNEXTLINE(modernize-loop-convert): a report may break further links
  for (std::size_t i = 0; i < broken_.size(); ++i) {
    if (broken_[i] != nullptr) report_broken(*broken_[i]);
  }
  broken_.clear();
}

void PeerLinks::Impl::report_broken(PeerLink& link) {
  const std::string why = link.why_broken();
  for (auto& [id, peer] : peers_) {
    if (peer.up == &link) return report_down(peer, why);
    if (peer.attempt != &link) continue;
    peer.attempt = nullptr;
    const std::string name = link.name();
    retire(link);
    return on_dial_failed(peer, fmt::format("{}: {}", name, why));
  }
  // Who says nothing at all looks whether the port is open.
  if (!link.is_refused() && link.was_heard()) {
    warn(stranger_complaints_,
         fmt::format(
             "a connection from {} is no link: {}; only Paddock servers of the ensemble should "
             "use this port",
             link.name(),
             why));
  }
  retire(link);
}

void PeerLinks::Impl::report_down(Peer& peer, const std::string& why) {
  PeerLink& link = *std::exchange(peer.up, nullptr);
  const ServerId id = peer.stats.peer;
  const std::string& own = link.why_broken();
  spdlog::info("the link with server {} is gone: {}", raw(id), own.empty() ? why : own);
  peer.stats.traffic += link.traffic();
  retire(link);
  peer.plan.on_unlinked(now(), prng_);
  handler_.on_down(id);
}

/// Closes the link and forgets it; it lives until the end of the turn.
void PeerLinks::Impl::retire(PeerLink& link) {
  link.close();
  std::ranges::replace(broken_, &link, nullptr);
  const auto at = std::ranges::find_if(links_, [&](const auto& one) { return one.get() == &link; });
  PADDOCK_ASSERT(at != links_.end());
  retired_.push_back(std::move(*at));
  links_.erase(at);
}

void PeerLinks::Impl::warn(LogRate& rate, const std::string& text) {
  if (!rate.allow(now())) return;
  const std::int64_t others = rate.take_left_out();
  if (others > 0) {
    spdlog::warn("{} ({} lines like this were left out)", text, others);
  } else {
    spdlog::warn("{}", text);
  }
}

}  // namespace paddock::runtime
