// SPDX-License-Identifier: Apache-2.0
#include "simulation/ensemble_world.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "reconfig/members.h"
#include "wire/decoder.h"
#include "wire/encoder.h"

namespace paddock::simulation {
namespace {

constexpr std::size_t kClients = 4;
constexpr int kSettleSteps = 1'000'000;
constexpr Duration kPingEvery = seconds(3);
constexpr std::int64_t kWallStart = 1'700'000'000'000;

void add_member(std::size_t at, config::PeerType type, reconfig::Members& members) {
  const ServerId id{static_cast<std::int32_t>(at) + 1};
  config::Member& member = members.servers[id];
  member.id = id;
  member.type = type;
  member.addresses.push_back({fmt::format("h{}", at), 1, 2});
}

/// As it arrives: every message goes through its form on the wire.
replica::PeerMessage through_wire(replica::PeerMessage message) {
  wire::Encoder encoder;
  wire::OutgoingFrame frame;
  PADDOCK_ASSERT(encoder.encode(std::move(message), frame));
  wire::Decoder decoder;
  decoder.add(frame.head);
  decoder.add(frame.body());
  auto arrived = decoder.next();
  PADDOCK_ASSERT(arrived && *arrived);
  return std::get<replica::PeerMessage>(std::move(**arrived));
}

}  // namespace

EnsembleSummary& EnsembleSummary::operator+=(const EnsembleSummary& other) {
  requests += other.requests;
  events += other.events;
  crashes += other.crashes;
  starts += other.starts;
  snapshots += other.snapshots;
  installed += other.installed;
  fed += other.fed;
  handovers += other.handovers;
  broken_links += other.broken_links;
  sessions_lost += other.sessions_lost;
  moves += other.moves;
  elections += other.elections;
  simulated_s += other.simulated_s;
  reconfigurations += other.reconfigurations;
  pauses += other.pauses;
  partitions += other.partitions;
  cut_pairs += other.cut_pairs;
  stalled_links += other.stalled_links;
  clock_jumps += other.clock_jumps;
  levels += other.levels;
  rebuilds += other.rebuilds;
  read_only_connections += other.read_only_connections;
  for (std::size_t i = 0; i < messages.size(); ++i) messages[i] += other.messages[i];
  return *this;
}

EnsembleWorld::EnsembleWorld(std::uint64_t seed, int steps) : prng_(seed), steps_(steps) {
  const auto drawn = [this](std::uint64_t most) {
    return prng_.chance(1, 2) ? prng_.below(most + 1) : 0;
  };
  swarm_ = {.crash = drawn(20),
            .crash_in_disk = drawn(20),
            .clean_restart = drawn(10),
            .disconnect = drawn(60),
            .close_session = drawn(20),
            .snapshot = drawn(60),
            .pause = drawn(20),
            .break_link = drawn(30),
            .stall_link = drawn(20),
            .partition = drawn(8),
            .handover = drawn(20),
            .long_time = drawn(10),
            .clock_jump = drawn(10),
            .reconfigure = drawn(30),
            .wrong_digest = drawn(50),
            .send_away = drawn(20),
            .cut_pair = drawn(30)};
  const std::size_t voters = prng_.chance(1, 4) ? 5 : 3;
  const std::size_t observers = prng_.below(3);
  const bool read_only_mode = prng_.chance(1, 2);
  const milliseconds patience(read_only_mode ? 100 + prng_.below(4000) : 4000);
  const bool local_sessions = prng_.chance(1, 3);
  const bool upgrading = prng_.chance(2, 3);
  const std::size_t joiners = swarm_.reconfigure == 0 ? 0 : prng_.below(3);
  reconfig::Members members;
  for (std::size_t i = 0; i < voters + observers; ++i) {
    add_member(i, i < voters ? config::PeerType::Participant : config::PeerType::Observer, members);
  }
  for (std::size_t i = 0; i < voters + observers + joiners; ++i) {
    auto host = std::make_unique<Host>();
    host->id = ServerId{static_cast<std::int32_t>(i) + 1};
    host->options.shards = 1 + prng_.below(2);
    // Small segments go soon, and then only a snapshot brings a server that was away back.
    host->options.segment_bytes = std::uint64_t{4096} << prng_.below(5);
    host->options.snapshots_kept = 1 + prng_.below(2);
    host->options.id = host->id;
    host->options.feed_lag_max = milliseconds(1 + prng_.below(500));
    host->options.feed_retry = milliseconds(prng_.below(2000));
    host->options.configuration = reconfig::configuration_of(members);
    host->options.is_joining = i >= voters + observers;
    host->options.read_only_mode = read_only_mode;
    host->options.patience = patience;
    host->options.local_sessions = local_sessions;
    host->options.local_sessions_upgrading = upgrading;
    host->disk.create_directories("/data");
    hosts_.push_back(std::move(host));
  }
  network_ = std::make_unique<Network>(hosts_.size(), prng_);
  for (std::size_t i = 0; i < kClients; ++i) {
    callers_.push_back({std::make_unique<SimClient>(static_cast<int>(i), prng_, facts_), 0});
    const bool is_linearizable = prng_.chance(1, 2);
    callers_.back().client->set_reads_may_lag(!is_linearizable);
    callers_.back().client->set_asks_for_linearizable_reads(is_linearizable);
    callers_.back().client->set_accepts_read_only(i % 2 == 0 && !is_linearizable);
    if (local_sessions) callers_.back().client->set_sessions_may_be_local(upgrading);
  }
}

void EnsembleWorld::fail(std::string what) {
  if (violation_.empty()) violation_ = std::move(what);
}

Now EnsembleWorld::now_at(const Host& host) const {
  const auto ms = std::chrono::duration_cast<milliseconds>(now_.since_origin).count();
  return {.monotonic = now_, .wall = {kWallStart + ms + host.clock_offset_ms}};
}

std::string EnsembleWorld::run() {
  const MonotonicTime begin = now_;
  for (int i = 0; i < steps_ && violation_.empty(); ++i) step();
  if (violation_.empty()) settle();
  if (violation_.empty()) check_final_state();
  for (const Caller& caller : callers_) {
    summary_.requests += caller.client->acknowledged();
    summary_.events += caller.client->events();
    summary_.reconfigurations += caller.client->reconfigurations();
    summary_.read_only_connections += caller.client->read_only_connections();
  }
  summary_.simulated_s = std::chrono::duration_cast<seconds>(now_ - begin).count();
  return violation_;
}

void EnsembleWorld::step() {
  if (faults_) fault();
  now_ = now_ + (faults_ && happens(swarm_.long_time) ? milliseconds(prng_.below(4000))
                                                      : microseconds(prng_.below(1000)));
  const std::size_t at = prng_.below(hosts_.size());
  Host& host = *hosts_[at];
  if (host.server == nullptr) {
    if (!faults_ || prng_.chance(1, 100)) start(host);
  } else if (!host.is_paused) {
    move_host(host);
  }
  carry(at);
  const std::size_t other = prng_.below(hosts_.size());
  if (may_link(at, other)) network_->connect(at, other);
  move_network();
  move_network();
  Caller& caller = callers_[prng_.below(callers_.size())];
  if (faults_ && prng_.chance(1, 6) && caller.client->is_idle()) caller.client->act();
  move_client(caller);
  if (now_ >= next_pings_) {
    next_pings_ = now_ + kPingEvery;
    for (const Caller& one : callers_) {
      if (one.client->is_idle()) one.client->ping();
    }
  }
  for (const Caller& one : callers_) {
    if (!one.client->violation().empty()) fail(one.client->violation());
  }
  if (!facts_.history.violation().empty()) fail(facts_.history.violation());
}

/// As the policy of links has it: nobody talks to a version that is too old for its ensemble.
bool EnsembleWorld::may_link(std::size_t one, std::size_t other) const {
  const SimServer* const a = hosts_[one]->server.get();
  const SimServer* const b = hosts_[other]->server.get();
  if (a == nullptr || b == nullptr) return false;
  return a->replica().feature_level() >= b->replica().charter().feature_level &&
         b->replica().feature_level() >= a->replica().charter().feature_level;
}

// --- Faults.

void EnsembleWorld::fault() {
  const std::size_t at = prng_.below(hosts_.size());
  Host& host = *hosts_[at];
  if (host.server != nullptr) {
    if (happens(swarm_.crash)) crash(at);
    if (happens(swarm_.crash_in_disk)) {
      host.disk.crash_at(host.disk.operations() + 1 + prng_.below(20));
    }
  }
  if (host.server != nullptr && happens(swarm_.clean_restart)) stop_cleanly(at);
  if (host.server != nullptr && happens(swarm_.snapshot)) host.server->begin_snapshot();
  if (host.server != nullptr && !host.is_paused && happens(swarm_.send_away)) {
    host.server->send_away(
        prng_.below(host.server->shard_count()), 1 + prng_.below(4), now_at(host));
  }
  if (host.server != nullptr && !host.is_paused && happens(swarm_.handover)) {
    if (host.server->begin_handover(now_at(host))) ++summary_.handovers;
    carry(at);
  }
  if (happens(swarm_.pause)) {
    host.is_paused = true;
    ++summary_.pauses;
  }
  if (prng_.chance(1, 500)) host.is_paused = false;
  if (happens(swarm_.clock_jump)) {
    ++summary_.clock_jumps;
    host.clock_offset_ms += static_cast<std::int64_t>(prng_.below(7'200'000)) - 3'600'000;
  }
  Caller& caller = callers_[prng_.below(callers_.size())];
  if (happens(swarm_.disconnect)) disconnect(caller);
  if (happens(swarm_.close_session)) caller.client->close_session();
  if (happens(swarm_.reconfigure)) caller.client->reconfigure(random_members());
  if (happens(swarm_.break_link) && network_->break_one()) ++summary_.broken_links;
  if (happens(swarm_.stall_link)) {
    network_->stall_one();
    ++summary_.stalled_links;
  }
  if (prng_.chance(1, 500)) network_->release_one();
  if (happens(swarm_.partition)) {
    network_->partition();
    ++summary_.partitions;
  }
  if (happens(swarm_.cut_pair) && network_->cut_one()) ++summary_.cut_pairs;
  if (prng_.chance(1, 3000)) network_->join();
}

/// Any servers at all, as long as somebody votes.
std::string EnsembleWorld::random_members() {
  reconfig::Members members;
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    const std::uint64_t choice = prng_.below(4);
    if (choice < 3) {
      add_member(
          i, choice < 2 ? config::PeerType::Participant : config::PeerType::Observer, members);
    }
  }
  if (reconfig::configuration_of(members).voters.empty()) {
    members.servers.clear();
    add_member(0, config::PeerType::Participant, members);
  }
  return reconfig::to_text(members);
}

