// SPDX-License-Identifier: Apache-2.0
#include "zab/peer.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/assert.h"

namespace paddock::zab {
namespace {

/// Each leadership's requests to the disk are told apart from those of the one before.
constexpr std::uint64_t kTicketsOfOneRole = std::uint64_t{1} << 48U;

}  // namespace

Peer::Peer(const PeerOptions& options, Recovered recovered)
    : state_(options, std::move(recovered)),
      role_(Looking{election::Election(options.self, options.election, 0)}) {}

void Peer::start(MonotonicTime now, Effects& effects) {
  if (state_.options.is_alone) return lead(now, effects);
  look(now, effects);
}

// --- Roles.

/// What others were promised in this role is over.
void Peer::end_role(Effects& effects) {
  if (const auto* learner = std::get_if<Learner>(&role_)) learner->leave(state_, effects);
  relay_.end(effects);
  ++term_;
  next_ticket_ += kTicketsOfOneRole;
  relay_ = Relay(next_ticket_);
}

void Peer::look(MonotonicTime now, Effects& effects) {
  end_role(effects);
  if (state_.is_installing) {
    role_ = Installing{};
    return;
  }
  ++counters_.elections;
  Looking& looking = role_.emplace<Looking>(
      Looking{election::Election(state_.options.self, state_.options.election, round_)});
  election::ElectionEffects found;
  looking.election.start(state_.quorums(),
                         {.epoch = state_.epochs.current,
                          .zxid = state_.history.last(),
                          .leader = state_.options.self},
                         {.may_vote = state_.epochs.may_vote, .may_lead = state_.may_lead()},
                         state_.linked,
                         now,
                         found);
  take(std::move(found), now, effects);
}

void Peer::take(election::ElectionEffects found, MonotonicTime now, Effects& effects) {
  for (election::Outgoing& outgoing : found.sends) {
    effects.sends.push_back({outgoing.to, outgoing.notification});
  }
  round_ = std::get<Looking>(role_).election.round();
  if (!found.leader) return;
  if (*found.leader == state_.options.self) return lead(now, effects);
  follow(*found.leader, now, effects);
}

void Peer::lead(MonotonicTime now, Effects& effects) {
  end_role(effects);
  role_.emplace<Leader>(state_, now, next_ticket_);
  Leader& leader = std::get<Leader>(role_);
  leader.begin(state_, effects);
  for (const auto& [id, joiner] : std::exchange(joiners_, {})) {
    leader.on_join(state_, id, joiner.request, now, effects);
  }
  if (!leader.is_established()) tell_strangers(leader, effects);
  settle(now, effects);
}

void Peer::follow(ServerId leader, MonotonicTime now, Effects& effects) {
  end_role(effects);
  role_.emplace<Learner>(state_, leader, term_, now, effects);
}

void Peer::settle(MonotonicTime now, Effects& effects) {
  if (const auto* leader = std::get_if<Leader>(&role_)) {
    switch (leader->outcome()) {
      case Leader::Outcome::Leading:
        return announce(effects);
      case Leader::Outcome::Resigned:
        return look(now, effects);
      case Leader::Outcome::HandedOver:
        return follow(leader->successor(), now, effects);
    }
    PADDOCK_UNREACHABLE();
  }
  if (const auto* learner = std::get_if<Learner>(&role_)) {
    switch (learner->outcome()) {
      case Learner::Outcome::Following:
        if (learner->is_established()) relay_.pump(state_, effects);
        return;
      case Learner::Outcome::Diverged:
        has_diverged_ = true;
        state_.epochs.may_vote = state_.wanted_epochs.may_vote = false;
        return look(now, effects);
      case Learner::Outcome::Lost:
        return look(now, effects);
      case Learner::Outcome::HandedOver:
        if (learner->successor() == state_.options.self) return lead(now, effects);
        return follow(learner->successor(), now, effects);
    }
    PADDOCK_UNREACHABLE();
  }
}

void Peer::announce(Effects& effects) {
  const Leader& leader = std::get<Leader>(role_);
  if (!leader.is_established() || announced_ == leader.epoch()) return;
  announced_ = leader.epoch();
  tell_strangers(leader, effects);
}

/// Those who do not follow yet.
void Peer::tell_strangers(const Leader& leader, Effects& effects) {
  if (state_.options.is_alone) return;
  state_.linked.for_each([&](ServerId peer) {
    if (!leader.knows(peer)) effects.sends.push_back({peer, standing_of(leader)});
  });
}

Notification Peer::standing_of(const Leader& leader) const {
  return {.standing =
              leader.is_established() ? election::Standing::Leading : election::Standing::Elected,
          .round = round_,
          .vote = {.epoch = leader.epoch(),
                   .zxid = state_.history.last(),
                   .leader = state_.options.self},
          .is_voter = state_.is_voter()};
}

// --- Links and messages.

void Peer::on_link_up(ServerId peer, MonotonicTime now, Effects& effects) {
  PADDOCK_ASSERT(peer != state_.options.self);
  PADDOCK_ASSERT(!state_.linked.contains(peer));
  state_.linked.insert(peer);
  if (auto* looking = std::get_if<Looking>(&role_)) {
    election::ElectionEffects found;
    looking->election.on_link_up(peer, found);
    return take(std::move(found), now, effects);
  }
  if (auto* learner = std::get_if<Learner>(&role_)) {
    learner->on_link_up(state_, peer, now, effects);
  }
}

void Peer::on_link_down(ServerId peer, MonotonicTime now, Effects& effects) {
  PADDOCK_ASSERT(state_.linked.contains(peer));
  state_.linked.erase(peer);
  joiners_.erase(peer);
  if (auto* looking = std::get_if<Looking>(&role_)) {
    election::ElectionEffects found;
    looking->election.on_link_down(peer, now, found);
    return take(std::move(found), now, effects);
  }
  if (auto* leader = std::get_if<Leader>(&role_)) leader->on_link_down(peer);
  if (auto* learner = std::get_if<Learner>(&role_)) {
    relay_.on_link_down(peer);
    learner->on_link_down(state_, peer, effects);
  }
  settle(now, effects);
}

void Peer::on_message(ServerId from, Message message, MonotonicTime now, Effects& effects) {
  PADDOCK_ASSERT(state_.linked.contains(from));
  std::visit([&](auto& one) { on(from, one, now, effects); }, message);
  settle(now, effects);
}

void Peer::on(ServerId from, Notification& message, MonotonicTime now, Effects& effects) {
  if (is_forsaken(from, message)) look(now, effects);
  auto* looking = std::get_if<Looking>(&role_);
  if (looking == nullptr) return answer_looking(from, message, effects);
  election::ElectionEffects found;
  looking->election.on_notification(from, message, now, found);
  take(std::move(found), now, effects);
}

/// Whether the leader has given up: it looks, and not only as it did before it led.
bool Peer::is_forsaken(ServerId from, const Notification& notification) const {
  const auto* learner = std::get_if<Learner>(&role_);
  return learner != nullptr && learner->leader() == from && learner->is_invited() &&
         notification.standing == election::Standing::Looking;
}

void Peer::answer_looking(ServerId from, const Notification& notification, Effects& effects) const {
  if (notification.standing != election::Standing::Looking) return;
  if (const auto* leader = std::get_if<Leader>(&role_)) {
    effects.sends.push_back({from, standing_of(*leader)});
  } else if (const auto* learner = std::get_if<Learner>(&role_)) {
    const Notification answer{
        .standing = election::Standing::Following,
        .round = round_,
        .vote = {.epoch = learner->epoch(), .zxid = {}, .leader = learner->leader()},
        .is_voter = state_.is_voter()};
    effects.sends.push_back({from, answer});
  }
}

void Peer::on(ServerId from, JoinRequest& message, MonotonicTime now, Effects& effects) {
  if (auto* leader = std::get_if<Leader>(&role_)) {
    leader->on_join(state_, from, message, now, effects);
    if (leader->outcome() == Leader::Outcome::Leading) return;
  }
  // Perhaps this server is about to lead, again or for the first time, and does not know it yet.
  joiners_[from] = {message, now + state_.options.election.finalize_wait * 2};
}

void Peer::drop_joiners(MonotonicTime now, Effects& effects) {
  std::erase_if(joiners_, [&](const auto& entry) {
    if (now < entry.second.until) return false;
    effects.sends.push_back({entry.first, NotLeading{}});
    return true;
  });
}

void Peer::on(ServerId from, NotLeading& /*message*/, MonotonicTime /*now*/, Effects& /*effects*/) {
  auto* learner = std::get_if<Learner>(&role_);
  if (learner != nullptr && learner->leader() == from) learner->on_not_leading();
}

void Peer::on(ServerId from, Append& message, MonotonicTime now, Effects& effects) {
  take_broadcast(from, message, now, effects);
}

void Peer::on(ServerId from, Commit& message, MonotonicTime now, Effects& effects) {
  take_broadcast(from, message, now, effects);
}

template <class FromLeaderOrFeeder>
void Peer::take_broadcast(ServerId from,
                          FromLeaderOrFeeder& message,
                          MonotonicTime now,
                          Effects& effects) {
  auto* learner = std::get_if<Learner>(&role_);
  if (learner == nullptr) return;
  if (learner->leader() == from) return learner->on(state_, message, now, effects);
  learner->on_fed(state_, from, message, effects);
}

void Peer::on(ServerId from, Ack& message, MonotonicTime now, Effects& effects) {
  auto* leader = std::get_if<Leader>(&role_);
  if (leader != nullptr) return leader->on(state_, from, message, now, effects);
  relay_.on(from, message);
}

/// A follower that is not in the epoch yet, or not any more, does not feed in it.
void Peer::on(ServerId from, FeedRequest& message, MonotonicTime now, Effects& effects) {
  auto* leader = std::get_if<Leader>(&role_);
  if (leader != nullptr) return leader->on(state_, from, message, now, effects);
  const auto* learner = std::get_if<Learner>(&role_);
  if (learner != nullptr && learner->epoch() == message.epoch) return relay_.on(from, message);
  effects.sends.push_back({from, FeedEnd{.epoch = message.epoch, .turn = message.turn}});
}

void Peer::on(ServerId from, FeedEnd& message, MonotonicTime /*now*/, Effects& effects) {
  relay_.on(from, message);
  auto* learner = std::get_if<Learner>(&role_);
  if (learner != nullptr) learner->on_fed(state_, from, message, effects);
}

template <class ForLeaderOrLearner>
void Peer::on(ServerId from, ForLeaderOrLearner& message, MonotonicTime now, Effects& effects) {
  if constexpr (requires(Leader& leader) { leader.on(state_, from, message, now, effects); }) {
    auto* leader = std::get_if<Leader>(&role_);
    if (leader != nullptr) leader->on(state_, from, message, now, effects);
  } else {
    auto* learner = std::get_if<Learner>(&role_);
    if (learner == nullptr || learner->leader() != from) return;
    learner->on(state_, message, now, effects);
  }
}

// --- What has become durable.

void Peer::note_durable(MonotonicTime now, Effects& effects) {
  if (auto* leader = std::get_if<Leader>(&role_)) leader->on_durable(state_, effects);
  if (auto* learner = std::get_if<Learner>(&role_)) learner->on_durable(state_, effects);
  settle(now, effects);
}

void Peer::on_log_durable(Zxid zxid, MonotonicTime now, Effects& effects) {
  // Reported for a history that has been cut meanwhile.
  if (state_.rewrites > 0) return;
  PADDOCK_ASSERT(zxid <= state_.history.last());
  state_.durable = std::max(state_.durable, zxid);
  note_durable(now, effects);
}

void Peer::on_truncated(Zxid zxid, MonotonicTime now, Effects& effects) {
  PADDOCK_ASSERT(state_.rewrites > 0);
  --state_.rewrites;
  state_.durable = zxid;
  note_durable(now, effects);
}

void Peer::on_epochs_durable(Epochs epochs, MonotonicTime now, Effects& effects) {
  PADDOCK_ASSERT(epochs.accepted >= state_.epochs.accepted);
  PADDOCK_ASSERT(epochs.current >= state_.epochs.current);
  // A right that has been taken back meanwhile does not come again with an older promise.
  epochs.may_vote = epochs.may_vote && state_.wanted_epochs.may_vote;
  const bool is_new_voter = epochs.may_vote && !state_.epochs.may_vote;
  state_.epochs = epochs;
  if (is_new_voter && std::holds_alternative<Looking>(role_)) return look(now, effects);
  note_durable(now, effects);
}

void Peer::on_log_read(LogReadResult result, MonotonicTime now, Effects& effects) {
  if (auto* leader = std::get_if<Leader>(&role_)) {
    leader->on_log_read(state_, std::move(result), effects);
  } else {
    relay_.on_log_read(state_, std::move(result), effects);
  }
  settle(now, effects);
}

void Peer::on_snapshot_read(SnapshotReadResult result, MonotonicTime now, Effects& effects) {
  if (auto* leader = std::get_if<Leader>(&role_)) {
    leader->on_snapshot_read(state_, std::move(result), effects);
  }
  settle(now, effects);
}

void Peer::on_snapshot_written(const SnapshotProgress& progress,
                               MonotonicTime now,
                               Effects& effects) {
  state_.received = progress;
  --state_.pieces_queued;
  if (auto* learner = std::get_if<Learner>(&role_)) {
    learner->on_snapshot_written(progress, effects);
  }
  note_durable(now, effects);
}

void Peer::on_snapshot_installed(Zxid zxid,
                                 election::Quorums quorums,
                                 MonotonicTime now,
                                 Effects& effects) {
  PADDOCK_ASSERT(state_.is_installing);
  state_.is_installing = false;
  PADDOCK_ASSERT(state_.rewrites > 0);
  --state_.rewrites;
  state_.must_rebuild = false;
  state_.refused.clear();
  state_.received = {};
  --state_.pieces_queued;
  state_.history.restart(zxid);
  state_.membership.restart(std::move(quorums));
  state_.durable = state_.committed = zxid;
  if (std::holds_alternative<Installing>(role_)) return look(now, effects);
  if (auto* learner = std::get_if<Learner>(&role_)) {
    learner->on_snapshot_installed(zxid, effects);
  }
  settle(now, effects);
}

void Peer::on_install_failed(bool is_damaged, MonotonicTime now, Effects& effects) {
  PADDOCK_ASSERT(state_.is_installing && state_.rewrites > 0);
  if (is_damaged) state_.refused[state_.installing.first] = state_.installing.second;
  state_.is_installing = false;
  state_.received = {};
  --state_.pieces_queued;
  --state_.rewrites;
  look(now, effects);
}

// --- Time.

void Peer::on_time(MonotonicTime now, Effects& effects) {
  drop_joiners(now, effects);
  if (auto* looking = std::get_if<Looking>(&role_)) {
    election::ElectionEffects found;
    looking->election.on_time(now, found);
    return take(std::move(found), now, effects);
  }
  if (auto* leader = std::get_if<Leader>(&role_)) leader->on_time(state_, now, effects);
  if (auto* learner = std::get_if<Learner>(&role_)) learner->on_time(state_, now, effects);
  settle(now, effects);
}

MonotonicTime Peer::next_time() const {
  MonotonicTime next{Duration::max()};
  for (const auto& [id, joiner] : joiners_) next = std::min(next, joiner.until);
  if (const auto* looking = std::get_if<Looking>(&role_)) {
    return std::min(next, looking->election.next_time());
  }
  if (const auto* leader = std::get_if<Leader>(&role_)) {
    return std::min(next, leader->next_time(state_));
  }
  if (const auto* learner = std::get_if<Learner>(&role_)) {
    return std::min(next, learner->next_time());
  }
  return next;
}

// --- The leader's core.

bool Peer::is_open() const {
  const auto* leader = std::get_if<Leader>(&role_);
  return leader != nullptr && leader->is_open();
}

void Peer::propose(const SharedBatch& batch, MonotonicTime now, Effects& effects) {
  std::get<Leader>(role_).propose(state_, batch, effects);
  settle(now, effects);
}

std::uint64_t Peer::ask_quorum(MonotonicTime now, Effects& effects) {
  return std::get<Leader>(role_).ask_quorum(state_, now, effects);
}

std::uint64_t Peer::confirmed_beat() const {
  const auto* leader = std::get_if<Leader>(&role_);
  return leader == nullptr ? 0 : leader->confirmed_beat(state_);
}

void Peer::grant_vote(MonotonicTime now, Effects& effects) {
  state_.take_franchise(state_.wanted_epochs.accepted, effects);
  settle(now, effects);
}

void Peer::distrust(ServerId server) {
  PADDOCK_ASSERT(is_settled());
  std::get<Leader>(role_).distrust(server);
}

void Peer::begin_rebuild(MonotonicTime now, Effects& effects) {
  PADDOCK_ASSERT(!is_alone());
  state_.must_rebuild = true;
  state_.epochs.may_vote = state_.wanted_epochs.may_vote = false;
  effects.disk.emplace_back(state_.wanted_epochs);
  if (!std::holds_alternative<Installing>(role_)) look(now, effects);
}

bool Peer::begin_handover(std::optional<ServerId> successor, MonotonicTime now, Effects& effects) {
  auto* leader = std::get_if<Leader>(&role_);
  if (leader == nullptr) return false;
  if (!successor) successor = leader->best_successor(state_);
  if (!successor || !leader->begin_handover(state_, *successor, now, effects)) return false;
  settle(now, effects);
  return true;
}

// --- Questions.

Role Peer::role() const {
  if (std::holds_alternative<Leader>(role_)) return Role::Leading;
  return std::holds_alternative<Learner>(role_) ? Role::Following : Role::Looking;
}

std::optional<ServerId> Peer::leader() const {
  if (std::holds_alternative<Leader>(role_)) return state_.options.self;
  const auto* learner = std::get_if<Learner>(&role_);
  return learner == nullptr ? std::nullopt : std::optional(learner->leader());
}

std::optional<ServerId> Peer::feeder() const {
  const auto* learner = std::get_if<Learner>(&role_);
  if (learner == nullptr || !learner->source().is_fed()) return std::nullopt;
  return learner->source().server();
}

bool Peer::is_established() const {
  if (const auto* leader = std::get_if<Leader>(&role_)) return leader->is_established();
  const auto* learner = std::get_if<Learner>(&role_);
  return learner != nullptr && learner->is_established();
}

election::ServerSet Peer::in_step() const {
  const auto* leader = std::get_if<Leader>(&role_);
  return leader == nullptr ? election::ServerSet{} : leader->in_step(state_);
}

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::Election:
      return "election";
    case Phase::Discovery:
      return "discovery";
    case Phase::Synchronization:
      return "synchronization";
    case Phase::Broadcast:
      return "broadcast";
  }
  PADDOCK_UNREACHABLE();
}

