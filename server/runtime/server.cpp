// SPDX-License-Identifier: Apache-2.0
#include "runtime/server.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "auth/authenticator.h"
#include "config/effective.h"
#include "gate/connection_id.h"
#include "runtime/admin_shell.h"
#include "runtime/audit_log.h"
#include "runtime/background.h"
#include "runtime/client_ports.h"
#include "runtime/connection_limits.h"
#include "runtime/core.h"
#include "runtime/descriptors.h"
#include "runtime/drain.h"
#include "runtime/ensemble.h"
#include "runtime/io_thread.h"
#include "runtime/limit_keeper.h"
#include "runtime/logging.h"
#include "runtime/membership.h"
#include "runtime/memory_budget.h"
#include "runtime/process_memory.h"
#include "runtime/recovery.h"
#include "runtime/reload_desk.h"
#include "runtime/sasl.h"
#include "runtime/server_control.h"
#include "runtime/server_tls.h"
#include "runtime/settings.h"
#include "runtime/signal_handler.h"
#include "runtime/stall_monitor.h"
#include "runtime/token_keys.h"
#include "storage/posix_disk.h"

namespace paddock::runtime {

namespace {

/// Readers of the tree besides the shards: snapshots and the admin shell.
constexpr std::size_t kExtraSlots = 2;
/// Transactions that a turn applies before it looks at its clients, if these are on its loop: about
/// as long as a client's share of a turn takes.
constexpr std::size_t kApplyMax = 128;

}  // namespace

struct Server::Impl {
  Impl(const config::ServerConfig& config_in, std::uint32_t feature_level_in)
      : config(config_in),
        feature_level(feature_level_in),
        limits(config.clients.connections_per_address_max, config.clients.connections_max),
        limit_keeper(config.limits.clients),
        memory(bytes_of(config.limits.memory)),
        stalls(stall_options(config)) {}

  Result<> open();
  Result<> open_loops();
  void start_replica(const zab::SharedBatch& tail);
  void on_disk_report(DiskReport report);
  Result<> open_authentication();
  void look_at_credentials();
  Result<Reloaded> reread_configuration();
  bool start_drain(milliseconds over);
  bool cancel_drain();
  MonotonicTime look_at_memory();
  Result<> open_ports();
  Result<> open_admin();
  void audit_own(audit::Operation operation, audit::Outcome outcome);
  void begin_stop();
  void step_drain();
  void note_left(std::size_t connections);
  void stop_reading();
  void await_quiet(IoThread& thread);
  [[nodiscard]] bool is_drained() const;
  void deal(net::Accepted accepted, ClientPorts::Kind kind);
  void on_mailed(std::size_t shard);
  MonotonicTime end_turn();
  MonotonicTime serve_turn();
  [[nodiscard]] bool is_amid_work() const;
  void tell(StallMonitor::Verdict verdict) const;
  Result<> close();
  ShardIo::Listeners shard_listeners();

