// SPDX-License-Identifier: Apache-2.0
#include "simulation/world.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "storage/snapshot_blocks.h"

namespace paddock::simulation {

namespace {

constexpr int kClients = 4;
constexpr int kSettleSteps = 200000;
constexpr int kCheckEvery = 64;
constexpr Duration kPingEvery = seconds(3);
constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};
constexpr int kRottenDisks = 4;
/// Of a tenth of a second, without requests: enough for everything that goes by itself.
constexpr int kFadingSteps = 600;
/// Beyond all jumps of the clock.
constexpr std::int64_t kLongAfterMs = std::int64_t{1000} * 3600 * 1000;
/// In a thousand steps.
constexpr std::uint64_t kHealing = 3;

}  // namespace

Summary& Summary::operator+=(const Summary& other) {
  requests += other.requests;
  events += other.events;
  crashes += other.crashes;
  restarts += other.restarts;
  snapshots += other.snapshots;
  sessions_lost += other.sessions_lost;
  disk_errors += other.disk_errors;
  refused += other.refused;
  recovered += other.recovered;
  return *this;
}

World::World(std::uint64_t seed, Plan plan) : prng_(seed), plan_(plan) {
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
            .clock_jump = drawn(4),
            .disk_error = drawn(6),
            .disk_full = drawn(3),
            .rot = drawn(1000)};
  if (!plan_.has_faults || plan_.crash_at != 0) {
    swarm_ = {.disconnect = 2, .close_session = 2, .snapshot = 20};
  }
  options_.shards = 1 + prng_.below(3);
  options_.segment_bytes = std::uint64_t{16384} << prng_.below(3);
  disk_.create_directories("/data");
  options_.local_sessions = prng_.chance(1, 4);
  options_.local_sessions_upgrading = prng_.chance(2, 3);
  for (int i = 0; i < kClients; ++i) {
    clients_.push_back(std::make_unique<SimClient>(i, prng_, facts_));
    if (!options_.local_sessions) continue;
    clients_.back()->set_sessions_may_be_local(options_.local_sessions_upgrading);
  }
  disk_.crash_at(plan_.crash_at);
}

std::string World::run() {
  for (int i = 0; i < plan_.steps && violation_.empty(); ++i) {
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
  if (!facts_.history.violation().empty()) fail(facts_.history.violation());
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
  if (happens(swarm_.disk_error) && fails_at_ == 0) {
    fails_at_ = disk_.operations() + 1 + prng_.below(20);
    disk_.fail_at(fails_at_);
  }
  if (happens(swarm_.disk_full)) {
    is_disk_small_ = true;
    disk_.set_capacity(disk_.used() + prng_.below(options_.segment_bytes * 5));
  }
  if (is_disk_unwell() && happens(kHealing)) heal_disk();
}

bool World::is_disk_unwell() const {
  return is_disk_small_ || (fails_at_ != 0 && disk_.operations() >= fails_at_);
}

void World::heal_disk() {
  is_disk_small_ = false;
  fails_at_ = 0;
  disk_.fail_at(0);
  disk_.set_capacity(kNoLimit);
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
  switch (prng_.below(8)) {
    case 0:
      server_->move_core_batch(shard, now_);
      break;
    case 1:
      server_->move_mail(shard, now_);
      break;
    case 2:
      commit_log();
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
        } else if (!is_disk_unwell()) {
          fail("a snapshot could not be written on a healthy disk");
        }
      } else if (!server_->has_snapshot_job()) {
        ++summary_.snapshots;
      }
      break;
    case 6:
      server_->check_space();
      if (disk_.crashed()) crash();
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
  if (faults_ && happens(swarm_.rot)) try_rotten_disks();
  auto started = SimServer::start(disk_, options_, now_);
  if (!started) {
    if (disk_.crashed()) return crash();
    if (!is_disk_unwell()) fail("the server does not start: " + started.error().message);
    return die();
  }
  server_ = std::move(*started);
  ++summary_.restarts;
  check_recovered(*server_, facts_.highest_zxid);
  // What was proposed above this and lost will be proposed anew, as something else.
  digests_.erase(digests_.upper_bound(server_->tree().last_zxid().value), digests_.end());
  note_state();
}

