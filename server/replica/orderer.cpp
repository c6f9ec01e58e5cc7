// SPDX-License-Identifier: Apache-2.0
#include "replica/orderer.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "jute/records.h"
#include "jute/writer.h"
#include "reconfig/change.h"

namespace paddock::replica {
namespace {

/// The next configuration can decide, and nobody becomes a voter whose vote cannot be counted yet:
/// such a one would only make quorums larger.
bool is_ready_for(const election::Configuration& next, const zab::Peer& peer) {
  const election::ServerSet in_step = peer.in_step();
  bool is_ready = next.has_quorum(in_step);
  next.voters.for_each([&](ServerId id) {
    if (!peer.quorums().is_voter(id) && !in_step.contains(id)) is_ready = false;
  });
  return is_ready;
}

}  // namespace

Orderer::Orderer(const tree::DataTree& tree,
                 session::SessionTable& sessions,
                 const ReplicaOptions& options)
    : tree_(tree), sessions_(sessions), options_(options), prepare_options_(options.prepare) {}

Orderer::~Orderer() = default;

std::size_t Orderer::SessionHash::operator()(SessionId id) const {
  std::uint64_t mixed = static_cast<std::uint64_t>(raw(id));
  mixed = (mixed ^ (mixed >> 32U)) * 0x9e3779b97f4a7c15U;
  return mixed ^ (mixed >> 32U);
}

void Orderer::begin(Zxid last, const zab::Peer& peer, const EnsembleState& ensemble, Now now) {
  PADDOCK_ASSERT(!is_active_);
  PADDOCK_ASSERT(tree_.last_zxid() == last);
  is_active_ = true;
  preparer_ = std::make_unique<request::Preparer>(tree_, sessions_, prepare_options_);
  peer_ = &peer;
  ensemble_ = &ensemble;
  epoch_ = static_cast<std::uint32_t>(peer.epoch());
  last_ = last;
  began_at_ = now.monotonic;
  reset_proposal_sizes();
  sessions_.touch_all(now.monotonic);
  next_container_check_ = now.monotonic + options_.container_check_interval;
  is_reconfiguring_ = ensemble.configuration.pending.has_value();
  is_chartering_ = false;
  if (!is_reconfiguring_) propose_configuration_text(now);
  review_charter(now);
}

void Orderer::end(Now now) {
  is_active_ = false;
  // Those that were about to be closed may live on.
  sessions_.touch_all(now.monotonic);
  preparer_.reset();
  in_flight_.clear();
  batch_.reset();
  unconfirmed_.clear();
  asked_beat_.reset();
  answers_.clear();
  notes_.clear();
  next_homes_.clear();
  refused_.clear();
}

void Orderer::set_prepare_options(const request::PrepareOptions& options) {
  prepare_options_ = options;
  if (preparer_ != nullptr) preparer_->set_options(options);
}

// --- Requests.

void Orderer::order(const OrderRequest& request, Now now) {
  PADDOCK_ASSERT(is_active_);
  switch (request.kind) {
    case gate::CoreKind::Write:
      return order_write(request, now);
    case gate::CoreKind::CreateSession:
      return create_session(request, now);
    case gate::CoreKind::AttachSession:
      return attach_session(request, now);
    case gate::CoreKind::ConnectionClosed:
    case gate::CoreKind::Touch:
      break;
  }
  PADDOCK_UNREACHABLE();
}

void Orderer::answer(const Origin& origin, Outcome outcome) {
  outcome.id = origin.request;
  outcome.after = last_;
  answers_.push_back({origin.server, std::move(outcome)});
}

/// A leader that is deposed and does not know it must not say what a newer one would not.
void Orderer::answer_confirmed(const Origin& origin, Outcome outcome) {
  if (options_.peer.is_alone) return answer(origin, std::move(outcome));
  outcome.id = origin.request;
  outcome.after = last_;
  unconfirmed_.push_back({.answer = {origin.server, std::move(outcome)}});
}

/// Alone, a server continues the epoch that it finds.
Zxid Orderer::next_zxid() const {
  if (options_.peer.is_alone || last_.epoch() == epoch_) return last_.next();
  return Zxid::of(epoch_, 1);
}

std::optional<ServerId> Orderer::home_of(SessionId id) const {
  const session::Session* const session = sessions_.find(id);
  if (session != nullptr && session->closing) return std::nullopt;
  const auto next = next_homes_.find(id);
  if (next != next_homes_.end()) return next->second.server;
  if (session == nullptr) return std::nullopt;
  return session->home;
}

bool Orderer::is_elsewhere(ServerId home, const Origin& origin) const {
  return !options_.peer.is_alone && home != origin.server;
}

void Orderer::order_write(const OrderRequest& request, Now now) {
  const std::optional<ServerId> home =
      request.is_local ? request.origin.server : home_of(request.session);
  if (!home) {
    return answer_confirmed(request.origin,
                            {.kind = OutcomeKind::Reply, .err = ErrorCode::SessionExpired});
  }
  if (is_elsewhere(*home, request.origin) ||
      (request.is_local && refused_.contains(request.session))) {
    return answer(request.origin, {.kind = OutcomeKind::Moved});
  }
  if (request.opcode == jute::Opcode::Sync) return order_sync(request);
  if (request.opcode == jute::Opcode::Reconfig && !options_.peer.is_alone) {
    return order_reconfiguration(request, now);
  }
  if (read_only_ && request.opcode != jute::Opcode::CloseSession) {
    return answer_confirmed(request.origin,
                            {.kind = OutcomeKind::Reply, .err = ErrorCode::NotReadOnly});
  }

  auto txn = in_flight_.take_txn();
  const request::WriteRequest write{.opcode = request.opcode,
                                    .payload = request.payload,
                                    .session = request.session,
                                    .xid = request.xid,
                                    .identities = request.identities,
                                    .is_local_session = request.is_local};
  const request::PrepareOutcome outcome = preparer_->prepare(write, next_zxid(), now.wall, *txn);
  if (outcome.err == ErrorCode::Ok && !outcome.multi_failed) {
    if (request.opcode == jute::Opcode::CloseSession) note_closing(request.session);
    return propose(std::move(txn), request.origin);
  }
  in_flight_.recycle(std::move(txn));
  Outcome refusal{
      .kind = OutcomeKind::Reply,
      .err = outcome.err,
      .close_connection = outcome.close_connection,
  };
  if (outcome.multi_failed) {
    jute::Writer writer(reply_);
    request::write_multi_errors(preparer_->multi_errors(), writer);
    refusal.body.assign(reply_.view());
    reply_.clear();
  }
  answer_confirmed(request.origin, std::move(refusal));
}

void Orderer::note_closing(SessionId id) {
  next_homes_.erase(id);
  if (session::Session* const session = sessions_.find(id)) session->closing = true;
}

/// Answered when a quorum has confirmed, after it was asked for, that this server leads.
void Orderer::order_sync(const OrderRequest& request) {
  jute::PathRequest sync;
  if (!jute::decode(request.payload, sync)) {
    return answer_confirmed(request.origin,
                            {.kind = OutcomeKind::Reply, .err = ErrorCode::MarshallingError});
  }
  jute::Writer(reply_).put(jute::PathResponse{sync.path});
  std::string body(reply_.view());
  reply_.clear();
  answer_confirmed(request.origin, {.kind = OutcomeKind::Reply, .body = std::move(body)});
}

void Orderer::on_confirmed(std::uint64_t beat) {
  if (!asked_beat_ || beat < *asked_beat_) return;
  asked_beat_.reset();
  std::vector<Unconfirmed> later;
  for (Unconfirmed& one : unconfirmed_) {
    if (one.is_asked) {
      answers_.push_back(std::move(one.answer));
    } else {
      later.push_back(std::move(one));
    }
  }
  unconfirmed_ = std::move(later);
}

void Orderer::on_asked(std::uint64_t beat) {
  asked_beat_ = beat;
  for (Unconfirmed& one : unconfirmed_) one.is_asked = true;
}

void Orderer::forget(ServerId server) {
  std::erase_if(unconfirmed_, [server](const Unconfirmed& one) { return one.answer.to == server; });
  std::erase_if(answers_, [server](const Answer& answer) { return answer.to == server; });
}

// --- Sessions.

void Orderer::create_session(const OrderRequest& request, Now now) {
  if (request.is_local) {
    if (refused_.contains(request.session)) {
      return answer(request.origin, {.kind = OutcomeKind::Moved});
    }
    next_homes_[request.session] = {request.origin.server, next_zxid()};
  }
  auto txn = in_flight_.take_txn();
  preparer_->prepare_create_session(
      request.session, milliseconds(request.timeout_ms), next_zxid(), now.wall, *txn);
  if (!options_.peer.is_alone) {
    txn->mutable_ops(0)->mutable_create_session()->set_server(raw(request.origin.server));
  }
  propose(std::move(txn), request.origin);
}

void Orderer::attach_session(const OrderRequest& request, Now now) {
  const std::optional<ServerId> home = home_of(request.session);
  if (!home) return refuse_session(request, now);
  static_cast<void>(
      sessions_.renew(request.session, milliseconds(request.timeout_ms), now.monotonic));
  if (is_elsewhere(*home, request.origin)) return move_session(request, now);
  // Answered behind what the session's earlier connection has on its way: whoever attaches sees the
  // outcome of every write that can still take effect.
  answer(request.origin, {.kind = OutcomeKind::Attached});
}

/// The session may be one that another server alone knows. Its client is told that it has ended, so
/// it ends by a transaction: no later leader takes a request of it, either.
void Orderer::refuse_session(const OrderRequest& request, Now now) {
  const bool may_be_local = options_.local_sessions && !options_.peer.is_alone;
  if (!may_be_local || refused_.contains(request.session)) {
    return answer(request.origin, {.kind = OutcomeKind::Refused});
  }
  refused_.add(request.session);
  auto txn = in_flight_.take_txn();
  preparer_->prepare_close_session(request.session, next_zxid(), now.wall, *txn);
  propose(std::move(txn), request.origin);
}

/// Where a session lives is part of the state, so that no later leader takes a request for it from
/// a server that it has left.
void Orderer::move_session(const OrderRequest& request, Now now) {
  auto txn = in_flight_.take_txn();
  txn->Clear();
  txn->set_zxid(next_zxid().value);
  txn->set_session(raw(request.session));
  txn->set_time_ms(now.wall.ms);
  txn::pb::MoveSession& move = *txn->add_ops()->mutable_move_session();
  move.set_timeout_ms(request.timeout_ms);
  move.set_server(raw(request.origin.server));
  next_homes_[request.session] = {request.origin.server, next_zxid()};
  propose(std::move(txn), request.origin);
}

// --- Who belongs to the ensemble.

/// Source: ZooKeeper PrepRequestProcessor.pRequest2Txn, reconfig: the order of the checks.
void Orderer::order_reconfiguration(const OrderRequest& request, Now now) {
  auto members = judge_reconfiguration(request);
  if (!members) return;
  members->version = next_zxid().value;
  if (!is_ready_for(reconfig::configuration_of(*members), *peer_)) {
    return refuse(request,
                  ErrorCode::NewConfigNoQuorum,
                  "a quorum of the new members and each new voter must be connected and in step");
  }
  auto txn = in_flight_.take_txn();
  const request::WriteRequest write{.opcode = request.opcode,
                                    .payload = request.payload,
                                    .session = request.session,
                                    .xid = request.xid,
                                    .identities = request.identities,
                                    .is_local_session = request.is_local};
  const ErrorCode err = preparer_->prepare_configuration(
      write, reconfig::to_text(*members), next_zxid(), now.wall, *txn);
  if (err != ErrorCode::Ok) {
    in_flight_.recycle(std::move(txn));
    return refuse(request, err, "the client may not write /zookeeper/config");
  }
  is_reconfiguring_ = true;
  propose(std::move(txn), request.origin);
}

std::optional<reconfig::Members> Orderer::judge_reconfiguration(const OrderRequest& request) {
  jute::ReconfigRequest asked;
  if (!jute::decode(request.payload, asked)) {
    refuse(request, ErrorCode::MarshallingError, "the request is malformed");
    return std::nullopt;
  }
  if (!prepare_options_.reconfig_enabled) {
    refuse(request, ErrorCode::ReconfigDisabled, "reconfigEnabled is not true");
    return std::nullopt;
  }
  if (is_reconfiguring_ || read_only_) {
    const bool is_full = !is_reconfiguring_;
    refuse(request,
           is_full ? ErrorCode::NotReadOnly : ErrorCode::ReconfigInProgress,
           is_full ? "the disk is nearly full" : "another one is not finished");
    return std::nullopt;
  }
  auto members = reconfig::judge(reconfig::members_of(ensemble_->configuration.committed),
                                 {.joining = asked.joining_servers,
                                  .leaving = asked.leaving_servers,
                                  .members = asked.new_members,
                                  .from_version = asked.config_version},
                                 options_.voters_min);
  if (members) return std::move(*members);
  refuse(request, members.error().err, members.error().why);
  return std::nullopt;
}

void Orderer::refuse(const OrderRequest& request, ErrorCode err, std::string why) {
  notes_.push_back("a reconfiguration is refused: " + std::move(why));
  answer_confirmed(request.origin, {.kind = OutcomeKind::Reply, .err = err});
}

void Orderer::finish_reconfiguration(Now now) {
  auto txn = in_flight_.take_txn();
  preparer_->prepare_configuration_finish(next_zxid(), now.wall, *txn);
  propose(std::move(txn), {});
}

/// As long as no reconfiguration has changed it, the configuration is what the servers' files say;
/// the leader's is what clients see.
void Orderer::propose_configuration_text(Now now) {
  if (options_.peer.is_alone || ensemble_->configuration.committed.version != 0) return;
  const std::string& text = ensemble_->configuration.committed.text;
  if (tree_.data(*tree_.find(tree::kConfigPath)) == text) return;
  auto txn = in_flight_.take_txn();
  preparer_->prepare_configuration_text(text, next_zxid(), now.wall, *txn);
  propose(std::move(txn), {});
}

/// The ensemble gets its id once, and a higher feature level as soon as everybody has it.
void Orderer::review_charter(Now now) {
  if (options_.peer.is_alone || is_chartering_) return;
  Charter next = ensemble_->charter;
  if (next.ensemble_id.empty()) next.ensemble_id = options_.new_ensemble_id;
  next.feature_level =
      std::max(next.feature_level, common_level(ensemble_->configuration, ensemble_->levels));
  if (next == ensemble_->charter) return;
  auto txn = in_flight_.take_txn();
  txn->Clear();
  txn->set_zxid(next_zxid().value);
  txn->set_time_ms(now.wall.ms);
  txn->mutable_charter()->set_ensemble_id(next.ensemble_id);
  txn->mutable_charter()->set_feature_level(next.feature_level);
  is_chartering_ = true;
  propose(std::move(txn), {});
}

// --- What nobody asked for.

void Orderer::on_tick(Now now) {
  review_charter(now);
  expire_sessions(now);
  if (now.monotonic < next_container_check_) return;
  next_container_check_ = now.monotonic + options_.container_check_interval;
  expire_containers(now);
}

void Orderer::expire_sessions(Now now) {
  for (const SessionId id : sessions_.expire(now.monotonic)) {
    auto txn = in_flight_.take_txn();
    preparer_->prepare_close_session(id, next_zxid(), now.wall, *txn);
    propose(std::move(txn), {});
    ++counters_.sessions_expired;
  }
}

void Orderer::expire_containers(Now now) {
  if (read_only_ || now.monotonic < next_container_delete_) return;
  const Duration pause =
      Duration(std::chrono::minutes(1)) / static_cast<std::int64_t>(std::max<std::size_t>(
                                              options_.container_deletes_per_minute_max, 1));
  const auto limit = static_cast<std::size_t>(
      std::max<std::int64_t>(1, options_.container_check_interval / pause));
  std::vector<std::string> paths;
  tree_.collect_expired(now.wall.ms, options_.container_never_used_max.count(), limit, paths);
  next_container_delete_ = now.monotonic + pause * static_cast<std::int64_t>(paths.size());
  for (const std::string& path : paths) {
    auto txn = in_flight_.take_txn();
    if (preparer_->prepare_delete_expired(path, next_zxid(), now.wall, *txn)) {
      propose(std::move(txn), {});
      ++counters_.containers_deleted;
    } else {
      in_flight_.recycle(std::move(txn));
    }
  }
}

// --- Transactions.

void Orderer::propose(std::unique_ptr<txn::pb::Txn> txn, const Origin& origin) {
  last_ = next_zxid();
  PADDOCK_ASSERT(txn->zxid() == last_.value);
  if (!options_.peer.is_alone && origin.request != RequestId{}) {
    txn->set_origin_server(raw(origin.server));
    txn->set_origin_request(raw(origin.request));
  }
  if (batch_ == nullptr) batch_ = std::make_shared<zab::EntryBatch>();
  const std::size_t length = txn->ByteSizeLong();
  char* const at = batch_->add(last_, length);
  txn->SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(at));
  in_flight_.push({.zxid = last_, .txn = std::move(txn), .origin = origin});
  ++counters_.proposals;
  counters_.proposal_sizes.add(static_cast<std::int64_t>(length));
}

zab::SharedBatch Orderer::take_batch() {
  return std::exchange(batch_, nullptr);
}

std::optional<InFlight> Orderer::take(Zxid zxid) {
  if (in_flight_.empty() || in_flight_.front().zxid != zxid) return std::nullopt;
  return in_flight_.pop();
}

void Orderer::on_applied(Zxid zxid) {
  if (preparer_ != nullptr) preparer_->on_applied(zxid);
  if (next_homes_.empty()) return;
  boost::unordered::erase_if(next_homes_,
                             [zxid](const auto& entry) { return entry.second.zxid <= zxid; });
}

void Orderer::check_invariants() const {
  if (!is_active_) {
    PADDOCK_ASSERT(in_flight_.empty() && batch_ == nullptr && unconfirmed_.empty());
    return;
  }
  if (!in_flight_.empty()) PADDOCK_ASSERT(in_flight_.front().zxid > tree_.last_zxid());
  preparer_->check_invariants();
}

}  // namespace paddock::replica