void EnsembleWorld::crash(std::size_t at) {
  Host& host = *hosts_[at];
  end_process(at);
  if (!host.disk.crashed()) host.disk.crash_now();
  host.disk.crash_at(0);
  host.disk.reboot(prng_);
  ++summary_.crashes;
}

void EnsembleWorld::end_process(std::size_t at) {
  for (Caller& caller : callers_) {
    if (caller.client->is_connected() && caller.host == at) caller.client->on_disconnected();
  }
  if (hosts_[at]->server != nullptr) {
    count_life(*hosts_[at]->server);
  }
  hosts_[at]->server.reset();
  network_->crash(at);
}

void EnsembleWorld::count_life(const SimServer& server) {
  summary_.elections += server.replica().peer().counters().elections;
  summary_.installed += server.snapshots_installed();
  summary_.rebuilds += server.replica().counters().rebuilds;
}

void EnsembleWorld::stop_cleanly(std::size_t at) {
  Host& host = *hosts_[at];
  if (!host.server->close()) return crash(at);
  end_process(at);
}

void EnsembleWorld::disconnect(Caller& caller) {
  if (!caller.client->is_connected()) return;
  Host& host = *hosts_[caller.host];
  // A paused server learns of it later, which is the same as not having looked yet.
  if (host.server != nullptr) host.server->disconnect(caller.client->connection(), now_at(host));
  caller.client->on_disconnected();
}

