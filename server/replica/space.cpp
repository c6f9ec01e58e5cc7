// SPDX-License-Identifier: Apache-2.0
//
// Disks that are nearly full: a leader refuses writes in time, while a quorum has room for what is
// on its way. One full follower alone stops nobody.
#include "election/configuration.h"
#include "replica/replica.h"

namespace paddock::replica {

void Replica::set_nearly_full(bool is_nearly_full) {
  if (std::exchange(is_nearly_full_, is_nearly_full) == is_nearly_full) return;
  tell_space();
  review_space();
}

void Replica::tell_space() {
  if (!is_established_ || peer_->role() != zab::Role::Following) return;
  send_to_leader(DiskSpace{.epoch = peer_->epoch(), .is_nearly_full = is_nearly_full_});
}

void Replica::on(ServerId from, DiskSpace& message, Now /*now*/) {
  if (!is_to_leader(message.epoch)) return;
  if (message.is_nearly_full) {
    nearly_full_.insert(from);
  } else {
    nearly_full_.erase(from);
  }
  review_space();
}

void Replica::review_space() {
  bool have_room = !is_nearly_full_;
  if (have_room && orderer_.is_active() && !nearly_full_.empty()) {
    // Whoever is away for a moment is expected back: a restart of one stops nobody.
    election::ServerSet with_room = peer_->quorums().voters();
    nearly_full_.for_each([&](ServerId server) { with_room.erase(server); });
    have_room = peer_->quorums().has_quorum(with_room);
  }
  if (have_room != orderer_.is_read_only()) return;
  orderer_.set_read_only(!have_room);
  if (have_room || is_nearly_full_) return;
  notes_.emplace_back(
      "the disks of so many servers are nearly full that those with room are no quorum: writes are "
      "refused until there is room");
}

}  // namespace paddock::replica
