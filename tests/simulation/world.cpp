// SPDX-License-Identifier: Apache-2.0
#include "simulation/world.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace paddock::simulation {

namespace {

constexpr int kClients = 4;
constexpr int kSettleSteps = 200000;
constexpr int kCheckEvery = 64;
constexpr Duration kPingEvery = seconds(3);

}  // namespace

World::World(std::uint64_t seed) : prng_(seed) {
  const auto drawn = [this](std::uint64_t most) {
    return prng_.chance(1, 2) ? prng_.below(most + 1) : 0;
  };
  swarm_ = {.crash = drawn(4),
            .crash_in_disk = drawn(6),
            .clean_restart = drawn(2),
            .disconnect = drawn(10),
            .close_session = drawn(4),
            .snapshot = drawn(10),
            .long_pause = drawn(4),
            .clock_jump = drawn(4)};
  options_.shards = 1 + prng_.below(3);
  options_.segment_bytes = std::uint64_t{16384} << prng_.below(3);
  disk_.create_directories("/data");
  for (int i = 0; i < kClients; ++i) clients_.push_back(std::make_unique<SimClient>(i, prng_));
}

std::string World::run(int steps) {
  for (int i = 0; i < steps && violation_.empty(); ++i) {
    step();
    if (i % kCheckEvery == 0) check();
  }
  if (violation_.empty()) settle();
  if (violation_.empty()) check_final_state();
  for (const auto& client : clients_) {
    summary_.requests += client->acknowledged();
    summary_.events += client->events();
  }
  return violation_;
}

void World::fail(std::string what) {
  if (violation_.empty()) violation_ = std::move(what);
}

void World::step() {
  if (faults_) fault();
  if (server_ == nullptr) {
    start_server();
    return;
  }
  move_something();
  for (const auto& client : clients_) {
    if (!client->violation().empty()) fail(client->violation());
  }
}

void World::fault() {
  if (server_ != nullptr && happens(swarm_.crash)) crash();
  if (server_ != nullptr && happens(swarm_.crash_in_disk)) {
    disk_.crash_at(disk_.operations() + 1 + prng_.below(20));
  }
  if (server_ != nullptr && happens(swarm_.clean_restart)) stop_cleanly();
  SimClient& client = *clients_[prng_.below(clients_.size())];
  if (happens(swarm_.disconnect)) disconnect(client);
  if (happens(swarm_.close_session)) client.close_session();
  if (server_ != nullptr && happens(swarm_.snapshot)) server_->begin_snapshot();
  if (happens(swarm_.long_pause)) advance(milliseconds(prng_.below(15000)));
  if (happens(swarm_.clock_jump)) {
    now_.wall.ms += static_cast<std::int64_t>(prng_.below(7'200'000)) - 3'600'000;
  }
}

void World::move_something() {
  SimClient& client = *clients_[prng_.below(clients_.size())];
  switch (prng_.below(8)) {
    case 0:
      if (faults_ && client.is_idle()) client.act();
      break;
    case 1:
    case 2:
    case 3:
      move_network(client);
      break;
    case 4:
      advance(microseconds(prng_.below(10000)));
      break;
    default:
      move_server();
      break;
  }
}

void World::move_network(SimClient& client) {
  if (!client.is_connected()) {
    client.on_connected(server_->connect(prng_.below(server_->shard_count()), now_));
    return;
  }
  const ConnectionId id = client.connection();
  const std::size_t piece = 1 + prng_.below(2000);
  if (!client.outgoing.empty()) {
    const std::size_t taken = server_->deliver(id, View(client.outgoing).substr(0, piece), now_);
    client.outgoing.erase(0, taken);
  }
  if (server_->has_output(id)) client.on_bytes(server_->take_output(id, piece, now_));
  if (server_->is_closed(id)) {
    if (!client.has_ended() && client.is_ready()) ++summary_.sessions_lost;
    client.on_disconnected();
  } else if (client.wants_audit()) {
    client.begin_audit();
  }
}

