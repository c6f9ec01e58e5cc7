// SPDX-License-Identifier: Apache-2.0
//
// `paddock restore` and `paddock verify`.
#include <array>
#include <charconv>
#include <ctime>
#include <random>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "arguments/arguments.h"
#include "backup/backup.h"
#include "backup/place_options.h"
#include "backup/restore.h"
#include "base/number_text.h"
#include "data/place.h"
#include "data/snapshot_io.h"
#include "storage/posix_disk.h"

namespace paddock::backup {
namespace {

namespace json = boost::json;

constexpr std::string_view kRestoreDescription =
    "Makes a dataDir of a backup, for a server to start from. It begins another history: members "
    "of "
    "the ensemble\nthat the backup is of do not talk to it.";
constexpr std::string_view kVerifyDescription =
    "Loads all of a backup, and compares each base with what the log leads to.";
constexpr std::string_view kFooter = "Exit codes: 0 done, or whole; 1 not; 2 wrong usage.";

/// "2026-11-27T23:10:00Z", or milliseconds since 1970.
std::optional<WallTime> parse_time(const std::string& text) {
  std::int64_t ms = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, ms);
  if (error == std::errc{} && at == end) return WallTime{ms};
  std::tm parts{};
  const char* const rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  constexpr std::int64_t kMsPerSecond = 1000;
  // All of the second belongs to it.
  return WallTime{::timegm(&parts) * kMsPerSecond + kMsPerSecond - 1};
}

std::string new_id() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

struct RestoreLine {
  PlaceOptions from;
  Target target;
  std::string data;
  std::string log;
  std::int32_t server = 0;
  Fork fork;
};

void define(arguments::App& app, RestoreLine& line) {
  define_place(app, "BACKUP", line.from);
  app.option("DATA", line.data, "an empty directory: the new dataDir").required();
  app.option("--log-dir", line.log, "an empty directory: the new dataLogDir");
  app.option("--myid", line.server, "of a member of an ensemble").within(0, 255);
  app.option(
         "--to-zxid",
         [&line](const std::string& text) { line.target.zxid = parse_zxid(text); },
         "the last transaction that counts")
      .check([](const std::string& text) {
        return parse_zxid(text) ? "" : "expected a zxid, as 0x100000001";
      });
  app.option(
         "--to-time",
         [&line](const std::string& text) { line.target.time = parse_time(text); },
         "until when transactions count: 2026-11-27T23:10:00Z, or milliseconds since 1970")
      .check([](const std::string& text) {
        return parse_time(text) ? "" : "expected a time, as 2026-11-27T23:10:00Z";
      });
  app.option("--ensemble-id",
             line.fork.ensemble_id,
             "of the new ensemble, when its members are restored one by one; a new one if not "
             "given");
  app.flag("--forget-members",
           line.fork.forgets_members,
           "what reconfigurations did to the members does not count");
}

Result<std::unique_ptr<data::State>> load(const PlaceOptions& from, const Target& target) {
  if (!is_one_file(from)) {
    const std::string where = from.where;
    auto repository = open_repository(where, from.s3, from.tls);
    PADDOCK_TRY(repository);
    return load_backup(**repository, target);
  }
  storage::PosixDisk disk;
  if (target.zxid || target.time) {
    return fail(from.where +
                " is one snapshot: only a directory or a bucket leads to other points");
  }
  return data::load_snapshot(disk, from.where);
}

Result<> restore(RestoreLine& line, cli::Output& out) {
  auto state = load(line.from, line.target);
  PADDOCK_TRY(state);
  const Zxid reached = (*state)->tree.last_zxid();
  if (line.fork.ensemble_id.empty()) line.fork.ensemble_id = new_id();
  PADDOCK_TRY(fork(**state, line.fork));
  PADDOCK_TRY(data::place_state(
      **state, {.data = line.data, .log = line.log, .server = ServerId{line.server}}, wall_now()));
  const std::size_t znodes = (*state)->tree.counts().nodes;
  const std::string zxid = fmt::format("0x{:x}", reached.value);
  out.line(fmt::format("{}/paddock: the state after {}, {} znodes, {} sessions",
                       line.data,
                       zxid,
                       znodes,
                       (*state)->sessions.size()));
  out.line("ensemble id " + line.fork.ensemble_id + "; other members get it by --ensemble-id");
  out.json(json::object{{"zxid", zxid},
                        {"znodes", znodes},
                        {"sessions", (*state)->sessions.size()},
                        {"ensemble_id", line.fork.ensemble_id}});
  return {};
}

Result<> verify(const PlaceOptions& place, cli::Output& out) {
  json::array found;
  const auto say = [&](const std::string& what) {
    out.line(what);
    found.push_back(json::string(what));
  };
  std::unique_ptr<data::State> state;
  if (is_one_file(place)) {
    storage::PosixDisk disk;
    auto loaded = data::load_snapshot(disk, place.where);
    PADDOCK_TRY(loaded);
    state = std::move(*loaded);
    say(fmt::format("{}: zxid 0x{:x}, {} znodes, digest 0x{:x}",
                    place.where,
                    state->tree.last_zxid().value,
                    state->tree.counts().nodes,
                    state->tree.digest()));
  } else {
    auto repository = open_repository(place.where, place.s3, place.tls);
    PADDOCK_TRY(repository);
    auto verified = verify_backup(**repository, say);
    PADDOCK_TRY(verified);
    state = std::move(*verified);
  }
  out.json(json::object{{"ok", true},
                        {"zxid", fmt::format("0x{:x}", state->tree.last_zxid().value)},
                        {"znodes", state->tree.counts().nodes},
                        {"found", std::move(found)}});
  return {};
}

}  // namespace

int restore_main(int argc, const char* const* argv) {
  RestoreLine line;
  arguments::App app(kRestoreDescription, "paddock restore");
  app.footer(kFooter);
  define(app, line);
  return run_command(
      app, line.from, argc, argv, [&](cli::Output& out) { return restore(line, out); });
}

int verify_main(int argc, const char* const* argv) {
  PlaceOptions place;
  arguments::App app(kVerifyDescription, "paddock verify");
  app.footer(kFooter);
  define_place(app, "BACKUP", place);
  return run_command(app, place, argc, argv, [&](cli::Output& out) { return verify(place, out); });
}

}  // namespace paddock::backup