  config::ServerConfig config;
  std::uint32_t feature_level;
  std::unique_ptr<TokenKeys> token_keys;  // none: tokens are nobody's credentials
  std::optional<auth::Authenticator> authenticator;
  ConnectionLimits limits;
  LimitKeeper limit_keeper;
  MemoryBudget memory;
  std::function<Result<config::ServerConfig>()> reread;
  ReloadDesk reloads{[this] {
    background->wake();
  }};
  StallMonitor stalls;
  std::unique_ptr<AuditLog> audit_log;  // null: there is none
  storage::PosixDisk disk;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<gate::SharedTree> tree;
  std::unique_ptr<replica::Replica> replica;
  std::unique_ptr<net::EventLoop> loop;
  std::unique_ptr<Core> core;
  std::vector<std::unique_ptr<shard::Shard>> shards;
  std::unique_ptr<ShardIo> own_io;  // the only shard's, if it shares the core's loop
  std::vector<std::unique_ptr<IoThread>> io_threads;
  std::unique_ptr<LogThread> log;
  std::unique_ptr<Background> background;
  std::unique_ptr<Ensemble> ensemble;  // of a member
  std::unique_ptr<ClientPorts> ports;
  ServerTls tls;
  std::unique_ptr<ServerControl> control;
  std::unique_ptr<BackupSource> backups;
  std::unique_ptr<AdminShell> admin;
  StartReport start_report;
  int descriptors = descriptors_for_clients();
  SignalHandler signals{[this](int signal) {
    if (signal == SIGHUP) return reloads.want();
    spdlog::info("received {}, shutting down", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    begin_stop();
  }};
  std::size_t next_shard = 0;
  bool own_shard_mailed = false;
  bool is_handing_over = false;  // before this server ends
  bool is_draining = false;      // no clients are taken
  bool is_ending = false;        // begin_stop() was called
  Drain drain;
  std::size_t threads_to_answer = 0;  // of the last step of the drain
  std::size_t clients_left = 0;       // as those that did have said
  MonotonicTime next_shard_tick;
  MonotonicTime wanted_at;               // when the next turn is wanted at the latest
  std::optional<MonotonicTime> stop_at;  // once it is told to stop: when at the latest
  std::size_t quiet_threads = 0;         // I/O threads that have handed over all they will read
};

ShardIo::Listeners Server::Impl::shard_listeners() {
  return {.on_command = [this](const shard::Command& command) { admin->on_command(command); },
          .on_gone = [this](const std::string& ip) { limits.release(ip); },
          .on_audit =
              [this](audit::Events& events) {
                audit_log->put(events);
              }};
}

Result<> Server::Impl::open() {
  PADDOCK_TRY(check_supported(config));
  auto audited = AuditLog::open(config.audit);
  PADDOCK_TRY(audited);
  audit_log = std::move(*audited);
  PADDOCK_TRY(tls.open(config));
  PADDOCK_TRY(open_authentication());
  auto sasl = open_sasl(config.auth);
  PADDOCK_TRY(sasl);
  const std::size_t threads = io_thread_count(config);
  const std::size_t shard_count = std::max<std::size_t>(threads, 1);
  auto opened = open_store(config, disk, feature_level);
  PADDOCK_TRY(opened);
  store = std::move(*opened);

  const Now now = net::read_clocks();
  tree = std::make_unique<gate::SharedTree>(shard_count + kExtraSlots);
  tree->measure_by(&net::read_monotonic);
  replica::ReplicaOptions options = replica_options(config);
  options.feature_level = feature_level;
  if (threads == 0) options.apply_max = kApplyMax;
  replica = std::make_unique<replica::Replica>(*tree, shard_count, options, now);
  const auto recovered = recover(*store, *tree, *replica, config.is_standalone(), now.monotonic);
  PADDOCK_TRY(recovered);
  start_report = *recovered;
  shard::ShardOptions of_shards = shard_options(config);
  of_shards.sasl = std::move(*sasl);
  for (std::size_t i = 0; i < shard_count; ++i) {
    shards.push_back(std::make_unique<shard::Shard>(i, *tree, *authenticator, of_shards));
    shard::Effects none;
    shards.back()->set_limits(limit_keeper.current(), now, none);
  }
  PADDOCK_TRY(open_loops());
  start_replica(start_report.tail);
  PADDOCK_TRY(open_ports());
  return open_admin();
}

void Server::Impl::start_replica(const zab::SharedBatch& tail) {
  if (config.is_standalone()) {
    return replica->start(alone_at(replica->last_applied()), loop->now(), core->effects());
  }
  replica->start(member_at(*store, *replica, tail), loop->now(), core->effects());
  ensemble = std::make_unique<Ensemble>(config, tls.servers(), *loop, *core, *store);
}

/// The log thread.
void Server::Impl::on_disk_report(DiskReport report) {
  if (const auto* installed = std::get_if<Installed>(&report)) {
    auto loaded = load_snapshot(*store);
    if (!loaded) {
      last_words("the snapshot that the leader sent cannot be loaded; stopping: " +
                 loaded.error().message);
      std::_Exit(EXIT_FAILURE);
    }
    core->on_installed(installed->zxid, std::make_shared<LoadedSnapshot>(std::move(*loaded)));
    return;
  }
  if (const auto* failed = std::get_if<InstallFailed>(&report)) {
    spdlog::error("the snapshot that the leader sent is not taken: {}", failed->reason);
  }
  core->on_report(std::move(report));
  if (store->log().wants_spare()) background->wake();
}

Result<> Server::Impl::open_loops() {
  auto created = net::EventLoop::create();
  PADDOCK_TRY(created);
  loop = std::move(*created);
  PADDOCK_TRY(signals.open(*loop));
  core = std::make_unique<Core>(
      *loop, *replica, config.sessions.tick_time, [this](std::size_t shard) { on_mailed(shard); });
  if (io_thread_count(config) == 0) {
    own_io = std::make_unique<ShardIo>(*loop, *shards.front(), shard_listeners());
  } else {
    for (auto& shard : shards) {
      auto shard_loop = net::EventLoop::create();
      PADDOCK_TRY(shard_loop);
      io_threads.push_back(std::make_unique<IoThread>(
          std::move(*shard_loop), *shard, *core, config.sessions.tick_time, shard_listeners()));
    }
  }
  const std::int64_t handshakes_max = handshakes_max_of_shard(config);
  if (own_io != nullptr) own_io->set_handshakes_max(handshakes_max);
  for (auto& thread : io_threads) thread->io().set_handshakes_max(handshakes_max);
  log = std::make_unique<LogThread>(*store, log_thread_options(config), [this](DiskReport report) {
    on_disk_report(std::move(report));
  });
  core->set_log(*log);
  background = std::make_unique<Background>(
      *store,
      *tree,
      shards.size(),
      *core,
      *log,
      SnapshotSchedule(snapshot_limits(config), start_report.replayed, std::random_device{}()));
  background->set_further_work([this] {
    look_at_credentials();
    reloads.serve([this] { return reread_configuration(); });
  });
  core->set_snapshot_wanted([this] { background->request_snapshot(); });
  if (audit_log != nullptr) {
    core->set_ended([this](const auto& nodes) { audit_log->put_ended(nodes); });
  }
  return {};
}

Result<> Server::Impl::open_authentication() {
  if (config.auth.jwt.is_on()) {
    auto opened = TokenKeys::open(config.auth.jwt);
    PADDOCK_TRY(opened);
    token_keys = std::move(*opened);
  }
  authenticator.emplace(auth_options(config), token_keys ? &token_keys->verifier() : nullptr);
  return {};
}

/// The background thread.
void Server::Impl::look_at_credentials() {
  if (token_keys) token_keys->look();
  tls.look();
}

/// The background thread. What else has changed in the file needs a restart.
Result<Reloaded> Server::Impl::reread_configuration() {
  const auto changed = reread ? reread() : fail("this server has no configuration to read again");
  if (!changed) {
    spdlog::error("the configuration cannot be used, and the limits of clients stay: {}",
                  changed.error().message);
    return std::unexpected(changed.error());
  }
  control->set_client_limits(changed->limits.clients);
  spdlog::info("the configuration was read again: {} limits of clients are in force",
               changed->limits.clients.size());
  return Reloaded{.limits = changed->limits.clients.size(),
                  .label = changed->process.configuration_label,
                  .restart_needed_for = config::restart_needed_for(config, *changed)};
}

Result<> Server::Impl::open_ports() {
  ports = std::make_unique<ClientPorts>(
      *loop, limits, descriptors, [this](net::Accepted accepted, ClientPorts::Kind kind) {
        deal(std::move(accepted), kind);
      });
  return ports->open(config.clients);
}

Result<> Server::Impl::open_admin() {
  std::vector<ShardIo*> ios;
  if (own_io != nullptr) ios.push_back(own_io.get());
  for (auto& thread : io_threads) ios.push_back(&thread->io());
  control = std::make_unique<ServerControl>(
      ControlParts{.core = *core,
                   .shards = ios,
                   .connections = limits,
                   .limits = limit_keeper,
                   .reloads = reloads,
                   .start_drain = [this](milliseconds over) { return start_drain(over); },
                   .cancel_drain =
                       [this] {
                         return cancel_drain();
                       }});
  Reporter reporter({.config = config,
                     .tree = *tree,
                     .slot = shards.size() + 1,
                     .core = *core,
                     .shards = std::move(ios),
                     .log = *log,
                     .background = *background,
                     .ports = *ports,
                     .limits = limit_keeper,
                     .reloads = reloads,
                     .memory = memory,
                     .stalls = stalls,
                     .audit_log = audit_log.get(),
                     .certificates = tls.all(),
                     .disk_id = store->metadata().disk_id(),
                     .start = start_report,
                     .started = loop->now().monotonic});
  backups = std::make_unique<BackupSource>(*store, *tree, shards.size() + 1, *background);
  admin = std::make_unique<AdminShell>(AdminParts{.config = config,
                                                  .authenticator = *authenticator,
                                                  .control = *control,
                                                  .backups = *backups,
                                                  .audit_log = audit_log.get(),
                                                  .admin_tls = tls.admin(),
                                                  .metrics_tls = tls.metrics()},
                                       std::move(reporter));
  return admin->open();
}

void Server::Impl::deal(net::Accepted accepted, ClientPorts::Kind kind) {
  if (is_draining) return limits.release(accepted.ip);
  const auto speech = kind == ClientPorts::Kind::Secure ? ShardIo::Speech::Tls
                      : config.clients.port_unification ? ShardIo::Speech::Either
                                                        : ShardIo::Speech::Plain;
  const auto context = tls.clients() != nullptr ? tls.clients()->in_force() : nullptr;
  if (own_io != nullptr) return own_io->adopt(std::move(accepted), speech, context);
  IoThread& thread = *io_threads[next_shard];
  next_shard = (next_shard + 1) % io_threads.size();
  // std::function wants copies, sockets have none.
  auto shared = std::make_shared<net::Accepted>(std::move(accepted));
  thread.loop().post([&thread, shared, speech, context] {
    thread.io().adopt(std::move(*shared), speech, context);
  });
}

void Server::Impl::on_mailed(std::size_t shard) {
  if (own_io != nullptr) {
    own_shard_mailed = true;
  } else {
    io_threads[shard]->on_mailed();
  }
}

void Server::Impl::audit_own(audit::Operation operation, audit::Outcome outcome) {
  if (audit_log != nullptr) audit_log->put_own({.operation = operation, .outcome = outcome});
}

/// Leadership stays here, if it is: that is asked for by itself.
bool Server::Impl::start_drain(milliseconds over) {
  if (is_ending) return false;
  is_draining = true;
  core->set_leaving(true);
  drain.begin(over, loop->now().monotonic);
  return true;
}

bool Server::Impl::cancel_drain() {
  if (is_ending) return false;
  is_draining = false;
  core->set_leaving(false);
  drain.finish();
  return true;
}

void Server::Impl::begin_stop() {
  if (std::exchange(is_ending, true)) return loop->stop();
  ports->close();
  core->set_leaving(true);
  if (config.is_standalone()) return stop_reading();
  if (replica->peer().role() == zab::Role::Leading) {
    is_handing_over = replica->begin_handover(std::nullopt, loop->now());
  }
  drain.begin(config.process.drain, loop->now().monotonic);
}

/// Clients are served for as long as they are here.
void Server::Impl::step_drain() {
  if (threads_to_answer > 0) return;
  const auto parts = drain.take_step(loop->now().monotonic);
  if (!parts) return;
  threads_to_answer = std::max<std::size_t>(io_threads.size(), 1);
  clients_left = 0;
  if (own_io != nullptr) note_left(own_io->send_away(*parts));
  for (auto& thread : io_threads) {
    thread->loop().post([this, thread = thread.get(), parts = *parts] {
      const std::size_t left = thread->io().send_away(parts);
      loop->post([this, left] { note_left(left); });
    });
  }
}

void Server::Impl::note_left(std::size_t connections) {
  clients_left += connections;
  if (threads_to_answer == 0 || --threads_to_answer > 0) return;
  if (clients_left == 0) drain.finish();
  if (is_ending && !drain.is_under_way() && !stop_at) stop_reading();
}

void Server::Impl::stop_reading() {
  stop_at = loop->now().monotonic + config.process.shutdown_grace;
  if (own_io != nullptr) own_io->stop_reading();
  for (auto& thread : io_threads) {
    thread->loop().post([this, thread = thread.get()] {
      thread->io().stop_reading();
      thread->loop().post([this, thread] { await_quiet(*thread); });
    });
  }
}

/// A turn after the last read, what was read has been handed to the core, but for what waits for a
/// turn of its own.
void Server::Impl::await_quiet(IoThread& thread) {
  if (thread.io().has_waiting()) {
    return thread.loop().post([this, &thread] { await_quiet(thread); });
  }
  loop->post([this] { ++quiet_threads; });
}

bool Server::Impl::is_drained() const {
  if (quiet_threads != io_threads.size()) return false;
  if (own_io != nullptr && (own_io->has_waiting() || is_amid_work())) return false;
  if (config.is_standalone()) return replica->is_quiet();
  // Others go on; what this server's clients have asked for is answered, and somebody leads.
  const bool still_leads = is_handing_over && replica->peer().role() == zab::Role::Leading;
  return replica->in_flight() == 0 && !still_leads;
}

MonotonicTime Server::Impl::end_turn() {
  tell(stalls.observe(loop->now().monotonic - wanted_at));
  // Some want to be called at once, which is no time in the past.
  wanted_at = std::max(serve_turn(), loop->now().monotonic);
  step_drain();
  wanted_at = std::min(wanted_at, look_at_memory());
  if (threads_to_answer == 0) wanted_at = std::min(wanted_at, drain.next_time());
  if (!stop_at) return wanted_at;
  if (is_drained() || loop->now().monotonic >= *stop_at) loop->stop();
  return std::min(wanted_at, *stop_at);
}

/// Returns when to do so again.
MonotonicTime Server::Impl::look_at_memory() {
  const MonotonicTime now = loop->now().monotonic;
  if (now < memory.next_look()) return memory.next_look();
  const std::int64_t used = resident_bytes();
  if (!memory.observe(used, now)) return memory.next_look();
  const bool is_short = memory.is_exceeded();
  spdlog::log(is_short ? spdlog::level::warn : spdlog::level::info,
              "{} bytes of memory are used, and paddock.memoryLimit is {}: {}",
              used,
              memory.limit(),
              is_short ? "no new sessions and watches are taken"
                       : "new sessions and watches are taken again");
  if (own_io != nullptr) own_io->set_memory_short(is_short);
  for (auto& thread : io_threads) {
    thread->loop().post(
        [thread = thread.get(), is_short] { thread->io().set_memory_short(is_short); });
  }
  return memory.next_look();
}

void Server::Impl::tell(StallMonitor::Verdict verdict) const {
  if (verdict == StallMonitor::Verdict::Nothing) return;
  const bool is_long = verdict == StallMonitor::Verdict::Warn;
  spdlog::log(is_long ? spdlog::level::warn : spdlog::level::info,
              "the server stood still for {} ms: a turn of its core, or the machine",
              stalls.last().count());
}

MonotonicTime Server::Impl::serve_turn() {
  const MonotonicTime now = loop->now().monotonic;
  ports->retry(now);
  if (ensemble != nullptr) ensemble->end_turn();
  MonotonicTime next = ports->retry_at();
  if (own_io == nullptr) return std::min(core->end_turn(), next);
  if (now >= next_shard_tick) {
    next_shard_tick = now + config.sessions.tick_time / 2;
    own_io->on_tick();
  }
  own_io->go_round();
  core->take(own_io->core_batch());
  next = std::min(next, core->end_turn());
  if (std::exchange(own_shard_mailed, false)) own_io->on_mail();
  own_io->end_turn();
  // Answers to one write can free the next one of the same connection, and so on. What others have
  // sent meanwhile comes first.
  if (is_amid_work()) return now;
  return std::min({next, next_shard_tick, own_io->next_time()});
}

/// With clients on the core's loop: one turn was not enough.
bool Server::Impl::is_amid_work() const {
  return core->has_more() || !own_io->core_batch().empty() || own_shard_mailed;
}

Result<> Server::Impl::close() {
  if (const std::size_t left = replica->in_flight(); left > 0) {
    spdlog::warn("{} requests were not answered within paddock.shutdownGraceMs; ending without",
                 left);
  }
  // First the threads, then what they may still call: I/O threads hand four-letter words to the
  // admin server, the background tells it of snapshots, the log thread wakes the background.
  for (auto& thread : io_threads) thread->stop();
  background->stop();
  admin.reset();
  if (ensemble != nullptr) ensemble->stop();
  log->stop();
  if (ensemble != nullptr) {
    PADDOCK_TRY(store->note_committed(replica->peer().committed(), mark_of(replica->charter())));
  }
  background.reset();
  ensemble.reset();
  ports.reset();
  io_threads.clear();
  own_io.reset();
  audit_own(audit::Operation::ServerStop, audit::Outcome::Invoked);
  const Result<> closed = store->close();
  if (closed)
    spdlog::info("everything is on disk up to zxid 0x{:x}; ended", replica->peer().last().value);
  return closed;
}

Result<std::unique_ptr<Server>> Server::open(const config::ServerConfig& config,
                                             std::uint32_t feature_level) {
  auto impl = std::make_unique<Impl>(config, feature_level);
  if (auto opened = impl->open(); !opened) {
    impl->audit_own(audit::Operation::ServerStart, audit::Outcome::Failure);
    return std::unexpected(std::move(opened).error());
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::set_reread(std::function<Result<config::ServerConfig>()> reread) {
  impl_->reread = std::move(reread);
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<> Server::run() {
  for (auto& thread : impl_->io_threads) thread->start();
  impl_->background->start();
  impl_->admin->start();
  impl_->audit_own(audit::Operation::ServerStart, audit::Outcome::Success);
  impl_->wanted_at = net::read_monotonic();
  impl_->loop->run([this] { return impl_->end_turn(); });
  const Result<> outcome = impl_->ensemble == nullptr ? Result<>{} : impl_->ensemble->outcome();
  PADDOCK_TRY(impl_->close());
  return outcome;
}

std::uint16_t Server::client_port() const {
  return impl_->ports->port(ClientPorts::Kind::Plain);
}

void Server::stop() {
  impl_->loop->post([impl = impl_.get()] { impl->begin_stop(); });
}

}  // namespace paddock::runtime
