// SPDX-License-Identifier: Apache-2.0
//
// What servers say to one another about requests and sessions, and what a change of the leader
// means for them. A request whose leader is lost is not lost: once this server has the new leader's
// history, either its transaction is in there and has been applied, or it never will be, and then
// it is asked for again.
#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"
#include "replica/replica.h"

namespace paddock::replica {

void Replica::on_message(ServerId from, PeerMessage message, Now now) {
  std::visit([&](auto& one) { on(from, one, now); }, message);
  note_standing(now);
}

void Replica::on(ServerId from, zab::Message& message, Now now) {
  if (std::holds_alternative<zab::JoinRequest>(message)) forget_requests_of(from, now);
  link_counters_.on_received(message);
  note_times(from, message, now);
  peer_->on_message(from, std::move(message), now.monotonic, zab_effects_);
}

void Replica::note_times(ServerId from, const zab::Message& message, Now now) {
  if (const auto* ack = std::get_if<zab::Ack>(&message)) {
    if (peer_->is_open()) write_times_.on_acked(from, ack->last, now.monotonic);
  }
  const auto* append = std::get_if<zab::Append>(&message);
  if (append == nullptr || append->batch == nullptr || append->batch->empty()) return;
  write_times_.on_known(append->batch->last(), now.monotonic);
}

/// A server that joins (again) asks for everything anew that is not in the history by then.
void Replica::forget_requests_of(ServerId server, Now now) {
  propose_ordered(now);
  std::erase_if(held_, [server](const auto& held) { return held.first == server; });
  nearly_full_.erase(server);
  orderer_.forget(server);
}

bool Replica::is_from_leader(ServerId from, std::int64_t epoch) const {
  return is_established_ && peer_->role() == zab::Role::Following && peer_->leader() == from &&
         peer_->epoch() == epoch;
}

bool Replica::is_to_leader(std::int64_t epoch) const {
  return peer_->role() == zab::Role::Leading && peer_->is_established() && peer_->epoch() == epoch;
}

// --- The leader's side.

void Replica::on(ServerId from, Requests& message, Now now) {
  if (!is_to_leader(message.epoch)) return;
  const bool is_open = orderer_.is_active() && peer_->is_open() && held_.empty();
  for (Forwarded& request : message.requests) {
    if (is_open) {
      order(from, request, now);
    } else {
      held_.emplace_back(from, std::move(request));
    }
  }
}

void Replica::order_held(Now now) {
  for (const auto& [from, request] : std::exchange(held_, {})) order(from, request, now);
}

void Replica::order(ServerId from, const Forwarded& request, Now now) {
  orderer_.order({.origin = {from, request.id},
                  .kind = request.kind,
                  .opcode = request.opcode,
                  .xid = request.xid,
                  .timeout_ms = request.timeout_ms,
                  .session = request.session,
                  .payload = request.payload,
                  .identities = {request.identities_count, request.identities},
                  .is_local = request.is_local},
                 now);
}

void Replica::on(ServerId /*from*/, SessionTouches& message, Now now) {
  if (!is_to_leader(message.epoch)) return;
  for (const SessionId session : message.sessions) {
    static_cast<void>(sessions_.touch(session, now.monotonic));
  }
}

/// Outcomes to whom they concern, one message for each server.
void Replica::send_answers() {
  std::map<ServerId, Outcomes> outcomes;
  for (Orderer::Answer& answer : orderer_.answers()) {
    if (answer.to == options_.server) {
      decide(answer.outcome);
      continue;
    }
    outcomes[answer.to].outcomes.push_back(std::move(answer.outcome));
  }
  orderer_.answers().clear();
  for (auto& [server, message] : outcomes) {
    message.epoch = peer_->epoch();
    sends_.push_back({server, std::move(message)});
  }
}

// --- The follower's side.

void Replica::on(ServerId from, Outcomes& message, Now /*now*/) {
  if (!is_from_leader(from, message.epoch)) return;
  for (const Outcome& outcome : message.outcomes) decide(outcome);
}

void Replica::send_to_leader(PeerMessage message) {
  sends_.push_back({*peer_->leader(), std::move(message)});
}

// --- Changes of the leader.

/// Called after every step of the protocol: a role that came and went within one must not be
/// missed.
void Replica::note_standing(Now now) {
  if (peer_->term() != term_) {
    term_ = peer_->term();
    write_times_.on_new_term();
    standing_times_.on_role(peer_->role() == zab::Role::Looking, now.monotonic);
    if (std::exchange(is_established_, false)) lost_at_ = now.monotonic;
    if (orderer_.is_active()) orderer_.end(now);
    held_.clear();
    nearly_full_ = {};
    review_space();
    comparison_.reset();
    asked_digest_.reset();
    // What was refused may have been judged by something that came to nothing; what was ordered is
    // found in the next leader's history, or it is not.
    pending_.for_each([&](RequestId, PendingRequest& request) {
      const bool has_happened = request.is_decided && request.outcome.kind == OutcomeKind::Applied;
      if (request.is_sent && !has_happened) request.is_in_doubt = true;
    });
  }
  // What this server has asked for before may still be on its way to being committed: only when all
  // of that is applied is it known what has become of it.
  if (is_established_ || !peer_->is_established()) return;
  apply_committed(std::numeric_limits<std::size_t>::max(), now);
  if (last_applied() >= peer_->joined_at()) on_established(now);
}

void Replica::on_established(Now now) {
  is_established_ = true;
  const Part part = peer_->role() == zab::Role::Leading ? Part::Leader
                    : peer_->state().is_voter()         ? Part::Follower
                                                        : Part::Observer;
  standing_times_.on_established(part, lost_at_, now.monotonic);
  end_read_only();
  tree_.set_service(is_removed_ ? gate::Service::None : gate::Service::Full);
  resolve_doubts();
  if (is_nearly_full_) tell_space();
  if (peer_->role() != zab::Role::Leading) return;
  PADDOCK_ASSERT(peer_->last() == last_applied());
  orderer_.begin(last_applied(), *peer_, ensemble_, now);
}

}  // namespace paddock::replica
