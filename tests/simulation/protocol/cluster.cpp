// SPDX-License-Identifier: Apache-2.0
#include "simulation/protocol/cluster.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"

namespace paddock::simulation {
namespace {

constexpr int kSettleSteps = 400000;

ServerId id_of(std::size_t at) {
  return ServerId{static_cast<std::int32_t>(at) + 1};
}

std::size_t place_of(ServerId id) {
  return static_cast<std::size_t>(raw(id) - 1);
}

}  // namespace

ClusterSummary& ClusterSummary::operator+=(const ClusterSummary& other) {
  committed += other.committed;
  elections += other.elections;
  epochs += other.epochs;
  crashes += other.crashes;
  broken_links += other.broken_links;
  handovers += other.handovers;
  truncations += other.truncations;
  snapshots_installed += other.snapshots_installed;
  snapshots_refused += other.snapshots_refused;
  barriers += other.barriers;
  lost_disks += other.lost_disks;
  reconfigurations += other.reconfigurations;
  rebuilds += other.rebuilds;
  fed += other.fed;
  feeders += other.feeders;
  return *this;
}

Cluster::Cluster(std::uint64_t seed, int steps) : prng_(seed), steps_(steps) {
  const auto drawn = [this](std::uint64_t most) {
    return prng_.chance(1, 2) ? prng_.below(most + 1) : 0;
  };
  swarm_ = {.crash = drawn(40),
            .break_link = drawn(60),
            .stall_link = drawn(60),
            .partition = drawn(20),
            .pause = drawn(40),
            .snapshot = drawn(100),
            .handover = drawn(40),
            .slow_disk = drawn(20),
            .lost_disk = drawn(40),
            .long_time = drawn(20),
            .reconfigure = drawn(100),
            .rebuild = drawn(40),
            .cut_pair = drawn(60),
            .rot = drawn(60)};
  const std::size_t voters = 1 + prng_.below(5);
  const std::size_t observers = prng_.below(4);
  const std::size_t joiners = swarm_.reconfigure == 0 ? 0 : prng_.below(3);
  voters_min_ = std::min<std::size_t>(voters, 3);
  election::Configuration configuration;
  for (std::size_t i = 0; i < voters; ++i) configuration.voters.insert(id_of(i));
  for (std::size_t i = voters; i < voters + observers; ++i) {
    configuration.observers.insert(id_of(i));
  }
  for (std::size_t i = 0; i < voters + observers + joiners; ++i) {
    SimPeerOptions options;
    options.is_joining = i >= voters + observers;
    options.peer.self = id_of(i);
    options.peer.window_bytes = 10 + prng_.below(200);
    options.peer.history_bytes_max = prng_.below(300);
    options.peer.feed_by_followers = prng_.chance(9, 10);
    options.peer.feed_lag_max = milliseconds(1 + prng_.below(500));
    options.peer.feed_retry = milliseconds(prng_.below(1000));
    if (prng_.chance(1, 4)) {
      options.peer.counter_max = static_cast<std::uint32_t>(20 + prng_.below(50));
    }
    options.configuration = configuration;
    servers_.push_back(std::make_unique<SimPeer>(options));
  }
  paused_.resize(servers_.size());
  slow_.resize(servers_.size());
  checked_.resize(servers_.size());
  network_ = std::make_unique<Network>(servers_.size(), prng_);
}

void Cluster::fail(std::string what) {
  if (violation_.empty()) violation_ = std::move(what);
}

std::string Cluster::run() {
  for (int i = 0; i < steps_ && violation_.empty(); ++i) step();
  if (violation_.empty()) settle();
  for (const auto& server : servers_) {
    if (server->is_up()) summary_.elections += server->peer().counters().elections;
    summary_.truncations += server->truncations();
    summary_.snapshots_installed += server->snapshots_installed();
    summary_.snapshots_refused += server->snapshots_refused();
  }
  summary_.committed = static_cast<std::int64_t>(history_.size());
  summary_.epochs = static_cast<std::int64_t>(leaders_.size());
  return violation_;
}

void Cluster::step() {
  if (faults_) fault();
  now_ = now_ + (faults_ && happens(swarm_.long_time) ? milliseconds(prng_.below(3000))
                                                      : microseconds(prng_.below(400)));
  const std::size_t at = prng_.below(servers_.size());
  if (!servers_[at]->is_up()) {
    if (!faults_ || prng_.chance(1, 50)) {
      servers_[at]->start(now_);
      carry(at);
    }
  } else if (!paused_[at]) {
    move_server(at);
    carry(at);
    check(at);
  }
  const std::size_t other = prng_.below(servers_.size());
  if (servers_[at]->is_up() && servers_[other]->is_up()) network_->connect(at, other);
  move_network();
  if (prng_.chance(1, 10) && (faults_ || next_payload_ == 0)) request();
}

// --- Faults.

void Cluster::fault() {
  const std::size_t at = prng_.below(servers_.size());
  if (happens(swarm_.crash) && servers_[at]->is_up()) crash(at);
  if (happens(swarm_.break_link) && network_->break_one()) ++summary_.broken_links;
  if (happens(swarm_.stall_link)) network_->stall_one();
  if (prng_.chance(1, 200)) network_->release_one();
  if (happens(swarm_.partition)) network_->partition();
  if (happens(swarm_.cut_pair)) static_cast<void>(network_->cut_one());
  if (prng_.chance(1, 2000)) network_->join();
  if (happens(swarm_.pause)) paused_[at] = true;
  if (prng_.chance(1, 300)) paused_[at] = false;
  if (happens(swarm_.slow_disk)) slow_[at] = true;
  if (prng_.chance(1, 500)) slow_[at] = false;
  if (happens(swarm_.snapshot) && servers_[at]->is_up()) {
    const std::size_t old = servers_[at]->take_snapshot();
    if (old > 0) servers_[at]->shorten_log(prng_.below(old + 1));
  }
  if (happens(swarm_.rot)) servers_[at]->rot_snapshot();
  if (happens(swarm_.handover) && servers_[at]->is_up() && servers_[at]->peer().is_open()) {
    std::optional<ServerId> to;
    if (prng_.chance(1, 2)) to = id_of(prng_.below(servers_.size()));
    if (to == id_of(at)) to.reset();
    if (servers_[at]->begin_handover(to, now_)) ++summary_.handovers;
    carry(at);
  }
  if (happens(swarm_.reconfigure) && servers_[at]->is_up() && !paused_[at]) reconfigure(at);
  if (happens(swarm_.rebuild) && servers_[at]->is_up() && !paused_[at]) rebuild(at);
}

/// As its leader would tell it: where a quorum that may vote can do without it.
void Cluster::rebuild(std::size_t at) {
  const zab::Peer& peer = servers_[at]->peer();
  if (peer.role() != zab::Role::Following || !peer.is_established()) return;
  SimPeer& leader = *servers_[place_of(*peer.leader())];
  if (!leader.is_up() || leader.peer().epoch() != peer.epoch() || !leader.peer().is_open()) return;
  if (!leader.peer().is_settled()) return;
  election::ServerSet others = leader.peer().in_step();
  others.erase(id_of(at));
  if (!leader.peer().quorums().has_quorum(others)) return;
  leader.distrust(id_of(at));
  servers_[at]->begin_rebuild(now_);
  ++summary_.rebuilds;
  carry(at);
  check(at);
}

/// Any servers at all, as long as there are enough voters.
void Cluster::reconfigure(std::size_t at) {
  election::Configuration next;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const std::uint64_t choice = prng_.below(4);
    if (choice < 2) next.voters.insert(id_of(i));
    if (choice == 2) next.observers.insert(id_of(i));
  }
  if (next.voters.size() < voters_min_) return;
  if (!servers_[at]->reconfigure(next, now_)) return;
  ++summary_.reconfigurations;
  carry(at);
  check(at);
}