void EnsembleWorld::start(Host& host) {
  host.options.first_request = 1 + prng_.below(std::uint64_t{1} << 62U);
  host.options.new_ensemble_id = fmt::format("{:032x}", prng_());
  // Versions go up and down again, as long as nobody has seen that there is no way back.
  if (prng_.chance(1, 4))
    host.options.feature_level = 1 + static_cast<std::uint32_t>(prng_.below(2));
  host.options.feature_level = std::max(host.options.feature_level, level_in_force_);
  auto started = SimServer::start(host.disk, host.options, now_at(host));
  if (!started) {
    const std::size_t at = static_cast<std::size_t>(raw(host.id) - 1);
    if (host.disk.crashed()) return crash(at);
    return fail(fmt::format("server {} does not start: {}", at + 1, started.error().message));
  }
  host.server = std::move(*started);
  ++summary_.starts;
  note_state(host);
}

// --- Moves.

void EnsembleWorld::move_network() {
  auto happening = network_->move([this](std::size_t at) { return listens(at); });
  if (!happening) return;
  Host& host = *hosts_[happening->at];
  const ServerId peer = hosts_[happening->peer]->id;
  const Now now = now_at(host);
  switch (happening->kind) {
    case Network::Kind::Up:
      host.server->on_link_up(peer, hosts_[happening->peer]->options.feature_level, now);
      break;
    case Network::Kind::Down:
      host.server->on_link_down(peer, now);
      break;
    case Network::Kind::Arrival:
      host.server->on_peer_message(peer, std::move(*happening->message), now);
      break;
  }
  carry(happening->at);
  note_state(host);
}

