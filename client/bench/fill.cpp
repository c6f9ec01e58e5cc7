// SPDX-License-Identifier: Apache-2.0
#include "bench/fill.h"

#include <algorithm>

#include <fmt/format.h>

#include "bench/caller.h"
#include "bench/interrupt.h"
#include "bench/key_space.h"
#include "bench/progress.h"
#include "bench/server_process.h"

namespace paddock::bench {

namespace {

/// Unanswered multis: enough for the server to sync several at once.
constexpr std::uint64_t kWindow = 16;

std::vector<std::string> directories(const FillOptions& fill) {
  std::vector<std::string> paths = path_and_ancestors(fill.path);
  const std::uint64_t count = (fill.znodes + fill.per_directory - 1) / fill.per_directory;
  for (std::uint64_t i = 0; i < count; ++i) paths.push_back(fmt::format("{}/d{:04}", fill.path, i));
  return paths;
}

/// One multi of the znodes from `first` on.
void put_znodes(ByteBuffer& out, std::int32_t xid, const FillOptions& fill, std::uint64_t first) {
  const std::uint64_t end = std::min(fill.znodes, first + fill.multi_size);
  const std::string values = make_value(fill.value_size * (end - first), fill.seed + first);
  MultiRequest multi(out, xid);
  std::string path;
  for (std::uint64_t number = first; number < end; ++number) {
    path = fmt::format("{}/d{:04}/n{:07}", fill.path, number / fill.per_directory, number);
    multi.create(
        {.path = path,
         .data = View{values}.substr((number - first) * fill.value_size, fill.value_size)});
  }
  multi.finish();
}

}  // namespace

Result<Report> run_fill(const CommonOptions& common, const FillOptions& fill) {
  Interrupt interrupt;
  auto caller = Caller::connect(common.endpoints, common.session_timeout, &interrupt);
  if (!caller) return std::unexpected(std::move(caller).error());
  PADDOCK_TRY(create_all(*caller, directories(fill)));

  Row row{.name = "multi", .latency = {}, .errors = {}, .longest_at = {}};
  Progress progress("znodes", common.quiet, monotonic_now());
  const auto cpu = cpu_time_of(common.server_pids);
  const Duration own = own_cpu_time();
  const MonotonicTime start = monotonic_now();
  std::vector<MonotonicTime> sent_at(kWindow);
  std::uint64_t created = 0;
  const Result<> done =
      caller->run((fill.znodes + fill.multi_size - 1) / fill.multi_size,
                  [&](ByteBuffer& out, std::int32_t xid, std::uint64_t number) {
                    sent_at[number % kWindow] = monotonic_now();
                    put_znodes(out, xid, fill, number * fill.multi_size);
                  },
                  [&](std::uint64_t number, const Reply& reply) -> Result<> {
                    ErrorCode error = reply.header.err;
                    if (error == ErrorCode::Ok) error = multi_error(reply.body);
                    if (error != ErrorCode::Ok) {
                      return fail(fmt::format(
                          "creating below {} failed: {}; fill needs a path that does not exist",
                          fill.path,
                          name(error)));
                    }
                    const MonotonicTime now = monotonic_now();
                    row.latency.record(now - sent_at[number % kWindow]);
                    created = std::min(fill.znodes, (number + 1) * fill.multi_size);
                    progress.tick(now, created, 0);
                    return interrupt.came() ? Result<>{fail("interrupted")} : Result<>{};
                  },
                  kWindow);
  if (!done && created == 0) return std::unexpected(done.error());
  const Duration elapsed = monotonic_now() - start;
  Report report{.title = fmt::format("{} znodes of {} bytes", created, fill.value_size),
                .elapsed = elapsed,
                .rows = {std::move(row)},
                .has_total = true,
                .figures = {},
                .server_cpu = {},
                .generator_cpu = own_cpu_time() - own,
                .is_interrupted = !done && interrupt.came(),
                .failure = done || interrupt.came() ? std::string{} : done.error().message};
  if (cpu) report.server_cpu = cpu_time_of(common.server_pids).value_or(*cpu) - *cpu;
  report.figures.push_back(
      {"znodes per second",
       static_cast<double>(created) / std::chrono::duration<double>(elapsed).count(),
       "1/s"});
  if (done) PADDOCK_TRY(caller->close_session());
  return report;
}

}  // namespace paddock::bench