void Cluster::crash(std::size_t at) {
  servers_[at]->crash();
  ++summary_.crashes;
  if (prng_.chance(swarm_.lost_disk, 100) && may_lose_disk()) {
    servers_[at]->lose_disk();
    ++summary_.lost_disks;
  }
  checked_[at] = 0;
  network_->crash(at);
  std::erase_if(barriers_, [at](const Barrier& one) { return one.server == at; });
}

/// One voter's disk at a time: with a second one, a majority's word may be gone.
bool Cluster::may_lose_disk() const {
  return voters_min_ >= 3 &&
         std::ranges::all_of(servers_, [](const auto& server) { return server->may_vote(); });
}

// --- Moves.

void Cluster::move_network() {
  auto happening = network_->move(
      [this](std::size_t server) { return servers_[server]->is_up() && !paused_[server]; });
  if (!happening) return;
  SimPeer& server = *servers_[happening->at];
  const ServerId peer = id_of(happening->peer);
  switch (happening->kind) {
    case Network::Kind::Up:
      server.on_link_up(peer, now_);
      break;
    case Network::Kind::Down:
      server.on_link_down(peer, now_);
      break;
    case Network::Kind::Arrival:
      server.on_message(peer, std::move(*happening->message), now_);
      break;
  }
  carry(happening->at);
  check(happening->at);
}

void Cluster::move_server(std::size_t at) {
  SimPeer& server = *servers_[at];
  switch (prng_.below(6)) {
    case 0:
      server.on_time(now_);
      return;
    case 1:
      server.move_reads(now_);
      return;
    case 2:
      server.finish_reconfiguration(now_);
      return;
    default:
      if (!slow_[at] || prng_.chance(1, 50)) server.move_disk(now_);
      return;
  }
}

void Cluster::carry(std::size_t at) {
  for (zab::Envelope& envelope : servers_[at]->take_sends()) {
    if (std::holds_alternative<zab::FeedFrom>(envelope.message)) ++summary_.feeders;
    if (std::holds_alternative<zab::Append>(envelope.message) &&
        servers_[at]->peer().role() == zab::Role::Following) {
      ++summary_.fed;
    }
    network_->send(at, place_of(envelope.to), std::move(envelope.message));
  }
}