void EnsembleWorld::carry(std::size_t at) {
  Host& host = *hosts_[at];
  if (host.server == nullptr) return;
  for (replica::PeerEnvelope& envelope : host.server->take_sends()) {
    if (const auto* message = std::get_if<zab::Message>(&envelope.message)) {
      ++summary_.messages[message->index()];
      const bool is_append = std::holds_alternative<zab::Append>(*message);
      if (is_append && host.server->replica().peer().role() == zab::Role::Following) ++summary_.fed;
    }
    auto* const digest = std::get_if<replica::TreeDigest>(&envelope.message);
    // As if the sender's tree were another one.
    if (digest != nullptr && faults_ && prng_.chance(swarm_.wrong_digest, 100)) ++digest->digest;
    network_->send(at,
                   static_cast<std::size_t>(raw(envelope.to) - 1),
                   through_wire(std::move(envelope.message)));
  }
}

void EnsembleWorld::move_client(Caller& caller) {
  SimClient& client = *caller.client;
  if (!client.is_connected()) {
    const std::size_t at = prng_.below(hosts_.size());
    Host& host = *hosts_[at];
    if (!listens(at) || !host.server->is_serving()) return;
    if (caller.host != at) ++summary_.moves;
    caller.host = at;
    client.on_connected(
        host.server->connect(prng_.below(host.server->shard_count()), now_at(host)));
    return;
  }
  Host& host = *hosts_[caller.host];
  if (!listens(caller.host)) return;
  const ConnectionId id = client.connection();
  const std::size_t piece = 1 + prng_.below(2000);
  if (!client.outgoing.empty()) {
    const std::size_t taken =
        host.server->deliver(id, View(client.outgoing).substr(0, piece), now_at(host));
    client.outgoing.erase(0, taken);
  }
  if (host.server->has_output(id)) {
    client.on_bytes(host.server->take_output(id, piece, now_at(host)));
  }
  if (host.server->is_closed(id)) {
    if (!client.has_ended() && client.is_ready()) ++summary_.sessions_lost;
    client.on_disconnected();
  } else if (client.wants_audit()) {
    client.begin_audit();
  }
}

