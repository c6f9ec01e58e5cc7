// SPDX-License-Identifier: Apache-2.0
#include "runtime/recovery.h"

#include <array>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "data/chunk_kinds.h"
#include "data/snapshot_sessions.h"
#include "net/event_loop.h"
#include "runtime/settings.h"
#include "tree/loader.h"

namespace paddock::runtime {

namespace {

std::string random_id() {
  std::random_device device;
  std::string id(16, '\0');
  for (char& byte : id) byte = static_cast<char>(device() & 0xffU);
  return id;
}

Result<> make_directories(storage::Disk& disk, const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    auto kind = disk.kind(part);
    if (!kind) return fail(kind.error().message);
    if (*kind == storage::PathKind::Missing) {
      const auto made = disk.make_directory(part);
      if (!made) return fail(made.error().message);
    }
    if (end == std::string::npos) return {};
  }
}

milliseconds since(MonotonicTime start) {
  return std::chrono::duration_cast<milliseconds>(net::read_monotonic() - start);
}

/// The right to vote with an empty disk comes from a marker file, which counts once, or from the
/// settings. Source: ZooKeeper FileTxnSnapLog.restore.
Result<> initialize_member(const config::ServerConfig& config,
                           storage::Disk& disk,
                           storage::Store& store) {
  const std::string marker = config.storage.data_dir + "/initialize";
  const auto kind = disk.kind(marker);
  if (!kind) return fail(kind.error().message);
  const bool is_marked = *kind != storage::PathKind::Missing;
  if (store.fresh()) {
    spdlog::info("{} is new", config.storage.data_dir);
    if (is_marked) spdlog::info("{}: this server votes although it holds nothing", marker);
    if (config.storage.start_empty) {
      spdlog::warn("db.autocreate=true: this server votes although it holds nothing");
    }
    PADDOCK_TRY(store.initialize({.disk_id = random_id(),
                                  .ensemble_id = {},
                                  .may_vote = is_marked || config.storage.start_empty}));
  }
  if (!is_marked) return {};
  const auto removed = disk.remove(marker);
  if (!removed) return fail(removed.error().message);
  return {};
}

}  // namespace

Result<LoadedSnapshot> load_snapshot(storage::Store& store) {
  auto reader = store.open_snapshot();
  PADDOCK_TRY(reader);
  LoadedSnapshot loaded{.tree = std::make_unique<tree::TreeLoader>(),
                        .sessions = {},
                        .charter = {.ensemble_id = (*reader)->info().ensemble_id,
                                    .feature_level = (*reader)->info().feature_level},
                        .created = (*reader)->info().created};
  PADDOCK_TRY((*reader)->for_each([&](std::uint32_t kind, View bytes) -> Result<> {
    if (kind == data::kChunkTree) return loaded.tree->add(bytes);
    if (kind != data::kChunkSessions) return {};
    return data::for_each_session(
        bytes, [&](const session::Session& session) { loaded.sessions.push_back(session); });
  }));
  PADDOCK_TRY(loaded.tree->finish());
  return loaded;
}

storage::EnsembleMark mark_of(const replica::Charter& charter) {
  return {.ensemble_id = charter.ensemble_id, .feature_level = charter.feature_level};
}

Result<std::unique_ptr<storage::Store>> open_store(const config::ServerConfig& config,
                                                   storage::Disk& disk,
                                                   std::uint32_t feature_level) {
  storage::StoreOptions options = store_options(config);
  options.feature_level = feature_level;
  if (config.storage.create_dirs) {
    PADDOCK_TRY(make_directories(disk, options.data_directory));
    if (!options.log_directory.empty()) PADDOCK_TRY(make_directories(disk, options.log_directory));
  }
  auto store = storage::Store::open(disk, options);
  if (!store) return fail(std::move(store.error().message));
  if (!config.is_standalone()) {
    PADDOCK_TRY(initialize_member(config, disk, **store));
  } else if ((*store)->fresh()) {
    if (!config.storage.start_empty) {
      return fail(
          fmt::format("{} holds no data and db.autocreate=false forbids to start empty; restore "
                      "the data, or remove that setting to begin with an empty tree",
                      options.data_directory));
    }
    spdlog::info("{} is new: starting with an empty tree", options.data_directory);
    PADDOCK_TRY((*store)->initialize({.disk_id = random_id(), .ensemble_id = {}}));
  }
  return std::move(*store);
}

zab::Recovered alone_at(Zxid last) {
  zab::Recovered recovered;
  recovered.quorums.committed.voters.insert(ServerId{0});
  recovered.last = recovered.committed = last;
  return recovered;
}

zab::Recovered member_at(storage::Store& store,
                         const replica::Replica& replica,
                         zab::SharedBatch tail) {
  const storage::Metadata metadata = store.metadata();
  zab::Recovered recovered;
  recovered.epochs = {.accepted = metadata.accepted_epoch(),
                      .current = metadata.current_epoch(),
                      .may_vote = !metadata.may_not_vote()};
  recovered.committed = replica.last_applied();
  recovered.last = tail->empty() ? recovered.committed : tail->last();
  recovered.tail = std::move(tail);
  return recovered;
}

Result<StartReport> recover(storage::Store& store,
                            gate::SharedTree& tree,
                            replica::Replica& replica,
                            bool all_is_committed,
                            MonotonicTime now) {
  const storage::Recovery& found = store.recovery();
  for (const std::string& warning : found.warnings) spdlog::warn("{}", warning);
  StartReport report{.snapshot = found.snapshot};
  MonotonicTime begun = net::read_monotonic();
  if (found.snapshot) {
    const auto loaded = load_snapshot(store);
    PADDOCK_TRY(loaded);
    loaded->tree->install(tree.write().tree());
    replica.restore_configuration();
    replica.restore_charter(loaded->charter);
    for (const session::Session& session : loaded->sessions) {
      replica.restore_session(session, now);
    }
    report.snapshot_created = loaded->created;
    report.snapshot_load = since(begun);
  }
  const Zxid start = found.snapshot.value_or(Zxid{});
  begun = net::read_monotonic();
  auto tail = std::make_shared<zab::EntryBatch>();
  PADDOCK_TRY(store.log().replay(start, [&](Zxid zxid, View payload) -> Result<> {
    ++report.replayed.transactions;
    report.replayed.bytes += static_cast<std::int64_t>(payload.size());
    if (all_is_committed || zxid <= found.committed) return replica.recover(zxid, payload, now);
    tail->add(zxid, payload);
    return {};
  }));
  report.replay = since(begun);
  const Zxid last = tail->empty() ? replica.last_applied() : tail->last();
  if (last < found.last) {
    return fail(fmt::format(
        "recovery ended at zxid 0x{:x}, but the log has 0x{:x}", last.value, found.last.value));
  }
  if (replica.is_outdated()) {
    return fail(
        fmt::format("the data needs feature level {}, and this version has {}; start the "
                    "newer version",
                    replica.charter().feature_level,
                    replica.feature_level()));
  }
  report.tail = std::move(tail);
  const tree::TreeCounts counts = tree.writers_view().counts();
  spdlog::info(
      "recovered {} znodes and {} sessions: snapshot at zxid 0x{:x}, {} transactions of the log",
      counts.nodes,
      replica.sessions().size(),
      start.value,
      report.replayed.transactions);
  return report;
}

}  // namespace paddock::runtime