void Cluster::request() {
  const std::size_t at = prng_.below(servers_.size());
  if (!servers_[at]->is_up() || paused_[at] || !servers_[at]->peer().is_open()) return;
  const zab::Peer& peer = servers_[at]->peer();
  if (prng_.chance(1, 3)) {
    const Zxid last = peer.last();
    const std::uint64_t beat = servers_[at]->ask_quorum(now_);
    barriers_.push_back({at, peer.term(), beat, last, history_.size()});
  } else {
    std::vector<std::string> payloads;
    const std::uint64_t count = 1 + prng_.below(3);
    for (std::uint64_t i = 0; i < count; ++i)
      payloads.push_back(fmt::format("p{}", ++next_payload_));
    servers_[at]->propose(payloads, now_);
  }
  carry(at);
  check(at);
}

// --- Checks.

void Cluster::check(std::size_t at) {
  const SimPeer& server = *servers_[at];
  server.check_invariants();
  check_logged(at);
  if (server.peer().has_diverged()) return fail(fmt::format("server {} has diverged", at + 1));
  if (server.peer().role() == zab::Role::Leading && server.peer().is_established()) {
    const auto [entry, is_new] = leaders_.emplace(server.peer().epoch(), server.id());
    if (entry->second != server.id()) {
      return fail(fmt::format("epoch {} has two leaders", server.peer().epoch()));
    }
  }
  const std::vector<Record>& applied = server.applied();
  std::size_t& from = checked_[at];
  if (from > applied.size()) from = 0;
  for (; from < applied.size(); ++from) {
    if (from == history_.size()) {
      if (!history_.empty() && applied[from].zxid <= history_.back().zxid) {
        return fail("zxids do not rise");
      }
      history_.push_back(applied[from]);
    } else if (history_[from] != applied[from]) {
      return fail(fmt::format("server {} has applied {} at 0x{:x} where others have {} at 0x{:x}",
                              at + 1,
                              applied[from].payload,
                              applied[from].zxid.value,
                              history_[from].payload,
                              history_[from].zxid.value));
    }
  }
  check_barriers();
}

/// An entry is proposed once, behind the end of one history: whoever has it, however it came, has
/// the same, and the same before it. Committed or not.
void Cluster::check_logged(std::size_t at) {
  for (const LoggedRecord& logged : servers_[at]->take_logged()) {
    const Zxid zxid = logged.record.zxid;
    const auto [entry, is_new] = logged_.try_emplace(zxid, logged);
    if (!is_new && entry->second != logged) {
      return fail(
          fmt::format("server {} has logged 0x{:x} behind 0x{:x} where others have it "
                      "behind 0x{:x}, or it is another one",
                      at + 1,
                      zxid.value,
                      logged.previous.value,
                      entry->second.previous.value));
    }
  }
}

/// A leader whom a quorum has answered knew of everything that was committed when it asked.
void Cluster::check_barriers() {
  std::erase_if(barriers_, [this](const Barrier& barrier) {
    const SimPeer& server = *servers_[barrier.server];
    if (!server.is_up() || server.peer().term() != barrier.term) return true;
    if (server.peer().confirmed_beat() < barrier.beat) return false;
    ++summary_.barriers;
    if (barrier.committed > 0 && history_[barrier.committed - 1].zxid > barrier.last) {
      fail(fmt::format("server {} was confirmed as the leader and did not know of 0x{:x}",
                       barrier.server + 1,
                       history_[barrier.committed - 1].zxid.value));
    }
    return true;
  });
}

// --- The end.

void Cluster::heal() {
  faults_ = false;
  paused_.assign(paused_.size(), false);
  slow_.assign(slow_.size(), false);
  network_->heal();
}

void Cluster::settle() {
  heal();
  next_payload_ = 0;
  for (int i = 0; i < kSettleSteps; ++i) {
    step();
    if (!violation_.empty()) return;
    if (i % 100 == 0 && is_at_rest()) return;
  }
  std::string text = "the ensemble does not come to rest:";
  for (const auto& server : servers_) {
    if (!server->is_up()) continue;
    const election::Quorums& quorums = server->peer().quorums();
    text +=
        fmt::format(" [{} role {} established {} epoch {} last 0x{:x} committed 0x{:x} {}{} {}]",
                    raw(server->id()),
                    static_cast<int>(server->peer().role()),
                    server->peer().is_established(),
                    server->peer().epoch(),
                    server->peer().last().value,
                    server->peer().committed().value,
                    begin_payload(quorums.committed),
                    quorums.pending ? ", " + begin_payload(*quorums.pending) : "",
                    server->may_vote() ? "votes" : "does not vote");
  }
  fail(text);
}

bool Cluster::is_at_rest() const {
  if (next_payload_ == 0) return false;
  return std::ranges::all_of(servers_, [this](const auto& server) {
    return server->is_up() && server->peer().is_established() &&
           server->applied().size() == history_.size() &&
           server->peer().last() == server->peer().committed() &&
           !server->peer().quorums().pending && !server->peer().state().must_rebuild &&
           (server->may_vote() || !server->peer().quorums().is_voter(server->id()));
  });
}

}  // namespace paddock::simulation