void EnsembleWorld::move_host(Host& host) {
  SimServer& server = *host.server;
  const Now now = now_at(host);
  const std::size_t shard = prng_.below(server.shard_count());
  switch (prng_.below(8)) {
    case 0:
      server.move_core_batch(shard, now);
      break;
    case 1:
      server.move_mail(shard, now);
      break;
    case 2:
      move_disk(host);
      break;
    case 3:
      server.report_durable(now);
      break;
    case 4:
      server.move_reads(now);
      break;
    case 5:
      if (!server.has_snapshot_job()) break;
      if (!server.step_snapshot(now.wall)) {
        if (host.disk.crashed()) return crash(static_cast<std::size_t>(raw(host.id) - 1));
        if (server.snapshot_error().starts_with("the state was replaced")) break;
        // By an older one: the log does not reach so far any more.
        if (server.replica().peer().state().is_installing) break;
        fail("a snapshot could not be written on a healthy disk: " + server.snapshot_error());
      } else if (!server.has_snapshot_job()) {
        ++summary_.snapshots;
      }
      break;
    case 6:
      if (!server.prepare_spare() && host.disk.crashed()) {
        return crash(static_cast<std::size_t>(raw(host.id) - 1));
      }
      break;
    default:
      server.on_time(now);
      if (now_ >= host.next_tick) {
        host.next_tick = now_ + milliseconds(500);
        server.tick(now);
      }
      break;
  }
  if (host.server == nullptr) return;
  note_state(host);
  // Somebody reads in the log that it is too old, and upgrades it.
  const bool is_too_old = server.replica().feature_level() < level_in_force_;
  if (server.replica().is_outdated() || (is_too_old && prng_.chance(1, 100))) {
    stop_cleanly(static_cast<std::size_t>(raw(host.id) - 1));
  }
}

void EnsembleWorld::move_disk(Host& host) {
  if (host.server->commit_log()) return;
  if (!host.disk.crashed()) fail(fmt::format("the disk of server {} failed", raw(host.id)));
  crash(static_cast<std::size_t>(raw(host.id) - 1));
}

// --- Checks.

/// What servers hold at one zxid is the same.
void EnsembleWorld::note_state(const Host& host) {
  const SimServer& server = *host.server;
  server.check_invariants();
  const zab::Peer& peer = server.replica().peer();
  if (peer.has_diverged()) fail(fmt::format("server {} has diverged", raw(host.id)));
  if (peer.role() == zab::Role::Leading && peer.is_established()) {
    const auto [entry, is_new] = leaders_.emplace(peer.epoch(), host.id);
    if (entry->second != host.id) fail(fmt::format("epoch {} has two leaders", peer.epoch()));
  }
  note_charter(host);
  const auto [entry, is_new] =
      digests_.emplace(server.tree().last_zxid().value, server.tree().digest());
  if (entry->second != server.tree().digest()) {
    fail(fmt::format("the tree of server {} at zxid 0x{:x} is another one than elsewhere",
                     raw(host.id),
                     entry->first));
  }
}

