// SPDX-License-Identifier: Apache-2.0
#include "bench/load.h"

#include <algorithm>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "bench/caller.h"
#include "bench/interrupt.h"
#include "bench/load_worker.h"
#include "bench/progress.h"
#include "bench/server_process.h"

namespace paddock::bench {

namespace {

/// Longer than workers take for what is late at the end.
constexpr Duration kLateMax = seconds{60};

using Workers = std::vector<std::unique_ptr<LoadWorker>>;

Result<LoadPlan> make_plan(const CommonOptions& common, const LoadOptions& load) {
  auto keys = KeySpace::make(load.key_pattern, load.keys);
  if (!keys) return std::unexpected(std::move(keys).error());
  const std::string parent(keys->parent() == "/" ? "" : keys->parent());
  return LoadPlan{.common = common,
                  .load = load,
                  .keys = std::move(*keys),
                  .value = make_value(load.value_size, load.seed),
                  .made_directory = parent + "/made"};
}

Result<> ignore_reply(std::uint64_t, const Reply&) {
  return {};
}

/// Creates the keys, and gives those that exist the value of this run.
Result<> prepare(const LoadPlan& plan) {
  auto caller = Caller::connect(plan.common.endpoints, plan.common.session_timeout);
  if (!caller) return std::unexpected(std::move(caller).error());
  std::vector<std::string> directories = plan.keys.ancestors();
  directories.push_back(plan.made_directory);
  PADDOCK_TRY(create_all(*caller, directories));
  std::vector<std::uint64_t> existing;
  PADDOCK_TRY(caller->run(
      plan.keys.count(),
      [&](ByteBuffer& out, std::int32_t xid, std::uint64_t key) {
        put_create(out, xid, {.path = plan.keys.path(key), .data = plan.value});
      },
      [&](std::uint64_t key, const Reply& reply) -> Result<> {
        const ErrorCode error = reply.header.err;
        if (error == ErrorCode::NodeExists) existing.push_back(key);
        if (error == ErrorCode::Ok || error == ErrorCode::NodeExists) return {};
        return fail(fmt::format("cannot create {}: {}", plan.keys.path(key), name(error)));
      }));
  PADDOCK_TRY(caller->run(
      existing.size(),
      [&](ByteBuffer& out, std::int32_t xid, std::uint64_t number) {
        put_set(out, xid, {plan.keys.path(existing[number]), plan.value, -1});
      },
      ignore_reply));
  return caller->close_session();
}

/// Deletes what the run created. Directories that others still use stay, and so nothing is an
/// error.
Result<> clear_away(const LoadPlan& plan, const Workers& workers) {
  auto caller = Caller::connect(plan.common.endpoints, plan.common.session_timeout);
  if (!caller) return std::unexpected(std::move(caller).error());
  std::vector<std::string> paths;
  for (const auto& worker : workers) worker->append_left_over(paths);
  paths.push_back(plan.made_directory);
  for (std::uint64_t key = 0; key < plan.keys.count(); ++key)
    paths.emplace_back(plan.keys.path(key));
  std::vector<std::string> directories = plan.keys.ancestors();
  std::ranges::move(directories.rbegin(), directories.rend(), std::back_inserter(paths));
  PADDOCK_TRY(caller->run(
      paths.size(),
      [&](ByteBuffer& out, std::int32_t xid, std::uint64_t number) {
        put_delete(out, xid, paths[number]);
      },
      ignore_reply));
  return caller->close_session();
}

/// The `number`th of `parts` nearly equal parts of `whole`.
std::uint64_t part_of(std::uint64_t whole, std::uint32_t number, std::uint32_t parts) {
  return whole / parts + (number < whole % parts ? 1 : 0);
}

Result<Workers> start_workers(const LoadPlan& plan) {
  const LoadOptions& load = plan.load;
  std::uint32_t threads = std::min(load.threads, load.sessions);
  if (load.rate > 0)
    threads = static_cast<std::uint32_t>(std::min<std::uint64_t>(threads, load.rate));
  Workers workers;
  for (std::uint32_t i = 0; i < threads; ++i) {
    auto poller = Poller::open();
    if (!poller) return std::unexpected(std::move(poller).error());
    const WorkerShare share{
        .number = i,
        .sessions = static_cast<std::uint32_t>(part_of(load.sessions, i, threads)),
        .rate = part_of(load.rate, i, threads),
        .operations = load.operations == 0
                          ? 0
                          : std::max<std::uint64_t>(1, part_of(load.operations, i, threads))};
    workers.push_back(std::make_unique<LoadWorker>(std::move(*poller), plan, share));
    PADDOCK_TRY(workers.back()->connect());
  }
  return workers;
}

struct CpuSample {
  std::optional<Duration> server;
  Duration own{0};
};

CpuSample sample_cpu(const std::vector<pid_t>& server_pids) {
  return {.server = cpu_time_of(server_pids), .own = own_cpu_time()};
}

/// Waits, with a progress line a second, until `until`, all workers have finished, or Control-C.
void watch_over(const Workers& workers,
                Interrupt& interrupt,
                Progress& progress,
                MonotonicTime until) {
  const auto finished = [](const auto& worker) {
    return worker->finished();
  };
  for (MonotonicTime now = monotonic_now(); now < until; now = monotonic_now()) {
    if (std::ranges::all_of(workers, finished)) return;
    if (interrupt.wait(std::min<Duration>(until - now, milliseconds{50}))) return;
    std::uint64_t answers = 0;
    std::uint64_t errors = 0;
    for (const auto& worker : workers) {
      answers += worker->answers();
      errors += worker->errors();
    }
    progress.tick(monotonic_now(), answers, errors);
  }
}

Report collect(const LoadPlan& plan, const Workers& workers, MeasuredTime measured) {
  Report report{.title = fmt::format("{} sessions x {}", plan.load.sessions, plan.load.pipeline),
                .elapsed = {},
                .rows = {},
                .has_total = true,
                .figures = {},
                .server_cpu = {},
                .generator_cpu = {}};
  MonotonicTime last = measured.from;
  Duration silence{0};
  for (const Operation operation : kOperations) {
    Row row{.name = std::string(name(operation)), .latency = {}, .errors = {}, .longest_at = {}};
    for (const auto& worker : workers) {
      const Row& part = worker->row(operation);
      if (part.latency.max() > row.latency.max()) row.longest_at = part.longest_at;
      row.latency.merge(part.latency);
      for (const auto& [code, count] : part.errors) row.errors[code] += count;
    }
    if (row.latency.count() > 0 || !row.errors.empty()) report.rows.push_back(std::move(row));
  }
  for (const auto& worker : workers) {
    // A number of operations takes until the last answer; a time takes that time.
    const bool by_count = plan.load.operations > 0;
    last = std::max(last, by_count ? worker->last_answer() : worker->measured_until());
    silence = std::max(silence, worker->longest_silence());
  }
  report.elapsed = last - measured.from;
  report.measured_from = measured.from;
  report.figures.push_back(
      {"longest silence", std::chrono::duration<double, std::milli>(silence).count(), "ms"});
  return report;
}

Report measure(const LoadPlan& plan, const Workers& workers) {
  Interrupt interrupt;
  std::atomic<bool> stop{false};
  const MonotonicTime now = monotonic_now();
  const MonotonicTime from = now + plan.load.warm_up;
  const bool by_count = plan.load.operations > 0;
  const MeasuredTime measured{from,
                              from + (by_count ? Duration{seconds{86400}} : plan.load.duration)};
  Progress progress("answers", plan.common.quiet, now);

  std::vector<std::jthread> threads;
  for (const auto& worker : workers) {
    threads.emplace_back([&worker, &measured, &stop] { worker->run(measured, stop); });
  }
  watch_over(workers, interrupt, progress, measured.from);
  const CpuSample before = sample_cpu(plan.common.server_pids);
  watch_over(workers, interrupt, progress, measured.until);
  const CpuSample after = sample_cpu(plan.common.server_pids);
  if (!interrupt.came()) watch_over(workers, interrupt, progress, measured.until + kLateMax);
  stop.store(true, std::memory_order_relaxed);
  threads.clear();

  Report report = collect(plan, workers, measured);
  report.is_interrupted = interrupt.came();
  if (before.server && after.server) report.server_cpu = *after.server - *before.server;
  report.generator_cpu = after.own - before.own;
  return report;
}

}  // namespace

Result<Report> run_load(const CommonOptions& common, const LoadOptions& load) {
  auto plan = make_plan(common, load);
  if (!plan) return std::unexpected(std::move(plan).error());
  PADDOCK_TRY(prepare(*plan));
  auto workers = start_workers(*plan);
  if (!workers) return std::unexpected(std::move(workers).error());
  Report report = measure(*plan, *workers);
  if (load.keep) return report;
  // A server that died must not cost the result.
  if (auto cleared = clear_away(*plan, *workers); !cleared) {
    report.failure = "the znodes of this run are still there: " + cleared.error().message;
  }
  return report;
}

}  // namespace paddock::bench
