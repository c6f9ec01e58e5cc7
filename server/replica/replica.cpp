// SPDX-License-Identifier: Apache-2.0
#include "replica/replica.h"

#include <utility>

#include "base/assert.h"
#include "reconfig/members.h"
#include "replica/configuration_step.h"

namespace paddock::replica {

namespace {

/// Local sessions are in nobody's log: when the clock was set back, the ids that a restarted server
/// finds in use may be followed by those of local sessions, whose clients still know them. A gap
/// that is another one each time keeps clear of them; it is at most three days of the clock.
std::uint64_t gap_of(const ReplicaOptions& options) {
  if (!options.local_sessions) return 0;
  return (1 + options.first_request % 4096) << 32U;
}

}  // namespace

Replica::Replica(gate::SharedTree& tree, std::size_t shards, ReplicaOptions options, Now now)
    : tree_(tree),
      options_(options),
      sessions_(options.tick),
      local_sessions_(options.tick),
      session_ids_(options.server, now.wall, gap_of(options)),
      read_only_ids_(session::SessionIds::of_read_only(options.server, now.wall)),
      mailer_(tree, shards),
      orderer_(tree.writers_view(), sessions_, options_),
      pending_(RequestId{options.first_request}) {
  options_.peer.self = options.server;
  if (!options.peer.is_alone) {
    options_.peer.configuration_step_of = &configuration_step_of;
    ensemble_.configuration.committed = options.configuration;
    ensemble_.levels[options.server] = options.feature_level;
  }
  tree_.set_service(gate::Service::None);
}

/// Clients of a server that was removed go to others, with the answers that they have. (One that
/// was never a member serves: it is about to become one, or an observer that nobody lists.)
void Replica::note_removal() {
  if (is_removed_ && service() != gate::Service::None) {
    release();
    tree_.set_service(gate::Service::None);
    drop_all_connections();
  }
  if (!is_removed_ && is_established_) tree_.set_service(gate::Service::Full);
}

// --- Recovery.

void Replica::restore_session(const session::Session& session, MonotonicTime now) {
  sessions_.create(session.id, session.timeout, now);
  sessions_.find(session.id)->home = session.home;
  finish_upgrade(session.id);
  session_ids_.skip(session.id);
}

void Replica::restore_configuration() {
  if (options_.peer.is_alone) return;
  ensemble_.configuration = {.committed = options_.configuration, .pending = {}};
  const auto members = listed();
  PADDOCK_ASSERT(members.has_value());
  if (members->version != 0)
    ensemble_.configuration.committed = reconfig::configuration_of(*members);
  is_removed_ = is_removed_ && !ensemble_.configuration.is_member(options_.server);
}

std::optional<reconfig::Members> Replica::listed() const {
  const tree::DataTree& tree = tree_.writers_view();
  auto members = reconfig::parse_members(tree.data(*tree.find(tree::kConfigPath)));
  return members ? std::optional(*std::move(members)) : std::nullopt;
}

void Replica::restore_charter(Charter charter) {
  ensemble_.charter = std::move(charter);
}

Result<> Replica::recover(Zxid zxid, View payload, MonotonicTime now) {
  if (!decoded_.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return fail("a log record is not a transaction: the log was written by something else");
  }
  if (decoded_.zxid() != zxid.value || zxid <= last_applied()) {
    return fail("a log record's transaction does not follow the one before it");
  }
  apply(tree_.write(), decoded_, {}, Now{.monotonic = now, .wall = {}});
  return {};
}

void Replica::start(zab::Recovered recovered, Now now, Effects& effects) {
  PADDOCK_ASSERT(peer_ == nullptr);
  PADDOCK_ASSERT(recovered.committed == last_applied());
  sessions_.touch_all(now.monotonic);
  sessions_.for_each([&](const session::Session& session) { session_ids_.skip(session.id); });
  if (!options_.peer.is_alone) recovered.quorums = ensemble_.configuration;
  peer_ = std::make_unique<zab::Peer>(options_.peer, std::move(recovered));
  lost_at_ = now.monotonic;
  peer_->start(now.monotonic, zab_effects_);
  standing_times_.on_role(peer_->role() == zab::Role::Looking, now.monotonic);
  end_turn(now, effects);
}

// --- Steps of the protocol.

void Replica::on_link_up(ServerId peer, std::uint32_t feature_level, Now now) {
  ensemble_.levels[peer] = feature_level;
  peer_->on_link_up(peer, now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::on_link_down(ServerId peer, Now now) {
  forget_requests_of(peer, now);
  ensemble_.levels.erase(peer);
  // What was meant for the link that is gone must not go to the next one.
  const auto is_for_peer = [peer](const auto& envelope) {
    return envelope.to == peer;
  };
  std::erase_if(zab_effects_.sends, is_for_peer);
  std::erase_if(sends_, is_for_peer);
  peer_->on_link_down(peer, now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::on_log_durable(Zxid zxid, Now now) {
  write_times_.on_durable(zxid, now.monotonic);
  peer_->on_log_durable(zxid, now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::on_truncated(Zxid zxid, Now now) {
  peer_->on_truncated(zxid, now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::on_epochs_durable(zab::Epochs epochs, Now now) {
  peer_->on_epochs_durable(epochs, now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::on_log_read(zab::LogReadResult result, Now now) {
  peer_->on_log_read(std::move(result), now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::on_snapshot_read(zab::SnapshotReadResult result, Now now) {
  peer_->on_snapshot_read(std::move(result), now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::on_snapshot_written(const zab::SnapshotProgress& progress, Now now) {
  peer_->on_snapshot_written(progress, now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::on_snapshot_installed(Zxid zxid,
                                    tree::TreeLoader& loaded,
                                    const std::vector<session::Session>& sessions,
                                    Now now) {
  {
    const gate::SharedTree::WriteGate gate = tree_.write();
    mailer_.drop_mail(gate);
    loaded.install(gate.tree());
  }
  PADDOCK_ASSERT(last_applied() == zxid);
  digests_.clear();
  // What happened in between is not known here: watches may have missed it, and so may requests
  // that are not answered. Clients find out by connecting again.
  drop_all_connections();
  std::vector<SessionId> before;
  sessions_.for_each([&](const session::Session& session) { before.push_back(session.id); });
  for (const SessionId id : before) {
    sessions_.close(id);
    mailer_.mail_session_left(nullptr, id);
  }
  for (const session::Session& session : sessions) {
    // A local one was upgraded meanwhile, and may own nodes that no mail has told of.
    const bool was_local = local_sessions_.find(session.id) != nullptr;
    if (was_local) mailer_.mail_session_left(nullptr, session.id);
    restore_session(session, now.monotonic);
  }
  restore_configuration();
  peer_->on_snapshot_installed(zxid, ensemble_.configuration, now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::on_install_failed(bool is_damaged, Now now) {
  peer_->on_install_failed(is_damaged, now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::on_tick(Now now) {
  if (orderer_.is_active() && peer_->is_open()) orderer_.on_tick(now);
  compare_trees(now);
  review_space();
  if (!touched_.empty()) {
    if (is_established_ && peer_->role() == zab::Role::Following) {
      send_to_leader(SessionTouches{.epoch = peer_->epoch(), .sessions = touched_});
    }
    touched_.clear();
  }
  expire_local_sessions(now);
  if (!is_established_ && now.monotonic - lost_at_ > options_.patience) on_cut_off();
}

void Replica::on_time(Now now) {
  if (now.monotonic < peer_->next_time()) return;
  peer_->on_time(now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::grant_vote(Now now) {
  peer_->grant_vote(now.monotonic, zab_effects_);
  note_standing(now);
}

bool Replica::begin_handover(std::optional<ServerId> successor, Now now) {
  // What is ordered already goes before.
  propose_ordered(now);
  const bool begun = peer_->begin_handover(successor, now.monotonic, zab_effects_);
  note_standing(now);
  return begun;
}

/// The beginning is applied, and its end is not in the log.
void Replica::finish_reconfiguration(Now now) {
  if (!ensemble_.configuration.pending || !peer_->quorums().pending) return;
  orderer_.finish_reconfiguration(now);
  propose_ordered(now);
}

void Replica::propose_ordered(Now now) {
  if (!orderer_.is_active() || !peer_->is_open()) return;
  const zab::SharedBatch batch = orderer_.take_batch();
  if (batch == nullptr) return;
  write_times_.on_known(batch->last(), now.monotonic);
  peer_->propose(batch, now.monotonic, zab_effects_);
  note_standing(now);
}

void Replica::end_turn(Now now, Effects& effects) {
  apply_committed(options_.apply_max, now);
  note_standing(now);
  note_removal();
  if (orderer_.is_active() && peer_->is_open()) {
    finish_reconfiguration(now);
    order_held(now);
    send_pending(now);
    propose_ordered(now);
  }
  if (orderer_.is_active() && peer_->is_open() && orderer_.wants_confirmation()) {
    orderer_.on_asked(peer_->ask_quorum(now.monotonic, zab_effects_));
  }
  if (orderer_.is_active() && orderer_.awaited_beat()) {
    orderer_.on_confirmed(peer_->confirmed_beat());
  }
  if (is_established_ && peer_->role() == zab::Role::Following) send_pending(now);
  answer_digest();
  send_answers();
  release();

  for (zab::Envelope& envelope : zab_effects_.sends) {
    link_counters_.on_sent(envelope.message);
    effects.sends.push_back({envelope.to, std::move(envelope.message)});
  }
  zab_effects_.sends.clear();
  std::move(sends_.begin(), sends_.end(), std::back_inserter(effects.sends));
  sends_.clear();
  std::move(zab_effects_.disk.begin(), zab_effects_.disk.end(), std::back_inserter(effects.disk));
  zab_effects_.disk.clear();
  std::ranges::copy(std::exchange(zab_effects_.log_reads, {}),
                    std::back_inserter(effects.log_reads));
  std::ranges::copy(std::exchange(zab_effects_.snapshot_reads, {}),
                    std::back_inserter(effects.snapshot_reads));
  mailer_.take_mailed(effects.mailed);
  std::ranges::move(orderer_.notes(), std::back_inserter(effects.notes));
  orderer_.notes().clear();
  std::ranges::move(notes_, std::back_inserter(effects.notes));
  notes_.clear();
  std::ranges::move(ended_ephemerals_, std::back_inserter(effects.ended_ephemerals));
  ended_ephemerals_.clear();
}

// --- Questions.

ReplicaCounters Replica::counters() const {
  const OrdererCounters& ordered = orderer_.counters();
  return {.proposals = ordered.proposals,
          .proposal_sizes = ordered.proposal_sizes,
          .commits = commits_,
          .sessions_expired = ordered.sessions_expired,
          .containers_deleted = ordered.containers_deleted,
          .digest_mismatches = mismatches_,
          .rebuilds = rebuilds_};
}

bool Replica::is_quiet() const {
  return pending_.empty() && orderer_.in_flight() == 0 && peer_->last() == last_applied();
}

void Replica::check_invariants() const {
  peer_->check_invariants();
  PADDOCK_ASSERT(last_applied() <= peer_->committed());
  sessions_.check_invariants();
  local_sessions_.check_invariants();
  local_sessions_.for_each([this](const session::Session& session) {
    PADDOCK_ASSERT(sessions_.find(session.id) == nullptr);
  });
  orderer_.check_invariants();
}

}  // namespace paddock::replica
