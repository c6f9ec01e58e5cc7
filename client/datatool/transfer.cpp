// SPDX-License-Identifier: Apache-2.0
//
// From an Apache ZooKeeper server's data directory and to one.
#include <chrono>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>
#include <fmt/format.h>

#include "apache/convert.h"
#include "apache/import.h"
#include "data/place.h"
#include "datatool/commands.h"
#include "datatool/describe.h"
#include "datatool/whole_file.h"
#include "storage/posix_disk.h"

namespace paddock::datatool {
namespace {

namespace json = boost::json;

WallTime now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<milliseconds>(since_epoch).count()};
}

}  // namespace

Verdict import(const ImportOptions& options, cli::Output& out) {
  storage::PosixDisk disk;
  auto imported = apache::import_directory(disk,
                                           {.data = options.apache,
                                            .log = options.apache_log,
                                            .ignores_digest = options.ignores_digest});
  PADDOCK_TRY(imported);
  for (const std::string& warning : imported->warnings) out.remark(warning);
  const data::State& state = *imported->state;
  PADDOCK_TRY(data::place_state(state,
                                {.data = options.data,
                                 .log = options.log,
                                 .server = ServerId{options.server},
                                 .epoch = imported->epoch},
                                now()));
  const std::string digest = imported->digest_checked
                                 ? "checked after " + hex(imported->digest_checked->value)
                                 : "not checked: the files hold none that can be compared";
  out.line(fmt::format("read            {} and {} transactions above it",
                       imported->snapshot,
                       imported->transactions));
  out.line(fmt::format("digest          {}", digest));
  out.line(fmt::format("written         {}/paddock: {} znodes, {} sessions, last zxid {}",
                       options.data,
                       state.tree.counts().nodes,
                       state.sessions.size(),
                       hex(state.tree.last_zxid().value)));
  json::object document = to_json(state);
  document["snapshot"] = imported->snapshot;
  document["transactions"] = imported->transactions;
  document["digest_checked"] = imported->digest_checked.has_value();
  document["warnings"] = json::value_from(imported->warnings);
  out.json(document);
  return true;
}

Verdict export_to_apache(const ExportOptions& options, cli::Output& out) {
  storage::PosixDisk disk;
  const auto state = load_state(disk, options.target);
  PADDOCK_TRY(state);
  const Zxid zxid = (*state)->tree.last_zxid();
  const std::string directory = options.apache + "/version-2";
  const auto there = disk.kind(directory);
  PADDOCK_TRY(there);
  if (*there != storage::PathKind::Missing) {
    return fail(
        fmt::format("{} is there already, and nothing is written over it; give an empty "
                    "directory, or move it away",
                    directory));
  }
  const std::string name = fmt::format("snapshot.{:x}", static_cast<std::uint64_t>(zxid.value));
  const std::string epoch = fmt::format("{}\n", zxid.epoch());
  // Grows under another name: a crash leaves nothing that a server starts from.
  const std::string growing = directory + ".new";
  PADDOCK_TRY(disk.make_directory(growing));
  PADDOCK_TRY(write_file(disk, growing + "/" + name, apache::to_snapshot(**state)));
  PADDOCK_TRY(write_file(disk, growing + "/currentEpoch", epoch));
  PADDOCK_TRY(write_file(disk, growing + "/acceptedEpoch", epoch));
  PADDOCK_TRY(disk.sync_directory(growing));
  PADDOCK_TRY(disk.rename(growing, directory));
  PADDOCK_TRY(disk.sync_directory(options.apache));
  out.line(fmt::format("written         {}/{}: {} znodes, {} sessions, last zxid {}",
                       directory,
                       name,
                       (*state)->tree.counts().nodes,
                       (*state)->sessions.size(),
                       hex(zxid.value)));
  json::object document = to_json(**state);
  document["snapshot"] = directory + "/" + name;
  out.json(document);
  return true;
}

}  // namespace paddock::datatool
