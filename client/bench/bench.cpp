// SPDX-License-Identifier: Apache-2.0
#include "bench/bench.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "arguments/arguments.h"
#include "bench/fanout.h"
#include "bench/fill.h"
#include "bench/load.h"
#include "bench/session_storm.h"
#include "tls_arguments/tls_arguments.h"

namespace paddock::bench {

namespace {

constexpr auto kMax = std::numeric_limits<std::int32_t>::max();

constexpr int kUsageExitCode = 2;

constexpr std::string_view kDescription =
    "Loads a ZooKeeper-compatible server and reports how it fares.\n"
    "Without a kind of run it is 'run': bench --mix get=9,set=1 --sessions 64.";

constexpr std::string_view kFooter =
    "Control-C ends a run early, with the result so far. '--help' behind a kind explains it.\n"
    "Exit codes: 0 a result; 1 no result, or the server was lost; 2 wrong usage.";

struct LoadLine {
  std::string mix = "get";
  double warm_up_seconds = 1;
  double duration_seconds = 10;
  LoadOptions load;
};

/// What the command line says, before it is understood.
struct CommandLine {
  std::string servers = "127.0.0.1:2181";
  std::int64_t session_timeout_ms = 30000;
  std::string server_pids;
  client::TlsArguments tls;
  CommonOptions common;
  LoadLine run;
  LoadLine stall{.mix = "get=1,set=1",
                 .warm_up_seconds = 0,
                 .duration_seconds = 10,
                 .load = {.mix = {}, .sessions = 8, .pipeline = 64, .rate = 2000}};
  FanoutOptions fanout;
  StormOptions storm;
  FillOptions fill;
};

void add_common(arguments::App& command, CommandLine& line) {
  command.option("-s,--server", line.servers, "host:port, several with commas")
      .or_environment("PADDOCK_SERVER")
      .show_default();
  line.tls.define(command);
  command.option("--timeout", line.session_timeout_ms, "session timeout in milliseconds")
      .within(1, kMax)
      .show_default();
  command.option(
      "--server-pid",
      line.server_pids,
      "process id of a server on this machine, to report its processor time; several with "
      "commas: in all");
  command
      .option("--json",
              line.common.json_path,
              "write the result as JSON to this file; -, or nothing: to standard output")
      .alone_means("-");
  command.flag("-q,--quiet", line.common.quiet, "no progress lines");
}

void add_load(arguments::App& command, LoadLine& line) {
  LoadOptions& load = line.load;
  command
      .option(
          "-m,--mix",
          line.mix,
          "operations and their shares: get, exists, set, create, delete, children, multi, sync")
      .show_default();
  command.option("-c,--sessions", load.sessions, "sessions").within(1, 100000).show_default();
  command.option("-p,--pipeline", load.pipeline, "requests outstanding per session")
      .within(1, 100000)
      .show_default();
  command.option("--threads", load.threads, "threads of the generator")
      .within(1, 64)
      .show_default();
  command.option("--value-size", load.value_size, "bytes per value")
      .within(0, 64 << 20)
      .show_default();
  command.option("-k,--keys", load.keys, "znodes to work on").within(1, kMax).show_default();
  command.option("--path", load.key_pattern, "path of a znode; {} is its number").show_default();
  command.option("--multi-size", load.multi_size, "sets per multi")
      .within(1, 100000)
      .show_default();
  command.flag("--ephemeral", load.ephemeral, "create ephemeral znodes");
  command.flag("--keep", load.keep, "leave the znodes where they are");
  command.flag("--linearizable",
               load.linearizable,
               "ask for linearizable reads on each session ('addauth reads linearizable')");
  command.option("-w,--warm-up", line.warm_up_seconds, "seconds before measuring")
      .within_real(0.0, 86400.0)
      .show_default();
  command.option("-d,--duration", line.duration_seconds, "seconds to measure")
      .within_real(0.001, 86400.0)
      .show_default();
  command.option("-n,--operations", load.operations, "measure so many operations instead");
  command
      .option("-r,--rate",
              load.rate,
              "operations per second in all, their latency counted from when they are due; 0: "
              "as fast as possible")
      .within(0, 100'000'000)
      .show_default();
  command.option("--seed", load.seed, "for the choice of operations and znodes").show_default();
}

void add_fanout(arguments::App& command, CommandLine& line) {
  FanoutOptions& fanout = line.fanout;
  command.option("-c,--watchers", fanout.watchers, "sessions that watch")
      .within(1, 100000)
      .show_default();
  command.option("--rounds", fanout.rounds, "times that the znode is set")
      .within(1, kMax)
      .show_default();
  command.option("--value-size", fanout.value_size, "bytes per value")
      .within(0, 64 << 20)
      .show_default();
  command.option("--path", fanout.path, "the znode").show_default();
}

void add_storm(arguments::App& command, CommandLine& line) {
  StormOptions& storm = line.storm;
  command.option("-c,--sessions", storm.sessions, "sessions per round")
      .within(1, 1000000)
      .show_default();
  command.option("--rounds", storm.rounds, "rounds").within(1, kMax).show_default();
  command.option("--concurrency", storm.concurrency, "handshakes under way at a time")
      .within(1, 100000)
      .show_default();
  command.flag(
      "--reattach", storm.reattach, "re-attach the same sessions instead of making new ones");
}

void add_fill(arguments::App& command, CommandLine& line) {
  FillOptions& fill = line.fill;
  command.option("-n,--znodes", fill.znodes, "znodes to create").within(1, kMax).show_default();
  command.option("--value-size", fill.value_size, "bytes per value")
      .within(0, 1 << 20)
      .show_default();
  command.option("--per-directory", fill.per_directory, "znodes below one parent")
      .within(1, kMax)
      .show_default();
  command.option("--multi-size", fill.multi_size, "creates per multi")
      .within(1, 100000)
      .show_default();
  command.option("--path", fill.path, "a path that does not exist yet").show_default();
}

Duration from_seconds(double value) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

Result<std::vector<pid_t>> parse_pids(std::string_view text) {
  std::vector<pid_t> pids;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    pid_t pid = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + end, pid);
    if (error != std::errc{} || rest != text.data() + end || pid <= 0) {
      return fail(fmt::format("--server-pid: '{}' is no process id", text.substr(0, end)));
    }
    pids.push_back(pid);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pids;
}

Result<> speak_tls(CommandLine& line) {
  const auto source = line.tls.open();
  PADDOCK_TRY(source);
  if (*source == nullptr) return {};
  const auto context = (*source)->context();
  for (Endpoint& endpoint : line.common.endpoints) endpoint.tls = context;
  return {};
}

Result<> understand_common(CommandLine& line) {
  auto endpoints = resolve(line.servers);
  if (!endpoints) return std::unexpected(std::move(endpoints).error());
  line.common.endpoints = std::move(*endpoints);
  PADDOCK_TRY(speak_tls(line));
  line.common.session_timeout = milliseconds{line.session_timeout_ms};
  auto pids = parse_pids(line.server_pids);
  if (!pids) return std::unexpected(std::move(pids).error());
  line.common.server_pids = std::move(*pids);
  return {};
}

Result<Report> load(const CommonOptions& common, LoadLine& line) {
  auto mix = Mix::parse(line.mix);
  if (!mix) return std::unexpected(std::move(mix).error());
  line.load.mix = *mix;
  line.load.warm_up = from_seconds(line.warm_up_seconds);
  line.load.duration = from_seconds(line.duration_seconds);
  return run_load(common, line.load);
}

Result<> write_json(const Report& report, const std::string& path) {
  const std::string text = to_json(report) + "\n";
  std::FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "w");
  if (file == nullptr) return fail("cannot write " + path + ": " + errno_text(errno));
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool flushed = std::fflush(file) == 0;
  if (file != stdout) std::fclose(file);
  if (!written || !flushed) return fail("cannot write " + path + ": " + errno_text(errno));
  return {};
}