void EnsembleWorld::note_charter(const Host& host) {
  const replica::Charter& charter = host.server->replica().charter();
  if (charter.feature_level > level_in_force_) {
    level_in_force_ = charter.feature_level;
    ++summary_.levels;
  }
  const std::int64_t zxid = host.server->tree().last_zxid().value;
  const auto [entry, is_new] = charters_.emplace(zxid, charter);
  if (entry->second != charter) {
    fail(fmt::format("the charter of server {} at zxid 0x{:x} is {} {} and elsewhere {} {}",
                     raw(host.id),
                     zxid,
                     charter.ensemble_id,
                     charter.feature_level,
                     entry->second.ensemble_id,
                     entry->second.feature_level));
  }
}

void EnsembleWorld::settle() {
  faults_ = false;
  network_->heal();
  for (const auto& host : hosts_) {
    host->is_paused = false;
    host->disk.crash_at(0);
  }
  for (int i = 0; i < kSettleSteps; ++i) {
    step();
    if (!violation_.empty()) return;
    if (i % 200 == 0 && is_at_rest()) return;
  }
  fail("the ensemble does not come to rest: " + describe());
}

bool EnsembleWorld::is_at_rest() {
  const bool hosts_rest = std::ranges::all_of(hosts_, [this](const auto& host) {
    if (host->server == nullptr || host->server->has_snapshot_job()) return false;
    const replica::Replica& replica = host->server->replica();
    return host->server->is_quiet() && replica.peer().is_established() &&
           !replica.configuration().pending && !replica.peer().quorums().pending &&
           host->server->tree().last_zxid() == hosts_.front()->server->tree().last_zxid();
  });
  return hosts_rest && std::ranges::all_of(callers_, [this](const Caller& caller) {
           return caller.client->is_connected() && caller.client->is_idle() &&
                  caller.client->is_certain() &&
                  !hosts_[caller.host]->server->has_output(caller.client->connection());
         });
}

std::string EnsembleWorld::describe() const {
  std::string text;
  for (const auto& host : hosts_) {
    if (host->server == nullptr) {
      text += fmt::format("[{} down] ", raw(host->id));
      continue;
    }
    const zab::Peer& peer = host->server->replica().peer();
    text +=
        fmt::format("[{} role {} established {} epoch {} last 0x{:x} applied 0x{:x} pending {}] ",
                    raw(host->id),
                    static_cast<int>(peer.role()),
                    peer.is_established(),
                    peer.epoch(),
                    peer.last().value,
                    host->server->tree().last_zxid().value,
                    host->server->replica().in_flight());
  }
  for (const Caller& caller : callers_) {
    text += fmt::format("(client at {} connected {} idle {} certain {}) ",
                        caller.host + 1,
                        caller.client->is_connected(),
                        caller.client->is_idle(),
                        caller.client->is_certain());
  }
  return text;
}

void EnsembleWorld::check_final_state() {
  for (const auto& host : hosts_) {
    const tree::DataTree& tree = host->server->tree();
    if (tree.last_zxid().value < facts_.highest_zxid) {
      return fail(fmt::format("server {} is at 0x{:x}, though 0x{:x} was acknowledged",
                              raw(host->id),
                              tree.last_zxid().value,
                              facts_.highest_zxid));
    }
    if (host->server->replica().configuration() !=
        hosts_.front()->server->replica().configuration()) {
      return fail(fmt::format("server {} has another configuration than the first", raw(host->id)));
    }
    if (host->server->replica().charter().ensemble_id.empty()) {
      return fail(fmt::format("server {} does not know its ensemble's id", raw(host->id)));
    }
    for (const Caller& caller : callers_) {
      for (const auto& [name, data] : caller.client->known().nodes) {
        const tree::Znode* const node = tree.find(caller.client->home() + "/" + name);
        if (node == nullptr || tree.data(*node) != data) {
          return fail(fmt::format("{}/{} on server {} is not what its client knows",
                                  caller.client->home(),
                                  name,
                                  raw(host->id)));
        }
      }
    }
    count_life(*host->server);
  }
}

}  // namespace paddock::simulation
