// SPDX-License-Identifier: Apache-2.0
#include "simulation/sim_server.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "gate/connection_id.h"
#include "runtime/recovery.h"
#include "runtime/replica_disk.h"

namespace paddock::simulation {

namespace {

/// Steps that leave the zxid as it is, after which the tree is checked all the same.
constexpr int kUncheckedMax = 50;

storage::StoreOptions store_options(const ServerOptions& options) {
  storage::StoreOptions store;
  store.data_directory = "/data";
  store.segment_bytes = options.segment_bytes;
  store.snapshots_kept = options.snapshots_kept;
  store.feature_level = options.feature_level;
  store.space = {.reserve_bytes = options.segment_bytes / 2,
                 .read_only_below = options.segment_bytes * 2,
                 .writable_above = options.segment_bytes * 4};
  return store;
}

replica::ReplicaOptions replica_options(const ServerOptions& from) {
  replica::ReplicaOptions options;
  options.server = from.id;
  options.first_request = from.first_request;
  options.feature_level = from.feature_level;
  options.new_ensemble_id = from.new_ensemble_id;
  options.peer.is_alone = !from.configuration;
  // So few that a state between two turns is often behind what is committed.
  options.apply_max = 3;
  options.peer.history_bytes_max = 4096;
  options.peer.window_bytes = 8192;
  options.peer.feed_lag_max = from.feed_lag_max;
  options.peer.feed_retry = from.feed_retry;
  options.prepare.extended_types_enabled = true;
  if (from.configuration) {
    options.configuration = *from.configuration;
    options.prepare.is_ensemble = true;
    options.prepare.reconfig_enabled = true;
    // Nobody may write /zookeeper/config otherwise.
    options.prepare.skip_acl = true;
  }
  options.container_check_interval = milliseconds(10000);
  options.patience = from.patience;
  options.read_only_mode = from.read_only_mode;
  options.local_sessions = from.local_sessions;
  options.local_sessions_upgrading = from.local_sessions_upgrading;
  return options;
}

}  // namespace

Result<std::unique_ptr<SimServer>> SimServer::start(fake_disk::FakeDisk& disk,
                                                    const ServerOptions& options,
                                                    Now now) {
  std::unique_ptr<SimServer> server(new SimServer());
  PADDOCK_TRY(server->open(disk, options, now));
  return server;
}

Result<> SimServer::open(fake_disk::FakeDisk& disk, const ServerOptions& options, Now now) {
  pace_ = {.walk = {.nodes_per_step = options.nodes_per_chunk}, .steps_per_chunk = 1};
  auto store = storage::Store::open(disk, store_options(options));
  if (!store) return fail(store.error().message);
  store_ = std::move(*store);
  if (store_->fresh()) {
    PADDOCK_TRY(store_->initialize(
        {.disk_id = std::string(16, 'd'), .ensemble_id = {}, .may_vote = !options.is_joining}));
  }
  disk_worker_.emplace(*store_);
  learner_reads_.emplace(
      *store_,
      runtime::LearnerReadsOptions{.batch_bytes = 2000, .batch_records = 10, .piece_bytes = 1000});
  tree_ = std::make_unique<gate::SharedTree>(options.shards + 1);
  replica_ =
      std::make_unique<replica::Replica>(*tree_, options.shards, replica_options(options), now);
  // The rate is low enough that clients are slowed down now and then; what they have is counted.
  limits_ = std::make_shared<shard::ClientLimits>(std::vector<shard::LimitRule>{
      {.name = "all",
       .scheme = "any",
       .pattern = "",
       .requests_per_second = 100 * static_cast<std::int64_t>(options.shards),
       .sessions = 1'000'000,
       .ephemerals = 1'000'000}});
  for (std::size_t i = 0; i < options.shards; ++i) {
    auto state = std::make_unique<ShardState>();
    shard::ShardOptions shard_options;
    shard_options.reads_may_lag = options.configuration.has_value();
    // A request or two, so that connections often wait for their next turn.
    shard_options.turn_bytes = std::size_t{4} << 10U;
    state->shard = std::make_unique<shard::Shard>(i, *tree_, authenticator_, shard_options);
    state->shard->set_limits(limits_, now, state->effects);
    shards_.push_back(std::move(state));
  }
  const auto recovered =
      runtime::recover(*store_, *tree_, *replica_, !options.configuration, now.monotonic);
  PADDOCK_TRY(recovered);
  if (options.configuration) {
    replica_->start(runtime::member_at(*store_, *replica_, recovered->tail), now, effects_);
  } else {
    replica_->start(runtime::alone_at(replica_->last_applied()), now, effects_);
  }
  take_replica_effects(now);
  return {};
}

SimServer::ShardState& SimServer::state_of(ConnectionId id) {
  return *shards_[gate::shard_of(id)];
}

ConnectionId SimServer::connect(std::size_t shard, Now now) {
  return shards_[shard]->shard->on_accept("127.0.0.1", 40000, now);
}

std::size_t SimServer::deliver(ConnectionId id, View bytes, Now now) {
  if (is_closed(id)) return bytes.size();
  ShardState& state = state_of(id);
  if (!state.shard->wants_input(id)) return 0;
  std::size_t room = 0;
  char* const space = state.shard->input_space(id, bytes.size(), room);
  const std::size_t count = std::min(room, bytes.size());
  std::memcpy(space, bytes.data(), count);
  state.shard->on_bytes(id, count, now, state.effects);
  settle(state, now);
  return count;
}

bool SimServer::has_output(ConnectionId id) {
  return !is_closed(id) && !state_of(id).shard->output(id).empty();
}

std::string SimServer::take_output(ConnectionId id, std::size_t count, Now now) {
  if (is_closed(id)) return {};
  ShardState& state = state_of(id);
  ByteBuffer& output = state.shard->output(id);
  const std::string bytes(output.view().substr(0, count));
  output.consume(bytes.size());
  state.shard->on_sent(id, now, state.effects);
  settle(state, now);
  return bytes;
}

void SimServer::disconnect(ConnectionId id, Now now) {
  if (is_closed(id)) return;
  closed_.push_back(id);
  std::erase(closing_, id);
  ShardState& state = state_of(id);
  state.shard->on_closed(id, state.effects);
  settle(state, now);
}

void SimServer::send_away(std::size_t shard, std::size_t parts, Now now) {
  ShardState& state = *shards_[shard];
  for (const ConnectionId id : state.shard->next_to_leave(parts)) {
    state.shard->send_away(id, now, state.effects);
  }
  settle(state, now);
}

bool SimServer::is_closed(ConnectionId id) const {
  return std::ranges::count(closed_, id) > 0;
}

void SimServer::settle(ShardState& state, Now now) {
  state.shard->go_round(now, state.effects);
  if (!state.effects.core.empty()) {
    state.to_core.emplace_back();
    state.to_core.back().append(std::move(state.effects.core));
  }
  state.effects.flush.clear();
  state.effects.resume.clear();
  state.effects.slow.clear();
  state.effects.commands.clear();
  std::ranges::copy(state.effects.close, std::back_inserter(closing_));
  state.effects.close.clear();
  for (const ConnectionId id : std::exchange(state.effects.drop, {})) disconnect(id, now);
  // A connection that is to be closed goes once its output has been taken.
  for (const ConnectionId id : std::vector<ConnectionId>(closing_)) {
    if (!is_closed(id) && state_of(id).shard->output(id).empty()) disconnect(id, now);
  }
}

void SimServer::move_core_batch(std::size_t shard, Now now) {
  ShardState& state = *shards_[shard];
  if (state.to_core.empty()) return;
  replica_->on_batch(state.to_core.front(), now);
  state.to_core.pop_front();
  take_replica_effects(now);
}

void SimServer::take_replica_effects(Now now) {
  replica_->end_turn(now, effects_);
  for (zab::DiskTask& task : effects_.disk) runtime::queue(std::move(task), disk_tasks_);
  std::ranges::copy(effects_.log_reads, std::back_inserter(log_reads_));
  std::ranges::copy(effects_.snapshot_reads, std::back_inserter(snapshot_reads_));
  std::ranges::move(effects_.sends, std::back_inserter(sends_));
  for (const std::size_t shard : effects_.mailed) shards_[shard]->has_mail = true;
  effects_.clear();
}

void SimServer::move_mail(std::size_t shard, Now now) {
  ShardState& state = *shards_[shard];
  if (!std::exchange(state.has_mail, false)) return;
  state.shard->on_mail(now, state.effects);
  settle(state, now);
}

bool SimServer::commit_log() {
  runtime::DiskTask task;
  if (!disk_tasks_.take_first(task)) return true;
  auto report = disk_worker_->carry_out(task);
  if (!report) return false;
  if (*report) disk_reports_.push_back(std::move(**report));
  return true;
}

void SimServer::report_durable(Now now) {
  if (disk_reports_.empty()) return;
  const runtime::DiskReport report = std::move(disk_reports_.front());
  disk_reports_.pop_front();
  if (const auto* installed = std::get_if<runtime::Installed>(&report)) {
    install(*installed, now);
  } else {
    runtime::tell(report, *replica_, now);
  }
  take_replica_effects(now);
}

void SimServer::install(const runtime::Installed& report, Now now) {
  auto loaded = runtime::load_snapshot(*store_);
  PADDOCK_ASSERT(loaded.has_value());
  ++snapshots_installed_;
  job_.reset();
  replica_->restore_charter(loaded->charter);
  replica_->on_snapshot_installed(report.zxid, *loaded->tree, loaded->sessions, now);
}

void SimServer::move_reads(Now now) {
  if (!log_reads_.empty()) {
    replica_->on_log_read(learner_reads_->read(log_reads_.front(), now.monotonic), now);
    log_reads_.pop_front();
  } else if (!snapshot_reads_.empty()) {
    auto read = learner_reads_->read(snapshot_reads_.front(), now.monotonic);
    snapshot_reads_.pop_front();
    if (read.bytes.empty()) begin_snapshot();
    replica_->on_snapshot_read(std::move(read), now);
  } else {
    return;
  }
  take_replica_effects(now);
}

void SimServer::on_time(Now now) {
  replica_->on_time(now);
  take_replica_effects(now);
}

void SimServer::on_link_up(ServerId peer, std::uint32_t feature_level, Now now) {
  replica_->on_link_up(peer, feature_level, now);
  take_replica_effects(now);
}

void SimServer::on_link_down(ServerId peer, Now now) {
  replica_->on_link_down(peer, now);
  take_replica_effects(now);
}

void SimServer::on_peer_message(ServerId peer, replica::PeerMessage message, Now now) {
  replica_->on_message(peer, std::move(message), now);
  take_replica_effects(now);
}

std::vector<replica::PeerEnvelope> SimServer::take_sends() {
  return std::exchange(sends_, {});
}

bool SimServer::begin_handover(Now now) {
  const bool begun = replica_->begin_handover(std::nullopt, now);
  take_replica_effects(now);
  return begun;
}

void SimServer::tick(Now now) {
  replica_->on_tick(now);
  const Zxid committed = replica_->peer().committed();
  if (!replica_->peer().is_alone() && committed > noted_committed_) {
    noted_committed_ = committed;
    disk_tasks_.add(runtime::NoteCommitted{committed, runtime::mark_of(replica_->charter())});
  }
  take_replica_effects(now);
  for (auto& state : shards_) {
    state->shard->on_tick(now, state->effects);
    settle(*state, now);
  }
}

bool SimServer::prepare_spare() {
  return !store_->log().wants_spare() || store_->log().prepare_spare().has_value();
}

void SimServer::check_space() {
  const auto state = store_->space().check();
  if (state) replica_->set_nearly_full(*state == storage::SpaceState::ReadOnly);
}

void SimServer::begin_snapshot() {
  // The log has to reach as far as the snapshot, which does not hold what is pending.
  if (job_ != nullptr || replica_->configuration().pending ||
      store_->log().last() < tree().last_zxid())
    return;
  job_ = std::make_unique<runtime::SnapshotJob>(
      *tree_, shards_.size(), replica_->sessions(), replica_->charter(), pace_);
}

bool SimServer::step_snapshot(WallTime now) {
  if (job_ == nullptr) return true;
  const auto more = job_->step(*store_, now);
  if (!more) snapshot_error_ = more.error().message;
  if (!more || !*more) job_.reset();
  return more.has_value();
}

bool SimServer::is_quiet() {
  const bool shards_quiet = std::ranges::all_of(
      shards_, [](const auto& state) { return state->to_core.empty() && !state->has_mail; });
  return shards_quiet && disk_tasks_.empty() && disk_reports_.empty() && log_reads_.empty() &&
         snapshot_reads_.empty() && replica_->is_quiet();
}

bool SimServer::close() {
  job_.reset();
  return store_->close().has_value();
}

std::size_t SimServer::connection_count() const {
  std::size_t count = 0;
  for (const auto& state : shards_) count += state->shard->connection_count();
  return count;
}

std::size_t SimServer::watch_count() const {
  std::size_t count = 0;
  for (const auto& state : shards_) count += state->shard->watch_count();
  return count;
}

void SimServer::check_invariants() const {
  replica_->check_invariants();
  // Walking the whole tree takes most of the time, and it changes with its zxid.
  if (tree().last_zxid() != checked_zxid_ || ++unchecked_ == kUncheckedMax) {
    checked_zxid_ = tree().last_zxid();
    unchecked_ = 0;
    tree().check_invariants();
  }
  for (const SessionId owner : tree().sessions_with_ephemerals()) {
    PADDOCK_ASSERT(replica_->sessions().find(owner) != nullptr);
  }
  for (const auto& state : shards_) state->shard->check_invariants();
}

}  // namespace paddock::simulation
