// SPDX-License-Identifier: Apache-2.0
#include "data/snapshot_io.h"

#include <utility>

#include "data/chunk_kinds.h"
#include "data/snapshot_sessions.h"
#include "storage/snapshot_reader.h"
#include "storage/snapshot_writer.h"
#include "storage/snapshots.h"
#include "tree/loader.h"
#include "tree/snapshot.h"

namespace paddock::data {
namespace {

/// A step of the walk has no more than 512 nodes.
constexpr int kStepsPerChunk = 16;

Result<> take(View bytes, std::uint32_t kind, tree::TreeLoader& loader, State& state) {
  if (kind == kChunkTree) return loader.add(bytes);
  if (kind != kChunkSessions) return {};
  return for_each_session(
      bytes, [&](const session::Session& session) { state.sessions[session.id] = session; });
}

}  // namespace

Result<std::unique_ptr<State>> load_snapshot(storage::Disk& disk, const std::string& path) {
  auto reader = storage::SnapshotReader::open(disk, path);
  PADDOCK_TRY(reader);
  const storage::SnapshotInfo& info = (*reader)->info();
  auto state = std::make_unique<State>();
  state->mark = {.ensemble_id = info.ensemble_id, .feature_level = info.feature_level};
  state->time = info.created;
  tree::TreeLoader loader;
  PADDOCK_TRY((*reader)->for_each([&](std::uint32_t kind, View bytes) -> Result<> {
    auto taken = take(bytes, kind, loader, *state);
    if (!taken) return std::unexpected(std::move(taken).error().within(path));
    return {};
  }));
  if (auto finished = loader.finish(); !finished) {
    return std::unexpected(std::move(finished).error().within(path));
  }
  loader.install(state->tree);
  if (state->tree.last_zxid() != info.zxid) {
    return fail(path +
                ": its tree is of another transaction than its header says; restore "
                "another snapshot");
  }
  return state;
}

Result<std::string> write_snapshot(storage::Disk& disk,
                                   const std::string& directory,
                                   const State& state,
                                   WallTime created) {
  tree::SnapshotWalk walk(state.tree);
  auto writer = storage::SnapshotWriter::create(disk,
                                                directory,
                                                {.zxid = walk.zxid(),
                                                 .ensemble_id = state.mark.ensemble_id,
                                                 .created = created,
                                                 .items = walk.nodes(),
                                                 .feature_level = state.mark.feature_level});
  PADDOCK_TRY(writer);
  SessionList sessions;
  for (const auto& [id, session] : state.sessions) sessions.push_back(session);
  PADDOCK_TRY((*writer)->add(kChunkSessions, encode_sessions(sessions)));
  tree::pb::TreeChunk chunk;
  for (bool has_more = true; has_more;) {
    for (int step = 0; step < kStepsPerChunk && has_more; ++step) {
      const auto more = walk.step(chunk);
      PADDOCK_TRY(more);
      has_more = *more;
    }
    PADDOCK_TRY((*writer)->add(kChunkTree, chunk.SerializeAsString()));
    chunk.Clear();
  }
  PADDOCK_TRY((*writer)->finish());
  return storage::snapshot_path(directory, walk.zxid());
}

}  // namespace paddock::data