void World::move_server() {
  const std::size_t shard = prng_.below(server_->shard_count());
  switch (prng_.below(7)) {
    case 0:
      server_->move_core_batch(shard, now_);
      break;
    case 1:
      server_->move_mail(shard, now_);
      break;
    case 2:
      if (!server_->commit_log()) crash();
      break;
    case 3:
      server_->report_durable(now_);
      note_state();
      break;
    case 4:
      if (!server_->prepare_spare() && disk_.crashed()) crash();
      break;
    case 5:
      if (!server_->has_snapshot_job()) break;
      if (!server_->step_snapshot(now_.wall)) {
        if (disk_.crashed()) {
          crash();
        } else {
          fail("a snapshot could not be written on a healthy disk");
        }
      } else if (!server_->has_snapshot_job()) {
        ++summary_.snapshots;
      }
      break;
    default:
      break;
  }
}

void World::advance(Duration by) {
  now_.monotonic = now_.monotonic + by;
  now_.wall.ms += std::chrono::duration_cast<milliseconds>(by).count();
  if (server_ == nullptr) return;
  server_->tick(now_);
  if (now_.monotonic < next_pings_) return;
  next_pings_ = now_.monotonic + kPingEvery;
  for (const auto& client : clients_) {
    if (client->is_idle()) client->ping();
  }
}

void World::start_server() {
  auto started = SimServer::start(disk_, options_, now_);
  if (!started) {
    if (disk_.crashed()) return crash();
    return fail("the server does not start: " + started.error().message);
  }
  server_ = std::move(*started);
  ++summary_.restarts;
  const std::int64_t last = server_->tree().last_zxid().value;
  for (const auto& client : clients_) {
    if (client->last_zxid() > last) {
      return fail(fmt::format("zxid {} was acknowledged, but the restarted server is at {}",
                              client->last_zxid(),
                              last));
    }
  }
  const auto seen = digests_.find(last);
  if (seen != digests_.end() && seen->second != server_->tree().digest()) {
    return fail(fmt::format("the tree at zxid {} is another one after the restart", last));
  }
  // What was proposed above this and lost will be proposed anew, as something else.
  digests_.erase(digests_.upper_bound(last), digests_.end());
  note_state();
}

void World::note_state() {
  digests_[server_->tree().last_zxid().value] = server_->tree().digest();
}

void World::crash() {
  lose_connections();
  server_.reset();
  if (!disk_.crashed()) disk_.crash_now();
  disk_.crash_at(0);
  disk_.reboot(prng_);
  ++summary_.crashes;
}

void World::stop_cleanly() {
  // As on SIGTERM: what is queued is written, what is not answered stays so.
  if (!server_->commit_log() || !server_->close()) return crash();
  lose_connections();
  server_.reset();
}

void World::lose_connections() {
  for (const auto& client : clients_) {
    if (client->is_connected()) client->on_disconnected();
  }
}

void World::disconnect(SimClient& client) {
  if (!client.is_connected()) return;
  if (server_ != nullptr) server_->disconnect(client.connection(), now_);
  client.on_disconnected();
}

void World::check() {
  if (server_ != nullptr) server_->check_invariants();
}

bool World::all_at_rest() {
  return server_ != nullptr && server_->is_quiet() && !server_->has_snapshot_job() &&
         std::ranges::all_of(clients_, [this](const auto& client) {
           return client->is_connected() && client->is_idle() && client->is_certain() &&
                  !server_->has_output(client->connection());
         });
}

void World::settle() {
  faults_ = false;
  disk_.crash_at(0);
  for (int i = 0; i < kSettleSteps; ++i) {
    step();
    if (!violation_.empty() || all_at_rest()) return;
  }
  fail("the world does not come to rest");
}

void World::check_final_state() {
  check();
  std::size_t ephemerals = 0;
  for (const auto& client : clients_) {
    ephemerals += client->known().ephemerals.size();
    for (const auto& [name, data] : client->known().nodes) {
      const tree::Znode* node = server_->tree().find(client->home() + "/" + name);
      if (node == nullptr || server_->tree().data(*node) != data) {
        return fail(fmt::format("{}/{} is not what its client knows", client->home(), name));
      }
    }
  }
  const std::size_t present = server_->tree().counts().ephemerals;
  if (present < ephemerals)
    fail(fmt::format("{} ephemerals are there, {} are known", present, ephemerals));
}

}  // namespace paddock::simulation
