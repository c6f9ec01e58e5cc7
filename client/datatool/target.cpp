// SPDX-License-Identifier: Apache-2.0
#include "datatool/target.h"

#include <array>
#include <utility>

#include "data/in_use.h"
#include "data/snapshot_io.h"
#include "storage/snapshot_blocks.h"

namespace paddock::datatool {
namespace {

Result<bool> is_snapshot(storage::Disk& disk, const std::string& path) {
  auto file = disk.open(path, storage::OpenMode::Read);
  PADDOCK_TRY(file);
  std::array<char, storage::kSnapshotPreambleBytes> bytes{};
  const auto got = (*file)->read(0, bytes);
  PADDOCK_TRY(got);
  return *got == bytes.size() &&
         storage::decode_preamble({bytes.data(), bytes.size()}) != storage::PreambleState::Invalid;
}

}  // namespace

Result<TargetKind> kind_of(storage::Disk& disk, const std::string& path) {
  const auto kind = disk.kind(path);
  PADDOCK_TRY(kind);
  if (*kind == storage::PathKind::Missing) return fail(path + " does not exist");
  if (*kind == storage::PathKind::Directory) return TargetKind::Directory;
  const auto snapshot = is_snapshot(disk, path);
  PADDOCK_TRY(snapshot);
  if (*snapshot) return TargetKind::Snapshot;
  const std::size_t slash = path.rfind('/');
  const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
  if (name.starts_with("segment.")) return TargetKind::Segment;
  return fail(path +
              " is neither a snapshot nor a segment of a log; a segment's file is named "
              "segment.<number>");
}

Result<OpenedDirectory> open_directory(storage::Disk& disk, const TargetOptions& target) {
  const bool is_in_use = data::is_in_use(target.path + "/paddock") || data::is_in_use(target.path);
  auto directory = data::Directory::open(
      disk, {.data = target.path, .log = target.log_directory, .is_in_use = is_in_use});
  PADDOCK_TRY(directory);
  return OpenedDirectory{std::move(*directory), is_in_use};
}

Result<std::unique_ptr<data::State>> load_state(storage::Disk& disk, const TargetOptions& target) {
  const auto kind = kind_of(disk, target.path);
  PADDOCK_TRY(kind);
  switch (*kind) {
    case TargetKind::Segment:
      return fail(target.path +
                  " is one segment of a log and no state; give a snapshot or a data "
                  "directory");
    case TargetKind::Snapshot:
      return data::load_snapshot(disk, target.path);
    case TargetKind::Directory:
      break;
  }
  auto opened = open_directory(disk, target);
  PADDOCK_TRY(opened);
  return opened->directory->load();
}

}  // namespace paddock::datatool