void World::check_recovered(SimServer& server, std::int64_t acknowledged) {
  const std::int64_t last = server.tree().last_zxid().value;
  if (last < acknowledged) {
    return fail(fmt::format(
        "zxid {} was acknowledged, but the restarted server is at {}", acknowledged, last));
  }
  const auto seen = digests_.find(last);
  if (seen != digests_.end() && seen->second != server.tree().digest()) {
    fail(fmt::format("the tree at zxid {} is another one after the restart", last));
  }
}

void World::try_rotten_disks() {
  const std::vector<std::string> files = disk_.files();
  for (int i = 0; i < kRottenDisks && !files.empty(); ++i) {
    const std::string& path = files[prng_.below(files.size())];
    const std::string bytes = disk_.contents(path);
    if (bytes.empty()) continue;
    // Most of a segment is not written yet.
    std::uint64_t offset = prng_.below(bytes.size());
    for (int tries = 0; tries < 20 && bytes[offset] == 0; ++tries)
      offset = prng_.below(bytes.size());
    try_rotten_disk(path, offset);
  }
}

void World::try_rotten_disk(const std::string& path, std::uint64_t offset) {
  const auto disk = disk_.copy();
  disk->rot(path, offset, static_cast<unsigned char>(1U << prng_.below(8)));
  const auto started = SimServer::start(*disk, options_, now_);
  const bool is_log = path.find("/log/") != std::string::npos;
  if (!started) {
    ++summary_.refused;
    // Metadata and snapshots are there twice. A snapshot of a newer format is none that is damaged.
    const bool may_be_newer =
        path.find("/snapshot.") != std::string::npos && offset < storage::kSnapshotPreambleBytes;
    if (!is_log && !may_be_newer) {
      fail(fmt::format(
          "one rotten byte at {} of {} was too much: {}", offset, path, started.error().message));
    }
    return;
  }
  ++summary_.recovered;
  check_recovered(**started,
                  is_log ? std::min(commit_before_, facts_.highest_zxid) : facts_.highest_zxid);
  if (!violation_.empty())
    violation_ += fmt::format(", with one rotten byte at {} of {}", offset, path);
}

void World::commit_log() {
  if (!server_->commit_log()) return disk_.crashed() ? crash() : die();
  const std::int64_t end = server_->last_durable().value;
  if (end > last_commit_) commit_before_ = std::exchange(last_commit_, end);
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
  if (fails_at_ > disk_.operations()) disk_.fail_at(fails_at_);
  ++summary_.crashes;
}

void World::die() {
  lose_connections();
  server_.reset();
  disk_.revive();
  if (fails_at_ > disk_.operations()) disk_.fail_at(fails_at_);
  ++summary_.disk_errors;
}

void World::stop_cleanly() {
  // As on SIGTERM: what is queued is written, what is not answered stays so.
  if (!server_->commit_log() || !server_->close()) return disk_.crashed() ? crash() : die();
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
  heal_disk();
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
    return fail(fmt::format("{} ephemerals are there, {} are known", present, ephemerals));
  check_fading_nodes();
}

/// Containers that became empty and nodes that outlived their time go, whatever happened before.
void World::check_fading_nodes() {
  now_.wall.ms += kLongAfterMs;
  for (int i = 0; i < kFadingSteps; ++i) {
    advance(milliseconds(100));
    for (std::size_t shard = 0; shard < server_->shard_count(); ++shard) {
      server_->move_core_batch(shard, now_);
      server_->move_mail(shard, now_);
    }
    commit_log();
    server_->report_durable(now_);
  }
  check();
  if (server_->tree().find("/s/t") != nullptr) return fail("a node has outlived its time to live");
  const tree::Znode* const container = server_->tree().find("/s/k");
  if (container == nullptr) return;
  const jute::Stat stat = server_->tree().stat(*container);
  if (stat.num_children == 0 && stat.cversion > 0) fail("an empty container has stayed");
}

}  // namespace paddock::simulation
