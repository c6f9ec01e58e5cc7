// SPDX-License-Identifier: Apache-2.0
#include "bench/session_storm.h"

#include <thread>

#include <fmt/format.h>
#include <sys/resource.h>

#include "bench/interrupt.h"
#include "bench/progress.h"
#include "bench/server_process.h"
#include "bench/session_pool.h"

namespace paddock::bench {

namespace {

/// Lets the server notice the dropped sockets before they are replaced.
constexpr milliseconds kSettle{500};

Result<> allow_open_files(std::uint64_t count) {
  constexpr std::uint64_t kOtherFiles = 64;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < count + kOtherFiles) {
    return fail(
        fmt::format("{} sessions need as many open files, and the limit is {}; raise it with "
                    "ulimit -Hn or ask for fewer sessions",
                    count,
                    limit.rlim_max));
  }
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return {};
}

Result<> prepare_round(const StormOptions& storm, SessionPool& pool) {
  if (!storm.reattach) return pool.end_sessions();
  pool.drop_connections();
  std::this_thread::sleep_for(kSettle);
  return {};
}

}  // namespace

Result<Report> run_storm(const CommonOptions& common, const StormOptions& storm) {
  PADDOCK_TRY(allow_open_files(storm.sessions));
  auto poller = Poller::open();
  if (!poller) return std::unexpected(std::move(poller).error());
  Interrupt interrupt;
  SessionPool pool(*poller, interrupt, common, storm.sessions);
  if (storm.reattach) PADDOCK_TRY(pool.open_all(storm.concurrency, nullptr));

  Report report{.title = fmt::format(
                    "{} sessions, {} handshakes at a time", storm.sessions, storm.concurrency),
                .elapsed = {},
                .rows = {},
                .has_total = true,
                .figures = {},
                .server_cpu = {},
                .generator_cpu = {}};
  Row row{
      .name = storm.reattach ? "re-attach" : "new", .latency = {}, .errors = {}, .longest_at = {}};
  Progress progress("sessions", common.quiet, monotonic_now());
  for (std::uint32_t round = 0; round < storm.rounds && !interrupt.came(); ++round) {
    if (auto prepared = prepare_round(storm, pool); !prepared) {
      report.failure = prepared.error().message;
      break;
    }
    const auto cpu = cpu_time_of(common.server_pids);
    const Duration own = own_cpu_time();
    const MonotonicTime start = monotonic_now();
    const Result<> opened = pool.open_all(storm.concurrency, &row.latency);
    report.elapsed += monotonic_now() - start;
    report.generator_cpu += own_cpu_time() - own;
    if (cpu) {
      const Duration used = cpu_time_of(common.server_pids).value_or(*cpu) - *cpu;
      report.server_cpu = report.server_cpu.value_or(Duration::zero()) + used;
    }
    progress.tick(monotonic_now(), row.latency.count(), 0);
    if (opened || interrupt.came()) continue;
    report.failure = opened.error().message;
    break;
  }
  if (row.latency.count() == 0 && !report.failure.empty()) return fail(report.failure);
  if (report.failure.empty()) PADDOCK_TRY(pool.end_sessions());
  report.is_interrupted = interrupt.came();
  report.rows.push_back(std::move(row));
  return report;
}

}  // namespace paddock::bench