Result<> publish(const Report& report, const CommonOptions& common) {
  fmt::print(common.json_path == "-" ? stderr : stdout, "{}", to_table(report));
  return common.json_path.empty() ? Result<>{} : write_json(report, common.json_path);
}

using Run = std::function<Result<Report>(CommandLine&)>;

struct Command {
  std::string name;
  std::string text;
  Run run;
};

int carry_out(CommandLine& line, const Run& run) {
  Result<> done = understand_common(line);
  if (done) {
    auto report = run(line);
    done = report ? publish(*report, line.common) : Result<>{std::unexpected(report.error())};
    if (done && !report->failure.empty()) done = fail(report->failure);
  }
  if (done) return 0;
  fmt::print(stderr, "bench: {}\n", done.error().message);
  return 1;
}

/// Adds the command with the options that all have; it leaves its exit code in `exit_code`.
arguments::App& add_command(arguments::App& app,
                            CommandLine& line,
                            int& exit_code,
                            Command command) {
  arguments::App& added = app.command(command.name, command.text);
  add_common(added, line);
  added.when_parsed(
      [&line, &exit_code, run = std::move(command.run)] { exit_code = carry_out(line, run); });
  return added;
}

void add_commands(arguments::App& app, CommandLine& line, int& exit_code) {
  const auto add = [&](Command command) -> arguments::App& {
    return add_command(app, line, exit_code, std::move(command));
  };
  add_load(add({"run",
                "A mix of operations, as fast as possible or at a rate (the default)",
                [](CommandLine& l) {
                  return load(l.common, l.run);
                }}),
           line.run);
  add_load(add({"stall",
                "A steady load, to find the longest stall while something happens",
                [](CommandLine& l) {
                  return load(l.common, l.stall);
                }}),
           line.stall);
  add_fanout(add({"fanout",
                  "Many watchers of one znode: time until each is told",
                  [](CommandLine& l) {
                    return run_fanout(l.common, l.fanout);
                  }}),
             line);
  add_storm(add({"sessions",
                 "New or re-attached sessions per second",
                 [](CommandLine& l) {
                   return run_storm(l.common, l.storm);
                 }}),
            line);
  add_fill(add({"fill",
                "Creates many znodes quickly",
                [](CommandLine& l) {
                  return run_fill(l.common, l.fill);
                }}),
           line);
}

/// `run` may be left out: "bench --mix set" is "bench run --mix set".
std::vector<std::string> arguments_of(int argc, const char* const* argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool implicit =
      arguments.empty() || (arguments.front().starts_with('-') && arguments.front() != "-h" &&
                            arguments.front() != "--help");
  if (implicit) arguments.insert(arguments.begin(), "run");
  return arguments;
}

}  // namespace

int bench_main(int argc, const char* const* argv) {
  CommandLine line;
  int exit_code = 0;
  arguments::App app(kDescription, argv[0]);
  app.footer(kFooter);
  app.one_command(true);
  add_commands(app, line, exit_code);
  const std::vector<std::string> arguments = arguments_of(argc, argv);
  if (!arguments.front().starts_with('-') && !app.has_command(arguments.front())) {
    fmt::print(stderr,
               "bench: unknown kind of run '{}'; known are run, stall, fanout, sessions, fill\n",
               arguments.front());
    return kUsageExitCode;
  }
  if (const auto taken = app.parse(arguments); !taken) return arguments::report(taken.error());
  return exit_code;
}

}  // namespace paddock::bench
