// SPDX-License-Identifier: Apache-2.0
//
// The trees of all servers are compared: the leader asks for their digests after a transaction that
// it has applied, and tells whoever has another tree than a quorum to rebuild itself.
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "replica/replica.h"

namespace paddock::replica {

/// Once a tick: what came of the last question, and the next one.
void Replica::compare_trees(Now now) {
  if (options_.peer.is_alone || !orderer_.is_active()) return;
  if (comparison_) judge(*std::exchange(comparison_, std::nullopt), now);
  if (!orderer_.is_active() || last_applied() <= compared_) return;
  const auto own = digests_.at(last_applied());
  if (!own) return;
  compared_ = last_applied();
  comparison_.emplace(compared_);
  comparison_->add(options_.server, *own);
  for (const zab::Leader::Follower& follower : peer_->followers()) {
    if (!follower.is_in_step) continue;
    sends_.push_back(
        {follower.id, TreeDigest{.epoch = peer_->epoch(), .zxid = compared_, .digest = *own}});
  }
}

void Replica::judge(const Comparison& comparison, Now now) {
  if (!comparison.differs()) return;
  if (!peer_->is_settled() || orderer_.is_reconfiguring()) {
    // Whom a quorum can do without is only known when the members are. The next one tells again.
    compared_ = Zxid{};
    return;
  }
  ++mismatches_;
  const election::ServerSet wrong = comparison.wrong(peer_->quorums(), peer_->in_step());
  if (wrong.empty()) {
    notes_.push_back(
        fmt::format("the servers' trees differ after zxid 0x{:x}, and no quorum has the same one; "
                    "compare them with the `hash` command and empty the data directory of the one "
                    "that is wrong",
                    comparison.zxid().value));
    return;
  }
  wrong.for_each([&](ServerId server) {
    if (server == options_.server) return;
    notes_.push_back(
        fmt::format("the tree of server {} after zxid 0x{:x} is not a quorum's: it is told to "
                    "rebuild itself",
                    raw(server),
                    comparison.zxid().value));
    peer_->distrust(server);
    sends_.push_back({server, Rebuild{.epoch = peer_->epoch(), .zxid = comparison.zxid()}});
  });
  if (wrong.contains(options_.server)) give_way(wrong, now);
}

/// Another leader finds this server wrong, and clients do not wait for it meanwhile.
void Replica::give_way(const election::ServerSet& wrong, Now now) {
  notes_.push_back("this server leads, and its own tree is not a quorum's: it hands over");
  std::optional<ServerId> successor;
  peer_->in_step().for_each([&](ServerId server) {
    if (server != options_.server && !wrong.contains(server)) successor = server;
  });
  // If nothing comes of it, the next comparison tells again.
  compared_ = Zxid{};
  static_cast<void>(begin_handover(successor, now));
}

void Replica::on(ServerId from, TreeDigest& message, Now /*now*/) {
  if (is_to_leader(message.epoch)) {
    if (comparison_ && comparison_->zxid() == message.zxid) comparison_->add(from, message.digest);
  } else if (is_from_leader(from, message.epoch)) {
    asked_digest_ = message.zxid;
  }
}

/// As soon as this server has come so far.
void Replica::answer_digest() {
  if (!asked_digest_ || last_applied() < *asked_digest_) return;
  const Zxid zxid = *std::exchange(asked_digest_, std::nullopt);
  const auto digest = digests_.at(zxid);
  if (!digest || !is_established_ || peer_->role() != zab::Role::Following) return;
  send_to_leader(TreeDigest{.epoch = peer_->epoch(), .zxid = zxid, .digest = *digest});
}

void Replica::on(ServerId from, Rebuild& message, Now now) {
  if (is_from_leader(from, message.epoch)) rebuild(message.zxid, now);
}

/// Clients are sent away at once: what they read here is not what others have.
void Replica::rebuild(Zxid zxid, Now now) {
  notes_.push_back(
      fmt::format("this server's tree after zxid 0x{:x} is not what a quorum has: it serves and "
                  "votes no more until it has taken the leader's snapshot; keep a copy of the data "
                  "directory and report this as a bug",
                  zxid.value));
  ++rebuilds_;
  tree_.set_service(gate::Service::None);
  drop_all_connections();
  peer_->begin_rebuild(now.monotonic, zab_effects_);
  note_standing(now);
}

}  // namespace paddock::replica
