// SPDX-License-Identifier: Apache-2.0
#include "data/directory.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "data/segment.h"
#include "data/snapshot_io.h"
#include "storage/metadata_file.h"
#include "storage/snapshots.h"

namespace paddock::data {
namespace {

constexpr std::string_view kHome = "/paddock";
constexpr std::string_view kSegmentPrefix = "segment.";
/// The segment that is written, the one that is prepared, and the one before: a file that is not
/// among them does not change any more.
constexpr std::size_t kFrozen = 3;
/// What a server does meanwhile may look like damage once; not again and again.
constexpr int kAttempts = 5;

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

/// dataDir, whether it was given or what is in it.
Result<std::string> root_of(storage::Disk& disk, const std::string& given) {
  std::string path = without_slashes(given);
  const auto inside = disk.kind(path + std::string(kHome) + "/metadata");
  PADDOCK_TRY(inside);
  if (*inside == storage::PathKind::File || !path.ends_with(kHome)) return path;
  const auto itself = disk.kind(path + "/metadata");
  PADDOCK_TRY(itself);
  if (*itself == storage::PathKind::File) path.resize(path.size() - kHome.size());
  return path;
}

}  // namespace

Directory::Directory(storage::Disk& disk, DirectoryOptions options)
    : overlay_(disk), options_(std::move(options)) {}

Result<std::unique_ptr<Directory>> Directory::open(storage::Disk& disk, DirectoryOptions options) {
  auto root = root_of(disk, options.data);
  PADDOCK_TRY(root);
  options.data = std::move(*root);
  options.log = without_slashes(options.log);
  for (int attempt = 1;; ++attempt) {
    std::unique_ptr<Directory> directory(new Directory(disk, options));
    auto opened = directory->open();
    if (opened) return directory;
    if (!options.is_in_use || attempt == kAttempts) {
      return std::unexpected(std::move(opened).error());
    }
  }
}

std::string Directory::home() const {
  return options_.data + std::string(kHome);
}

std::string Directory::log() const {
  return (options_.log.empty() ? options_.data : options_.log) + std::string(kHome) + "/log";
}

Result<> Directory::open() {
  PADDOCK_TRY(read_metadata());
  if (options_.is_in_use) PADDOCK_TRY(freeze_log());
  storage::StoreOptions options;
  options.data_directory = options_.data;
  options.log_directory = options_.log;
  options.server_id = ServerId{metadata_.server_id()};
  options.space.reserve_bytes = 0;
  auto store = storage::Store::open(overlay_, options);
  PADDOCK_TRY(store);
  store_ = std::move(*store);
  if (store_->fresh()) {
    return fail(
        fmt::format("{} holds no data of a Paddock server; give its dataDir", options_.data));
  }
  return find_durable();
}

Result<> Directory::read_metadata() {
  auto file = storage::MetadataFile::open(overlay_, home() + "/metadata");
  if (file) {
    metadata_ = file->current();
    return {};
  }
  // What that means, and what to do, is said when the directory is opened.
  return {};
}

Result<std::vector<std::string>> Directory::segments() {
  const auto names = overlay_.list(log());
  PADDOCK_TRY(names);
  std::vector<std::string> paths;
  for (const std::string& name : *names) {
    if (name.starts_with(kSegmentPrefix)) paths.push_back(log() + "/" + name);
  }
  return paths;
}

/// The newest first, so that nothing is seen of which what comes before is not.
Result<> Directory::freeze_log() {
  auto paths = segments();
  PADDOCK_TRY(paths);
  std::ranges::reverse(*paths);
  paths->resize(std::min(paths->size(), kFrozen));
  for (const std::string& path : *paths) PADDOCK_TRY(overlay_.freeze(path));
  return {};
}

/// Of a directory that nobody writes to, all that is there is durable.
Result<> Directory::find_durable() {
  durable_ = store_->recovery().last;
  if (!options_.is_in_use) return {};
  Zxid proof = std::max(Zxid{metadata_.durable_zxid()}, recovery().snapshot.value_or(Zxid{}));
  const auto paths = segments();
  PADDOCK_TRY(paths);
  for (std::size_t i = paths->size() - std::min(paths->size(), kFrozen); i < paths->size(); ++i) {
    const auto found = walk_segment(overlay_, (*paths)[i]);
    PADDOCK_TRY(found);
    if (found->is_begun) proof = std::max(proof, found->durable);
  }
  durable_ = std::min(durable_, proof);
  return {};
}

Result<> Directory::replay(Zxid from,
                           const std::function<Result<>(Zxid zxid, View payload)>& each) {
  auto reader = store_->log().read(from);
  PADDOCK_TRY(reader);
  for (;;) {
    const auto record = (*reader)->next();
    PADDOCK_TRY(record);
    if (!*record || (*record)->zxid > durable_) return {};
    PADDOCK_TRY(each((*record)->zxid, (*record)->payload));
  }
}

Result<std::unique_ptr<State>> Directory::load(std::optional<Zxid> zxid) {
  const Zxid until = std::min(zxid.value_or(durable_), durable_);
  const auto snapshots = storage::list_snapshots(overlay_, home());
  PADDOCK_TRY(snapshots);
  std::optional<Zxid> newest;
  for (const Zxid one : *snapshots) {
    if (one <= std::min(until, recovery().snapshot.value_or(Zxid{}))) newest = one;
  }
  auto state = std::make_unique<State>();
  if (newest) {
    auto loaded = load_snapshot(overlay_, storage::snapshot_path(home(), *newest));
    PADDOCK_TRY(loaded);
    state = std::move(*loaded);
  }
  if (state->tree.last_zxid() == until) return state;
  auto replayed = replay(state->tree.last_zxid(), [&](Zxid at, View payload) -> Result<> {
    if (at > until) return {};
    return apply(*state, at, payload);
  });
  PADDOCK_TRY(replayed);
  return state;
}

}  // namespace paddock::data