Phase Peer::phase() const {
  if (const auto* leader = std::get_if<Leader>(&role_)) {
    if (leader->is_established()) return Phase::Broadcast;
    return leader->is_synchronizing() ? Phase::Synchronization : Phase::Discovery;
  }
  const auto* learner = std::get_if<Learner>(&role_);
  if (learner == nullptr) return Phase::Election;
  if (learner->is_established()) return Phase::Broadcast;
  return learner->is_synchronizing() ? Phase::Synchronization : Phase::Discovery;
}

std::vector<Leader::Follower> Peer::followers() const {
  const auto* leader = std::get_if<Leader>(&role_);
  return leader == nullptr ? std::vector<Leader::Follower>{} : leader->followers(state_);
}

Zxid Peer::joined_at() const {
  if (const auto* leader = std::get_if<Leader>(&role_)) return leader->initial_last();
  return std::get<Learner>(role_).greeted_at();
}

std::int64_t Peer::epoch() const {
  if (const auto* leader = std::get_if<Leader>(&role_)) return leader->epoch();
  const auto* learner = std::get_if<Learner>(&role_);
  return learner == nullptr ? 0 : learner->epoch();
}

void Peer::on_applied(Zxid zxid) {
  PADDOCK_ASSERT(zxid <= state_.committed);
  if (state_.rewrites > 0) return;
  // What only the memory holds must stay there.
  state_.history.trim(std::min(zxid, state_.durable),
                      state_.options.is_alone ? 0 : state_.options.history_bytes_max);
}

void Peer::check_invariants() const {
  state_.history.check_invariants();
  PADDOCK_ASSERT(state_.committed >= state_.history.base() || state_.rewrites > 0);
  PADDOCK_ASSERT(state_.committed <= state_.history.last());
  PADDOCK_ASSERT(state_.pieces_queued >= 0);
  if (state_.rewrites == 0) PADDOCK_ASSERT(state_.durable <= state_.history.last());
  PADDOCK_ASSERT(state_.epochs.current <= state_.epochs.accepted);
  if (const auto* looking = std::get_if<Looking>(&role_)) looking->election.check_invariants();
  if (const auto* leader = std::get_if<Leader>(&role_)) leader->check_invariants(state_);
  if (const auto* learner = std::get_if<Learner>(&role_)) learner->check_invariants(state_);
  relay_.check_invariants(state_, epoch());
}

}  // namespace paddock::zab
