// SPDX-License-Identifier: Apache-2.0
#include "bench/fanout.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "bench/caller.h"
#include "bench/interrupt.h"
#include "bench/key_space.h"
#include "bench/progress.h"
#include "bench/server_process.h"
#include "bench/session_pool.h"

namespace paddock::bench {

namespace {

constexpr std::uint32_t kWarmUpRounds = 2;

class Fanout {
 public:
  Fanout(const CommonOptions& common,
         const FanoutOptions& fanout,
         Interrupt& interrupt,
         SessionPool& pool)
      : common_(&common),
        fanout_(&fanout),
        interrupt_(&interrupt),
        pool_(&pool),
        value_(make_value(fanout.value_size, 1)) {}

  [[nodiscard]] Report run();

 private:
  [[nodiscard]] std::size_t setter() const { return fanout_->watchers; }
  /// Every watcher reads the znode with a watch.
  [[nodiscard]] Result<> arm();
  /// Sets the znode and gathers when each watcher was told, in order.
  [[nodiscard]] Result<> fire();
  [[nodiscard]] Result<> send(std::size_t session);
  void record();

  const CommonOptions* common_;
  const FanoutOptions* fanout_;
  Interrupt* interrupt_;
  SessionPool* pool_;
  std::string value_;
  std::vector<Duration> told_;
  Duration set_reply_{0};
  Row first_{.name = "first", .latency = {}, .errors = {}, .longest_at = {}};
  Row median_{.name = "median", .latency = {}, .errors = {}, .longest_at = {}};
  Row last_{.name = "last", .latency = {}, .errors = {}, .longest_at = {}};
  Row set_{.name = "set", .latency = {}, .errors = {}, .longest_at = {}};
};

Result<> Fanout::send(std::size_t session) {
  if (pool_->connection(session).flush()) return {};
  return fail("lost the server: " + pool_->connection(session).why_lost());
}

Result<> Fanout::arm() {
  for (std::size_t i = 0; i < fanout_->watchers; ++i) {
    put_get(pool_->connection(i).out(), 1, {fanout_->path, true});
    PADDOCK_TRY(send(i));
  }
  std::uint32_t armed = 0;
  while (armed < fanout_->watchers) {
    PADDOCK_TRY(pool_->wait([&](std::size_t, const Reply& reply, MonotonicTime) {
      if (reply.header.xid == 1) ++armed;
    }));
  }
  return {};
}

Result<> Fanout::fire() {
  told_.clear();
  bool replied = false;
  put_set(pool_->connection(setter()).out(), 1, {fanout_->path, value_, -1});
  const MonotonicTime start = monotonic_now();
  PADDOCK_TRY(send(setter()));
  while (told_.size() < fanout_->watchers || !replied) {
    PADDOCK_TRY(pool_->wait([&](std::size_t session, const Reply& reply, MonotonicTime now) {
      if (reply.header.xid == jute::kXidWatchEvent) told_.push_back(now - start);
      if (session == setter() && reply.header.xid == 1) {
        replied = true;
        set_reply_ = now - start;
      }
    }));
  }
  return {};
}

void Fanout::record() {
  std::ranges::sort(told_);
  first_.latency.record(told_.front());
  median_.latency.record(told_[told_.size() / 2]);
  last_.latency.record(told_.back());
  set_.latency.record(set_reply_);
}

Report Fanout::run() {
  MonotonicTime start = monotonic_now();
  Progress progress("rounds", common_->quiet, start);
  std::optional<Duration> cpu_before;
  Duration own_before{0};
  std::string failure;
  for (std::uint32_t round = 0; round < fanout_->rounds + kWarmUpRounds; ++round) {
    if (round == kWarmUpRounds) {
      start = monotonic_now();
      own_before = own_cpu_time();
      cpu_before = cpu_time_of(common_->server_pids);
    }
    Result<> done = arm();
    if (done) done = fire();
    if (!done && !interrupt_->came()) failure = done.error().message;
    if (!done || interrupt_->came()) break;
    if (round >= kWarmUpRounds) record();
    progress.tick(monotonic_now(), round + 1, 0);
  }
  Report report{.title = fmt::format("fan-out to {} watchers", fanout_->watchers),
                .elapsed = monotonic_now() - start,
                .rows = {first_, median_, last_, set_},
                .has_total = false,
                .figures = {},
                .server_cpu = {},
                .generator_cpu = own_cpu_time() - own_before,
                .is_interrupted = interrupt_->came(),
                .failure = std::move(failure)};
  if (cpu_before)
    report.server_cpu = cpu_time_of(common_->server_pids).value_or(*cpu_before) - *cpu_before;
  return report;
}

}  // namespace

Result<Report> run_fanout(const CommonOptions& common, const FanoutOptions& fanout) {
  Interrupt interrupt;
  auto caller = Caller::connect(common.endpoints, common.session_timeout, &interrupt);
  if (!caller) return std::unexpected(std::move(caller).error());
  PADDOCK_TRY(create_all(*caller, path_and_ancestors(fanout.path)));

  auto poller = Poller::open();
  if (!poller) return std::unexpected(std::move(poller).error());
  SessionPool pool(*poller, interrupt, common, fanout.watchers + 1);
  PADDOCK_TRY(pool.open_all(SessionPool::kConcurrency, nullptr));
  Report report = Fanout(common, fanout, interrupt, pool).run();
  if (!report.failure.empty()) return report;
  PADDOCK_TRY(pool.end_sessions());
  PADDOCK_TRY(caller->close_session());
  return report;
}

}  // namespace paddock::bench
