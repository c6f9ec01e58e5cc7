// SPDX-License-Identifier: Apache-2.0
#include "backup/backup.h"

#include <functional>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "arguments/arguments.h"
#include "backup/place_options.h"
#include "backup/schedule.h"
#include "backup/take.h"
#include "client_text/duration_text.h"

namespace paddock::backup {
namespace {

constexpr std::string_view kDescription =
    "Takes a backup of a running server by its admin port. Into a file: a snapshot. Into a "
    "directory "
    "or a bucket:\na base, and from the second time on what was committed since.";

constexpr std::string_view kFooter =
    "A bucket needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.\n"
    "Exit codes: 0 done; 1 not done; 2 wrong usage.";

struct CommandLine {
  PlaceOptions place;
  SourceOptions source{.url = "http://127.0.0.1:8080"};
  RoundOptions round;
  milliseconds every{0};
};

std::string check_duration(const std::string& text) {
  const auto duration = client::parse_duration(text);
  return duration ? std::string{} : duration.error().message;
}

milliseconds milliseconds_of(const std::string& text) {
  return std::chrono::duration_cast<milliseconds>(client::parse_duration(text).value());
}

void define(arguments::App& app, CommandLine& line) {
  define_place(app, "TARGET", line.place);
  app.option("--admin", line.source.url, "http://host:port or https://host:port of the admin port")
      .or_environment("PADDOCK_ADMIN")
      .show_default();
  app.option("--auth", line.source.auth, "user:password").or_environment("PADDOCK_ADMIN_AUTH");
  app.option("--token", line.source.token, "a bearer token").or_environment("PADDOCK_ADMIN_TOKEN");
  app.option("--tls-certificate", line.place.tls.certificate, "our own, PEM with its key");
  app.flag("--full", line.round.is_full, "take a base, whatever is there");
  app.option(
         "--full-every",
         [&line](const std::string& text) { line.round.full_every = milliseconds_of(text); },
         "how old a base becomes before the next one; 24h if not given")
      .check(check_duration);
  app.option(
         "--keep",
         [&line](const std::string& text) { line.round.keep = milliseconds_of(text); },
         "how far back in time states can be restored: 30d; what only older ones need is removed")
      .check(check_duration);
  app.option(
         "--every",
         [&line](const std::string& text) { line.every = milliseconds_of(text); },
         "go on, with such pauses, until ended: 60s")
      .check(check_duration);
}

void report(const Taken& taken, cli::Output& out) {
  const std::string zxid = fmt::format("0x{:x}", taken.last.value);
  out.line(fmt::format("{} up to zxid {}{}",
                       taken.name,
                       zxid,
                       taken.sha256.empty() ? "" : ", SHA-256 " + taken.sha256));
  out.json(boost::json::object{{"stored", taken.name}, {"zxid", zxid}, {"sha256", taken.sha256}});
}

Result<> run_once(const CommandLine& line,
                  Source& source,
                  Repository& repository,
                  cli::Output& out) {
  const auto round = take_round(source, repository, line.round, wall_now());
  PADDOCK_TRY(round);
  for (const Taken& one : round->taken) report(one, out);
  if (round->taken.empty()) out.line("nothing was written since");
  for (const std::string& name : round->removed) {
    out.line("removed " + name);
    out.json(boost::json::object{{"removed", name}});
  }
  return {};
}

Result<> run(CommandLine& line, cli::Output& out) {
  line.source.tls = line.place.tls;
  auto source = Source::create(line.source);
  PADDOCK_TRY(source);
  if (is_one_file(line.place)) {
    if (line.every.count() != 0 || line.round.keep) {
      return fail("--every and --keep need a directory or a bucket");
    }
    const auto taken = take_file(*source, line.place.where);
    PADDOCK_TRY(taken);
    report(*taken, out);
    return {};
  }
  auto repository = open_repository(line.place.where, line.place.s3, line.place.tls);
  PADDOCK_TRY(repository);
  if (line.every.count() == 0) return run_once(line, *source, **repository, out);
  return repeat(line.every, [&] {
    // The next time may go well: a server that is restarted is no reason to end.
    const auto done = run_once(line, *source, **repository, out);
    if (!done) out.remark(done.error().message);
    line.round.is_full = false;
  });
}

}  // namespace

int backup_main(int argc, const char* const* argv) {
  CommandLine line;
  arguments::App app(kDescription, "paddock backup");
  app.footer(kFooter);
  define(app, line);
  return run_command(app, line.place, argc, argv, [&](cli::Output& out) { return run(line, out); });
}

}  // namespace paddock::backup
