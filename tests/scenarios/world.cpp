// SPDX-License-Identifier: Apache-2.0
#include "scenarios/world.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.h"
#include "scenarios/trace.h"

namespace paddock::scenarios {
namespace {

/// Far more than anything takes that comes to an end.
constexpr int kMovesMax = 10000;

}  // namespace

// --- Servers and links.

void World::start(ServerId id) {
  if (!servers_.contains(id)) {
    SimPeerOptions own = options;
    own.peer.self = id;
    const auto disk = disks.find(id);
    servers_.emplace(id, SimPeer(own, disk == disks.end() ? SimDisk{} : disk->second));
  }
  Server& server = servers_.at(id);
  PADDOCK_ASSERT(!server.peer.is_up());
  server.peer.start(now_);
  const SimPeer& peer = server.peer;
  server = Server(std::move(server.peer));
  server.quorums = text_of(peer.peer().quorums());
  server.delivered = peer.applied().size();
  server.snapshots = peer.snapshots_installed();
  event(fmt::format("{} starts: {}, log up to {}, delivered up to {}",
                    raw(id),
                    text_of(peer.disk().epochs),
                    text_of(peer.peer().last()),
                    text_of(peer.peer().committed())));
  note(server);
}

void World::crash(ServerId id) {
  servers_.at(id).peer.crash();
  servers_.at(id).tasks = servers_.at(id).log_reads = servers_.at(id).snapshot_reads = 0;
  for (const ServerId other : running()) {
    if (is_linked(id, other)) cut(other, id);
  }
  std::erase_if(linked_, [id](const Direction& one) { return one.first == id; });
}

void World::vanish(ServerId id) {
  std::erase_if(linked_, [id](const Direction& one) { return one.first == id; });
  std::erase_if(links_, [id](const auto& one) { return one.first.first == id; });
  crash(id);
}

void World::lose_disk(ServerId id) {
  servers_.at(id).peer.lose_disk();
}

bool World::is_up(ServerId id) const {
  const auto found = servers_.find(id);
  return found != servers_.end() && found->second.peer.is_up();
}

std::vector<ServerId> World::running() const {
  std::vector<ServerId> ids;
  for (const auto& [id, server] : servers_) {
    if (server.peer.is_up()) ids.push_back(id);
  }
  return ids;
}

bool World::is_linked(ServerId a, ServerId b) const {
  return linked_.contains({a, b}) && linked_.contains({b, a});
}

void World::link(ServerId a, ServerId b) {
  // What one of them still took for a link is gone.
  if (linked_.contains({a, b}) || linked_.contains({b, a})) cut(a, b);
  linked_.insert({a, b});
  linked_.insert({b, a});
  for (const auto& [self, peer] : {Direction{a, b}, Direction{b, a}}) {
    servers_.at(self).peer.on_link_up(peer, now_);
    note(servers_.at(self));
  }
}

void World::cut(ServerId a, ServerId b) {
  links_.erase({a, b});
  links_.erase({b, a});
  for (const auto& [self, peer] : {Direction{a, b}, Direction{b, a}}) {
    if (linked_.erase({self, peer}) == 0 || !is_up(self)) continue;
    servers_.at(self).peer.on_link_down(peer, now_);
    note(servers_.at(self));
  }
}

// --- Moves.

std::size_t World::messages(ServerId from, ServerId to) const {
  const auto found = links_.find({from, to});
  return found == links_.end() || !linked_.contains({to, from}) ? 0 : found->second.size();
}

void World::deliver(ServerId from, ServerId to) {
  if (messages(from, to) == 0) return;
  std::deque<zab::Message>& queue = links_.at({from, to});
  zab::Message message = std::move(queue.front());
  queue.pop_front();
  event(fmt::format("{} gets {} from {}", raw(to), name_of(message), raw(from)));
  Server& server = servers_.at(to);
  server.peer.on_message(from, std::move(message), now_);
  note(server);
}

void World::lose(ServerId from, ServerId to) {
  if (messages(from, to) == 0) return;
  std::deque<zab::Message>& queue = links_.at({from, to});
  event(fmt::format("{} from {} to {} is lost", name_of(queue.front()), raw(from), raw(to)));
  queue.pop_front();
}

std::size_t World::move_disk(ServerId id) {
  Server& server = servers_.at(id);
  const std::deque<zab::DiskTask>& queue = server.peer.disk_queue();
  if (queue.empty()) return 0;
  const std::size_t before = queue.size();
  const auto end = std::ranges::find_if_not(queue, [](const zab::DiskTask& task) {
    return std::holds_alternative<zab::LogAppend>(task);
  });
  const auto appends = static_cast<std::size_t>(end - queue.begin());
  const std::size_t done = std::max<std::size_t>(appends, 1);
  server.tasks = before - done;
  if (appends > 0) {
    const zab::SharedBatch& batch = std::get<zab::LogAppend>(queue[appends - 1]).batch;
    event(fmt::format("{} has written up to {}", raw(id), text_of(batch->last())));
    server.peer.move_log(now_);
  } else {
    event(fmt::format("{} has done: {}", raw(id), text_of(queue.front())));
    server.peer.move_disk(now_);
  }
  note(server);
  return done;
}

void World::move_reads(ServerId id) {
  Server& server = servers_.at(id);
  if (!server.peer.log_reads().empty()) {
    --server.log_reads;
    event(fmt::format(
        "{} has read its log for {}", raw(id), raw(server.peer.log_reads().front().learner)));
  } else if (!server.peer.snapshot_reads().empty()) {
    --server.snapshot_reads;
    event(fmt::format("{} has read its snapshot for {}",
                      raw(id),
                      raw(server.peer.snapshot_reads().front().learner)));
  } else {
    return;
  }
  server.peer.move_reads(now_);
  note(server);
}

void World::rot_snapshot(ServerId id) {
  servers_.at(id).peer.rot_snapshot();
  event(fmt::format("the snapshot of {} is damaged", raw(id)));
}

void World::take_snapshot(ServerId id, bool keeps_log) {
  SimPeer& peer = servers_.at(id).peer;
  const std::size_t old = peer.take_snapshot();
  if (!keeps_log) peer.shorten_log(old);
  event(fmt::format("{} has a snapshot of {}, and its log above {}",
                    raw(id),
                    text_of(peer.disk().snapshot_zxid),
                    text_of(peer.disk().base)));
}

void World::tick(Duration by) {
  now_ = now_ + by;
  for (const ServerId id : running()) {
    servers_.at(id).peer.on_time(now_);
    note(servers_.at(id));
  }
}

bool World::is_vote_next(ServerId from, ServerId to) const {
  return messages(from, to) > 0 &&
         std::holds_alternative<zab::Notification>(links_.at({from, to}).front());
}

void World::elect() {
  const std::vector<ServerId> ids = running();
  for (bool moved = true; moved;) {
    moved = false;
    for (const ServerId from : ids) {
      for (const ServerId to : ids) {
        for (; is_vote_next(from, to); moved = true) deliver(from, to);
      }
    }
  }
}

bool World::settle(const std::vector<ServerId>& among) {
  for (int moves = 0; moves < kMovesMax;) {
    const int before = moves;
    for (const ServerId from : among) {
      for (const ServerId to : among) {
        for (; messages(from, to) > 0 && moves < kMovesMax; ++moves) deliver(from, to);
      }
    }
    for (const ServerId id : among) {
      const SimPeer& peer = servers_.at(id).peer;
      for (; !peer.disk_queue().empty(); ++moves) move_disk(id);
      for (; !peer.log_reads().empty() || !peer.snapshot_reads().empty(); ++moves) move_reads(id);
    }
    if (moves == before) return true;
  }
  return false;
}

// --- Requests.

void World::propose(ServerId id, std::size_t count) {
  std::vector<std::string> payloads;
  for (std::size_t i = 0; i < count; ++i) payloads.push_back(fmt::format("v{}", ++next_payload_));
  servers_.at(id).peer.propose(payloads, now_);
  note(servers_.at(id));
}

void World::ask_quorum(ServerId id) {
  Server& server = servers_.at(id);
  const std::uint64_t beat = server.peer.ask_quorum(now_);
  server.asks.push_back({server.peer.peer().term(), beat});
  note(server);
}

void World::reconfigure(ServerId id, const election::Configuration& next) {
  if (!servers_.at(id).peer.reconfigure(next, now_)) event(fmt::format("{} refuses", raw(id)));
  note(servers_.at(id));
}

void World::finish_reconfiguration(ServerId id) {
  servers_.at(id).peer.finish_reconfiguration(now_);
  note(servers_.at(id));
}

void World::begin_handover(ServerId id, std::optional<ServerId> successor) {
  if (!servers_.at(id).peer.begin_handover(successor, now_)) {
    event(fmt::format("{} refuses", raw(id)));
  }
  note(servers_.at(id));
}

// --- The trace.

void World::effect(const Server& server, std::string_view text) {
  trace_.push_back(fmt::format("    {} {}", raw(server.peer.id()), text));
}

void World::note(Server& server) {
  note_role(server);
  note_disk(server);
  note_sends(server);
  note_delivered(server);
  note_confirmed(server);
  check(server);
}

void World::note_role(Server& server) {
  const zab::Peer& peer = server.peer.peer();
  std::string standing = standing_of(peer);
  if (peer.term() != server.term || standing != server.standing) effect(server, standing);
  server.standing = std::move(standing);
  server.term = peer.term();
  if (std::string quorums = text_of(peer.quorums()); quorums != server.quorums) {
    effect(server, "counts the votes of " + quorums);
    server.quorums = std::move(quorums);
  }
  if (peer.is_open() != server.is_open && peer.role() == zab::Role::Leading) {
    effect(server, peer.is_open() ? "takes proposals" : "takes no proposals");
  }
  server.is_open = peer.is_open();
}

void World::note_disk(Server& server) {
  const SimPeer& peer = server.peer;
  for (; server.tasks < peer.disk_queue().size(); ++server.tasks) {
    effect(server, text_of(peer.disk_queue()[server.tasks]));
  }
  for (; server.log_reads < peer.log_reads().size(); ++server.log_reads) {
    const zab::LogRead& read = peer.log_reads()[server.log_reads];
    effect(server,
           fmt::format("reads its log above {} for {}", text_of(read.after), raw(read.learner)));
  }
  for (; server.snapshot_reads < peer.snapshot_reads().size(); ++server.snapshot_reads) {
    const zab::SnapshotRead& read = peer.snapshot_reads()[server.snapshot_reads];
    effect(
        server,
        fmt::format(
            "reads its snapshot from byte {} for {}{}",
            read.offset,
            raw(read.learner),
            read.refused > Zxid{} ? fmt::format(", which refuses {}", text_of(read.refused)) : ""));
  }
}

void World::note_sends(Server& server) {
  for (zab::Envelope& envelope : server.peer.take_sends()) {
    const Direction direction{server.peer.id(), envelope.to};
    // What is sent to a server whose link has just gone is lost.
    if (!linked_.contains(direction)) continue;
    effect(server, fmt::format("-> {} {}", raw(envelope.to), text_of(envelope.message)));
    links_[direction].push_back(std::move(envelope.message));
  }
}

void World::note_delivered(Server& server) {
  const std::vector<simulation::Record>& applied = server.peer.applied();
  if (server.peer.snapshots_installed() > server.snapshots) {
    server.snapshots = server.peer.snapshots_installed();
    server.delivered = applied.size();
    effect(server, "has the state of the snapshot: " + text_of(applied));
    return;
  }
  if (server.delivered == applied.size()) return;
  const auto first = applied.begin() + static_cast<std::ptrdiff_t>(server.delivered);
  effect(server, "delivers " + text_of(std::vector<simulation::Record>(first, applied.end())));
  server.delivered = applied.size();
}

void World::note_confirmed(Server& server) {
  std::erase_if(server.asks, [&](const Ask& ask) {
    if (server.peer.peer().term() != ask.term) return true;
    if (server.peer.peer().confirmed_beat() < ask.beat) return false;
    effect(server, fmt::format("is confirmed by a quorum: beat {}", ask.beat));
    return true;
  });
}

void World::check(const Server& server) {
  server.peer.check_invariants();
  const zab::Peer& peer = server.peer.peer();
  if (!violation_.empty()) return;
  if (peer.has_diverged()) violation_ = fmt::format("{} has diverged", raw(server.peer.id()));
  if (peer.role() == zab::Role::Leading && peer.is_established() &&
      leaders_.emplace(peer.epoch(), server.peer.id()).first->second != server.peer.id()) {
    violation_ = fmt::format("epoch {} has two leaders", peer.epoch());
  }
  const std::vector<simulation::Record>& applied = server.peer.applied();
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (i == history_.size()) history_.push_back(applied[i]);
    if (applied[i] == history_[i]) continue;
    violation_ = fmt::format("{} has delivered {} where others have {}",
                             raw(server.peer.id()),
                             text_of(applied[i].zxid),
                             text_of(history_[i].zxid));
    return;
  }
}

}  // namespace paddock::scenarios
