// SPDX-License-Identifier: Apache-2.0
#include "simulation/sim_server.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "gate/connection_id.h"
#include "runtime/recovery.h"

namespace paddock::simulation {

namespace {

storage::StoreOptions store_options(const ServerOptions& options) {
  storage::StoreOptions store;
  store.data_directory = "/data";
  store.segment_bytes = options.segment_bytes;
  store.snapshots_kept = options.snapshots_kept;
  store.space = {.reserve_bytes = options.segment_bytes / 2,
                 .read_only_below = options.segment_bytes * 2,
                 .writable_above = options.segment_bytes * 4};
  return store;
}

replica::ReplicaOptions replica_options() {
  replica::ReplicaOptions options;
  options.prepare.extended_types_enabled = true;
  options.container_check_interval = milliseconds(10000);
  return options;
}

}  // namespace

Result<std::unique_ptr<SimServer>> SimServer::start(fake_disk::FakeDisk& disk,
                                                    const ServerOptions& options,
                                                    Now now) {
  std::unique_ptr<SimServer> server(new SimServer());
  server->pace_ = {.walk = {.nodes_per_step = options.nodes_per_chunk}, .steps_per_chunk = 1};
  auto store = storage::Store::open(disk, store_options(options));
  if (!store) return fail(store.error().message);
  server->store_ = std::move(*store);
  if (server->store_->fresh()) {
    PADDOCK_TRY(server->store_->initialize({.disk_id = std::string(16, 'd'), .ensemble_id = {}}));
  }
  server->tree_ = std::make_unique<gate::SharedTree>(options.shards + 1);
  server->replica_ =
      std::make_unique<replica::Replica>(*server->tree_, options.shards, replica_options(), now);
  PADDOCK_TRY(runtime::recover(*server->store_, *server->tree_, *server->replica_, now.monotonic));
  server->replica_->start(
      runtime::alone_at(server->replica_->last_applied()), now, server->effects_);
  for (std::size_t i = 0; i < options.shards; ++i) {
    auto state = std::make_unique<ShardState>();
    state->shard = std::make_unique<shard::Shard>(
        i, *server->tree_, server->authenticator_, shard::ShardOptions{});
    server->shards_.push_back(std::move(state));
  }
  return server;
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

bool SimServer::is_closed(ConnectionId id) const {
  return std::ranges::count(closed_, id) > 0;
}

void SimServer::settle(ShardState& state, Now now) {
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
  for (const zab::DiskTask& task : effects_.disk) {
    const auto& append = std::get<zab::LogAppend>(task);
    for (const zab::Entry& entry : append.batch->entries()) {
      log_queue_.add(entry.zxid, append.batch->payload(entry));
    }
  }
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
  if (log_queue_.empty()) return true;
  const auto durable = store_->log().commit(log_queue_);
  if (!durable) return false;
  durable_ = *durable;
  return true;
}

void SimServer::report_durable(Now now) {
  if (!durable_) return;
  replica_->on_log_durable(*std::exchange(durable_, std::nullopt), now);
  take_replica_effects(now);
}

void SimServer::tick(Now now) {
  replica_->on_tick(now);
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
  if (state) replica_->set_read_only(*state == storage::SpaceState::ReadOnly);
}

void SimServer::begin_snapshot() {
  if (job_ != nullptr) return;
  job_ =
      std::make_unique<runtime::SnapshotJob>(*tree_, shards_.size(), replica_->sessions(), pace_);
}

bool SimServer::step_snapshot(WallTime now) {
  if (job_ == nullptr) return true;
  const auto more = job_->step(*store_, now);
  if (!more || !*more) job_.reset();
  return more.has_value();
}

bool SimServer::is_quiet() {
  const bool shards_quiet = std::ranges::all_of(
      shards_, [](const auto& state) { return state->to_core.empty() && !state->has_mail; });
  return shards_quiet && log_queue_.empty() && !durable_ && replica_->is_quiet();
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
  tree().check_invariants();
  for (const SessionId owner : tree().sessions_with_ephemerals()) {
    PADDOCK_ASSERT(replica_->sessions().find(owner) != nullptr);
  }
  for (const auto& state : shards_) state->shard->check_invariants();
}

}  // namespace paddock::simulation
