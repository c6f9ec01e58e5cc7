// SPDX-License-Identifier: Apache-2.0
//
// What is committed becomes the state: transactions are applied in zxid order under the write gate,
// watchers are told, and the requests of this server's connections get their answers.
#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"
#include "reconfig/members.h"
#include "replica/replica.h"

namespace paddock::replica {
namespace {

/// Transactions applied under one write gate at most: readers wait no longer than that.
constexpr std::size_t kApplyBatchMax = 256;

constexpr Zxid kNever{std::numeric_limits<std::int64_t>::max()};

}  // namespace

void Replica::apply_committed(std::size_t most, Now now) {
  const Zxid before = last_applied();
  std::size_t left = most;
  while (left > 0 && can_apply()) {
    const zab::SharedBatch batch = peer_->state().history.batch_after(last_applied());
    PADDOCK_ASSERT(batch != nullptr);
    left -= apply_batch(*batch, left, now);
  }
  if (last_applied() == before) return;
  const bool leads = peer_->role() == zab::Role::Leading;
  write_times_.on_committed(last_applied(), now.monotonic, leads);
  orderer_.on_applied(last_applied());
  peer_->on_applied(last_applied());
}

bool Replica::can_apply() const {
  return last_applied() < peer_->committed() && last_applied() >= peer_->state().history.base() &&
         !is_outdated();
}

/// Applies those entries of a batch that are committed and not applied yet, `most` at most; returns
/// how many.
std::size_t Replica::apply_batch(const zab::EntryBatch& batch, std::size_t most, Now now) {
  const auto& entries = batch.entries();
  std::size_t at = 0;
  while (entries[at].zxid <= last_applied()) ++at;
  const std::size_t first = at;
  const std::size_t end = at + std::min(most, entries.size() - at);
  while (at < end && entries[at].zxid <= peer_->committed()) {
    const gate::SharedTree::WriteGate gate = tree_.write();
    // Undelivered events name their lists; without any, those that no node uses may go.
    if (mailer_.all_delivered(gate)) gate.tree().release_unused_acls();
    for (std::size_t count = 0;
         count < kApplyBatchMax && at < end && entries[at].zxid <= peer_->committed();
         ++count, ++at) {
      if (is_outdated()) return at - first;
      if (auto own = orderer_.take(entries[at].zxid)) {
        apply(gate, *own->txn, own->origin, now);
        orderer_.give_back(std::move(own->txn));
        continue;
      }
      const View payload = batch.payload(entries[at]);
      const bool is_txn = decoded_.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
      PADDOCK_ASSERT(is_txn && decoded_.zxid() == entries[at].zxid.value);
      apply(gate,
            decoded_,
            {ServerId{decoded_.origin_server()}, RequestId{decoded_.origin_request()}},
            now);
    }
  }
  return at - first;
}

void Replica::apply(const gate::SharedTree::WriteGate& gate,
                    const txn::pb::Txn& txn,
                    const Origin& origin,
                    Now now) {
  changes_.clear();
  const bool begins = txn.configuration_step() == txn::pb::CONFIGURATION_STEP_BEGIN;
  if (begins) {
    const auto members = listed();
    was_listed_ = members && members->servers.contains(options_.server);
  }
  gate.tree().apply(txn, changes_);
  mailer_.mail_changes(gate, Zxid{txn.zxid()}, changes_);
  mailer_.mail_owners(gate, changes_);
  if (options_.audit) note_ended_ephemerals(txn);
  // Alone, there is nobody to compare with.
  if (!options_.peer.is_alone) digests_.note(Zxid{txn.zxid()}, gate.tree().digest());
  ++commits_;
  // What is applied again at the start is told no time of day.
  if (now.wall.ms != 0) write_times_.on_applied(now.wall.ms - txn.time_ms());
  PendingRequest* const author = origin.server == options_.server && origin.request != RequestId{}
                                     ? pending_.find(origin.request)
                                     : nullptr;
  apply_session_changes(gate, txn, author == nullptr ? ConnectionId{} : author->connection, now);
  apply_configuration_step(txn);
  if (txn.has_charter()) apply_charter(txn.charter());
  if (author == nullptr) return;

  PADDOCK_ASSERT(!author->is_decided);
  author->is_decided = true;
  author->is_in_doubt = false;
  // Whatever an earlier leader had said of it is void.
  author->outcome = {
      .id = author->outcome.id, .kind = OutcomeKind::Applied, .after = Zxid{txn.zxid()}};
  if (author->kind == gate::CoreKind::Write) {
    jute::Writer writer(reply_);
    request::write_reply(txn, changes_.stats(), writer);
    author->outcome.body.assign(reply_.view());
    reply_.clear();
  }
  if (begins) {
    // Told when nothing depends on those who leave any more.
    finishing_ = {origin.request, author->outcome.after};
    author->outcome.after = kNever;
  }
  while (!pending_.empty() && pending_.front().is_answerable(last_applied())) {
    tell(&gate, pending_.front());
    pending_.pop();
  }
}

/// What is applied again after a restart was told before.
void Replica::note_ended_ephemerals(const txn::pb::Txn& txn) {
  const bool ends_session =
      std::ranges::any_of(txn.ops(), [](const txn::pb::Op& op) { return op.has_close_session(); });
  if (!ends_session || peer_ == nullptr) return;
  for (const tree::Change& change : changes_.list()) {
    if (change.type != jute::EventType::NodeDeleted) continue;
    ended_ephemerals_.push_back({SessionId{txn.session()}, std::string(changes_.path(change))});
  }
}

/// Whoever held its connection before lets it go.
void Replica::move_session(const gate::SharedTree::WriteGate& gate,
                           SessionId id,
                           const txn::pb::MoveSession& move) {
  session::Session* const session = sessions_.find(id);
  if (session == nullptr) return;
  session->home = ServerId{move.server()};
  session->timeout = milliseconds(move.timeout_ms());
  if (session->home == options_.server) return;
  mailer_.mail_session_left(&gate, id);
  if (session->owner == ConnectionId{}) return;
  mailer_.mail(gate, {.kind = gate::MailKind::Close, .connection = session->owner}, kEmpty);
  session->owner = ConnectionId{};
}

void Replica::apply_configuration_step(const txn::pb::Txn& txn) {
  if (options_.peer.is_alone) return;
  if (txn.configuration_step() == txn::pb::CONFIGURATION_STEP_BEGIN) {
    const auto members = reconfig::parse_members(txn.ops(0).set_data().data());
    PADDOCK_ASSERT(members.has_value());
    ensemble_.configuration.pending = reconfig::configuration_of(*members);
  } else if (txn.configuration_step() == txn::pb::CONFIGURATION_STEP_FINISH) {
    PADDOCK_ASSERT(ensemble_.configuration.pending.has_value());
    ensemble_.configuration.committed =
        *std::exchange(ensemble_.configuration.pending, std::nullopt);
    is_removed_ =
        (was_listed_ || is_removed_) && !ensemble_.configuration.is_member(options_.server);
    orderer_.on_reconfigured();
    const auto [author, begun_at] = std::exchange(finishing_, {});
    PendingRequest* const request = pending_.find(author);
    if (request != nullptr && request->outcome.after == kNever) request->outcome.after = begun_at;
  }
}

void Replica::apply_charter(const txn::pb::Charter& charter) {
  // Nothing is ordered that a server which is linked cannot apply.
  ensemble_.charter = {.ensemble_id = charter.ensemble_id(),
                       .feature_level = charter.feature_level()};
  orderer_.on_chartered();
}

void Replica::apply_session_changes(const gate::SharedTree::WriteGate& gate,
                                    const txn::pb::Txn& txn,
                                    ConnectionId author,
                                    Now now) {
  for (const txn::pb::Op& op : txn.ops()) {
    const SessionId id{txn.session()};
    if (op.has_create_session()) {
      sessions_.create(id, milliseconds(op.create_session().timeout_ms()), now.monotonic);
      sessions_.find(id)->home = ServerId{op.create_session().server()};
      finish_upgrade(id);
      session_ids_.skip(id);
    } else if (op.has_move_session()) {
      move_session(gate, id, op.move_session());
    } else if (op.has_close_session()) {
      const session::Session* const session = find_session(id);
      const ConnectionId owner = session == nullptr ? ConnectionId{} : session->owner;
      sessions_.close(id);
      close_local(id, &gate);
      // Who asked for it gets a reply; a session that expired only loses its connection.
      if (owner != ConnectionId{} && owner != author) {
        mailer_.mail(gate, {.kind = gate::MailKind::Close, .connection = owner}, kEmpty);
      }
    }
  }
}

}  // namespace paddock::replica
