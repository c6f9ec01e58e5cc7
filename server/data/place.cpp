// SPDX-License-Identifier: Apache-2.0
#include "data/place.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <random>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "data/snapshot_io.h"
#include "storage/posix_disk.h"
#include "storage/store.h"

namespace paddock::data {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHome = "/paddock";
/// Where it grows.
constexpr std::string_view kGrowing = "/paddock.new";
/// Of the empty log; those that a server makes later are as its settings say.
constexpr std::uint64_t kSegmentBytes = std::uint64_t{1} << 20U;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;

std::string random_id() {
  constexpr std::size_t kIdBytes = 16;
  std::random_device device;
  std::string id(kIdBytes, '\0');
  for (char& byte : id) byte = static_cast<char>(device() & 0xffU);
  return id;
}

class Placing {
 public:
  Placing(const State& state, const Place& place, WallTime now)
      : state_(state), place_(place), now_(now) {}

  Result<> run() {
    for (const std::string* const root : roots()) PADDOCK_TRY(check_root(*root));
    auto lock = disk_.lock_directory(place_.data + std::string(kGrowing));
    PADDOCK_TRY(lock);
    PADDOCK_TRY(fill());
    // The log first: a log without metadata is nothing that a server starts from.
    if (!place_.log.empty()) PADDOCK_TRY(publish(place_.log));
    PADDOCK_TRY(publish(place_.data));
    lock->reset();
    for (const std::string* const root : roots()) clear(*root + std::string(kGrowing));
    return {};
  }

 private:
  std::vector<const std::string*> roots() const {
    if (place_.log.empty()) return {&place_.data};
    return {&place_.data, &place_.log};
  }

  Result<> check_root(const std::string& root) {
    const auto kind = disk_.kind(root);
    PADDOCK_TRY(kind);
    if (*kind != storage::PathKind::Directory) {
      return fail(fmt::format("{} is not a directory; create it", root));
    }
    const std::string home = root + std::string(kHome);
    const auto there = disk_.kind(home);
    PADDOCK_TRY(there);
    if (*there != storage::PathKind::Missing) {
      return fail(
          fmt::format("{} is there already, and nothing is written over it; give an empty "
                      "directory, or move it away",
                      home));
    }
    // What a run that was ended has left.
    clear(root + std::string(kGrowing));
    PADDOCK_TRY(disk_.make_directory(root + std::string(kGrowing)));
    return {};
  }

  static void clear(const std::string& directory) {
    std::error_code ignored;
    fs::remove_all(directory, ignored);
  }

  Result<> fill() {
    const std::string root = place_.data + std::string(kGrowing);
    storage::StoreOptions options;
    options.data_directory = root;
    if (!place_.log.empty()) options.log_directory = place_.log + std::string(kGrowing);
    options.server_id = place_.server;
    options.segment_bytes = kSegmentBytes;
    options.space.reserve_bytes = 0;
    auto store = storage::Store::open(disk_, options);
    PADDOCK_TRY(store);
    PADDOCK_TRY(
        (*store)->initialize({.disk_id = random_id(), .ensemble_id = state_.mark.ensemble_id}));
    const auto path = write_snapshot(disk_, root, state_, now_);
    PADDOCK_TRY(path);
    PADDOCK_TRY(install(**store, *path));
    PADDOCK_TRY((*store)->update_metadata([this](storage::Metadata& metadata) {
      const std::int64_t epoch =
          std::max<std::int64_t>(place_.epoch, state_.tree.last_zxid().epoch());
      metadata.set_current_epoch(state_.tree.last_zxid().epoch());
      metadata.set_accepted_epoch(epoch);
    }));
    return (*store)->close();
  }

  /// As what a leader sends.
  Result<> install(storage::Store& store, const std::string& path) {
    auto file = disk_.open(path, storage::OpenMode::Read);
    PADDOCK_TRY(file);
    auto received = store.begin_receive(state_.tree.last_zxid());
    PADDOCK_TRY(received);
    std::string piece(kPieceBytes, '\0');
    for (std::uint64_t at = 0;;) {
      const auto got = (*file)->read(at, piece);
      PADDOCK_TRY(got);
      if (*got == 0) break;
      PADDOCK_TRY((*received)->append(View{piece}.substr(0, *got)));
      at += *got;
    }
    PADDOCK_TRY(store.complete_receive(std::move(*received)));
    return {};
  }

  Result<> publish(const std::string& root) {
    const std::string growing = root + std::string(kGrowing);
    PADDOCK_TRY(disk_.sync_directory(growing + std::string(kHome)));
    PADDOCK_TRY(disk_.rename(growing + std::string(kHome), root + std::string(kHome)));
    PADDOCK_TRY(disk_.sync_directory(root));
    return {};
  }

  storage::PosixDisk disk_;
  const State& state_;
  const Place& place_;
  WallTime now_;
};

}  // namespace

Result<> place_state(const State& state, const Place& place, WallTime now) {
  return Placing(state, place, now).run();
}

}  // namespace paddock::data
