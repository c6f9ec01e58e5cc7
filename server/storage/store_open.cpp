// SPDX-License-Identifier: Apache-2.0
#include "storage/store_open.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/hash.h"
#include "storage/snapshots.h"

namespace paddock::storage {
namespace {

constexpr std::string_view kNothingTouched = "nothing was changed";
constexpr std::string_view kRestore =
    "keep what is there and put back a copy of it, or let a member of an ensemble start with an "
    "empty "
    "directory, so that it learns everything from the others";

std::unexpected<StoreError> refuse(StoreFault fault, std::string message) {
  return std::unexpected(StoreError{{std::move(message)}, fault});
}

std::unexpected<StoreError> io(Error error) {
  return refuse(StoreFault::Io, std::move(error.message));
}

StoreFault fault_of(DiskFault fault) {
  switch (fault) {
    case DiskFault::Denied:
    case DiskFault::ReadOnly:
      return StoreFault::NotAccessible;
    case DiskFault::Locked:
      return StoreFault::Locked;
    case DiskFault::NotADirectory:
      return StoreFault::NotADirectory;
    case DiskFault::NotFound:
    case DiskFault::AlreadyExists:
    case DiskFault::Full:
    case DiskFault::Io:
      return StoreFault::Io;
  }
  PADDOCK_UNREACHABLE();
}

std::unexpected<StoreError> disk_error(DiskError error) {
  const StoreFault fault = fault_of(error.fault);
  return refuse(fault, std::move(error.message));
}

using Opened = std::expected<void, StoreError>;

class Opener {
 public:
  Opener(Disk& disk, const StoreOptions& options) : disk_(disk), options_(options) {
    opened_.layout = layout_of(options);
  }

  std::expected<OpenedStore, StoreError> run() {
    PADDOCK_TRY(check_roots());
    PADDOCK_TRY(enter_home());
    PADDOCK_TRY(read_metadata());
    PADDOCK_TRY(is_fresh() ? open_fresh() : open_existing());
    return std::move(opened_);
  }

 private:
  // Before it is known whose data it is.
  Opened check_roots();
  Opened check_root(const std::string& path, std::string_view key);
  Opened enter_home();
  Opened read_metadata();
  [[nodiscard]] bool is_fresh() const;

  // Nothing was stored yet.
  Opened open_fresh();
  Opened refuse_apache_data();
  Opened refuse_apache_data(const std::string& root);
  Opened refuse_orphans();
  Opened check_half_made_log();

  // Something was.
  Opened open_existing();
  Opened check_identity();
  Opened enter_log();
  Opened finish_install();
  std::expected<bool, StoreError> place_received_snapshot(Zxid zxid);
  Opened choose_snapshot();
  Opened check_snapshot(Zxid zxid);
  Opened open_log();
  std::unexpected<StoreError> explain(LogError error) const;
  std::unexpected<StoreError> explain_gap(const LogError& error) const;
  Opened mark_open();

  /// Of another ensemble. A snapshot from before there was one is not, nor one that is being
  /// installed while this server knows none.
  [[nodiscard]] bool is_foreign(const std::string& ensemble) const {
    if (ensemble.empty() || ensemble == metadata().ensemble_id()) return false;
    return !metadata().ensemble_id().empty() || metadata().installing_zxid() == 0;
  }
  [[nodiscard]] const StoreLayout& layout() const { return opened_.layout; }
  [[nodiscard]] const Metadata& metadata() const { return opened_.metadata->current(); }
  Opened write_metadata(const Metadata& next);
  Opened make_directory(const std::string& root, const std::string& path);
  Opened lock(const std::string& directory);

  Disk& disk_;
  const StoreOptions& options_;
  OpenedStore opened_;
  Zxid newest_snapshot_;  // by name, whether it can be read or not
  std::string damaged_snapshot_;
};

Opened Opener::check_roots() {
  PADDOCK_TRY(check_root(layout().data_root, "dataDir"));
  if (layout().separate()) PADDOCK_TRY(check_root(layout().log_root, "dataLogDir"));
  return {};
}

Opened Opener::check_root(const std::string& path, std::string_view key) {
  auto kind = disk_.kind(path);
  if (!kind) return disk_error(std::move(kind).error());
  switch (*kind) {
    case PathKind::Directory:
      break;
    case PathKind::Missing:
      return refuse(StoreFault::DirectoryMissing,
                    fmt::format("{} {} does not exist; create it, mount its volume or correct the "
                                "configuration",
                                key,
                                path));
    case PathKind::File:
    case PathKind::Other:
      return refuse(StoreFault::NotADirectory,
                    fmt::format("{} {} is not a directory; correct the configuration", key, path));
  }
  auto names = disk_.list(path);
  if (!names) return disk_error(std::move(names).error());
  return {};
}

Opened Opener::make_directory(const std::string& root, const std::string& path) {
  if (auto made = disk_.make_directory(path); !made) return disk_error(std::move(made).error());
  if (auto synced = disk_.sync_directory(root); !synced) {
    return disk_error(std::move(synced).error());
  }
  return {};
}

Opened Opener::lock(const std::string& directory) {
  auto locked = disk_.lock_directory(directory);
  if (!locked) return disk_error(std::move(locked).error());
  opened_.locks.push_back(std::move(*locked));
  return {};
}

Opened Opener::enter_home() {
  auto kind = disk_.kind(layout().home);
  if (!kind) return disk_error(std::move(kind).error());
  if (*kind == PathKind::Missing) {
    PADDOCK_TRY(refuse_apache_data());
    PADDOCK_TRY(make_directory(layout().data_root, layout().home));
  } else if (*kind != PathKind::Directory) {
    return refuse(StoreFault::NotADirectory,
                  fmt::format("{} is not a directory; move it away", layout().home));
  }
  return lock(layout().home);
}

Opened Opener::read_metadata() {
  auto file = MetadataFile::open(disk_, layout().metadata);
  if (file) {
    opened_.metadata = std::move(*file);
    return {};
  }
  MetadataError error = std::move(file).error();
  switch (error.fault) {
    case MetadataFault::Missing:
      return {};
    case MetadataFault::Damaged:
      return refuse(
          StoreFault::MetadataDamaged,
          fmt::format(
              "{}, so it is unknown what this server has promised; {}", error.message, kRestore));
    case MetadataFault::NewerFormat:
      return refuse(StoreFault::NewerFormat,
                    fmt::format("{}; install that version or a later one", error.message));
    case MetadataFault::Io:
      return io(std::move(error));
  }
  PADDOCK_UNREACHABLE();
}

bool Opener::is_fresh() const {
  return !opened_.metadata || metadata().initializing();
}

Opened Opener::open_fresh() {
  PADDOCK_TRY(refuse_apache_data());
  if (!opened_.metadata) PADDOCK_TRY(refuse_orphans());
  // Again, if it was there: a process that died may have made it and not made it durable.
  PADDOCK_TRY(make_directory(layout().data_root, layout().home));
  if (layout().separate()) {
    PADDOCK_TRY(make_directory(layout().log_root, layout().log_home));
    PADDOCK_TRY(lock(layout().log_home));
  }
  PADDOCK_TRY(make_directory(layout().log_home, layout().log));
  if (opened_.metadata) PADDOCK_TRY(check_half_made_log());
  return {};
}

Opened Opener::refuse_apache_data() {
  PADDOCK_TRY(refuse_apache_data(layout().data_root));
  if (layout().separate()) PADDOCK_TRY(refuse_apache_data(layout().log_root));
  return {};
}

Opened Opener::refuse_apache_data(const std::string& root) {
  const std::string directory = root + "/version-2";
  auto kind = disk_.kind(directory);
  if (!kind) return disk_error(std::move(kind).error());
  if (*kind != PathKind::Directory) return {};
  auto names = disk_.list(directory);
  if (!names) return disk_error(std::move(names).error());
  const bool has_data = std::ranges::any_of(*names, [](const std::string& name) {
    return name.starts_with("log.") || name.starts_with("snapshot.");
  });
  if (!has_data) return {};
  return refuse(
      StoreFault::ApacheData,
      fmt::format("{} holds the data of an Apache ZooKeeper server, which this server does "
                  "not read, and none of its own; give it an empty directory, or move "
                  "version-2 away to start empty; {}",
                  directory,
                  kNothingTouched));
}

/// Without metadata there must be nothing that metadata once belonged to.
Opened Opener::refuse_orphans() {
  auto snapshots = list_snapshots(disk_, layout().home);
  if (!snapshots) return disk_error(std::move(snapshots).error());
  if (!snapshots->empty()) {
    return refuse(StoreFault::MetadataMissing,
                  fmt::format("{} holds snapshots, but {} is missing; {}",
                              layout().home,
                              layout().metadata,
                              kRestore));
  }
  auto kind = disk_.kind(layout().log);
  if (!kind) return disk_error(std::move(kind).error());
  if (*kind != PathKind::Directory) return {};
  auto names = disk_.list(layout().log);
  if (!names) return disk_error(std::move(names).error());
  if (names->empty()) return {};
  return refuse(StoreFault::MetadataMissing,
                fmt::format("{} holds a transaction log, but {}, to which it should belong, is "
                            "missing: dataDir was emptied, or dataLogDir is another server's; {}",
                            layout().log,
                            layout().metadata,
                            kRestore));
}

/// An initialization that did not get to its end leaves a log of its own without a record, if any.
Opened Opener::check_half_made_log() {
  const auto log = Log::open(disk_, log_options(options_, layout(), metadata()), {});
  const bool foreign = !log && log.error().fault == LogFault::Foreign;
  const bool used = log && (*log)->last() > Zxid{0};
  if (!foreign && !used) return {};
  return refuse(StoreFault::LogForeign,
                fmt::format("{} is not finished, but {} holds a transaction log already; correct "
                            "dataLogDir or give the server empty directories; {}",
                            layout().home,
                            layout().log,
                            kNothingTouched));
}

Opened Opener::open_existing() {
  PADDOCK_TRY(check_identity());
  PADDOCK_TRY(enter_log());
  // A snapshot that is built on from now on may have a name that is not durable yet.
  if (auto synced = disk_.sync_directory(layout().home); !synced) {
    return disk_error(std::move(synced).error());
  }
  PADDOCK_TRY(finish_install());
  if (auto removed = remove_unfinished_snapshots(disk_, layout().home); !removed) {
    return io(std::move(removed).error());
  }
  PADDOCK_TRY(choose_snapshot());
  PADDOCK_TRY(open_log());
  return mark_open();
}

Opened Opener::check_identity() {
  const std::int32_t configured = raw(options_.server_id);
  const std::int32_t stored = metadata().server_id();
  // 0 is a standalone server without a myid file: it may become a member and get a number.
  if (stored != configured && stored != 0) {
    return refuse(
        StoreFault::OtherServer,
        fmt::format("{} belongs to server {}, but this server is configured as {}; correct "
                    "myid or dataDir; {}",
                    layout().home,
                    stored,
                    configured,
                    kNothingTouched));
  }
  if (metadata().feature_level() > options_.feature_level) {
    return refuse(StoreFault::NewerFeatures,
                  fmt::format("{} belongs to an ensemble with feature level {}, and this version "
                              "has {}: all its servers were newer once, so there is no way back; "
                              "start the newer version; {}",
                              layout().home,
                              metadata().feature_level(),
                              options_.feature_level,
                              kNothingTouched));
  }
  const std::string& ensemble = metadata().ensemble_id();
  if (!options_.ensemble_id.empty() && !ensemble.empty() && ensemble != options_.ensemble_id) {
    return refuse(StoreFault::OtherEnsemble,
                  fmt::format("{} belongs to ensemble {}, but this server is configured for {}; "
                              "correct the configuration or dataDir; {}",
                              layout().home,
                              ensemble,
                              options_.ensemble_id,
                              kNothingTouched));
  }
  return {};
}

Opened Opener::enter_log() {
  auto kind = disk_.kind(layout().log);
  if (!kind) return disk_error(std::move(kind).error());
  if (*kind != PathKind::Directory) {
    return explain(LogError{{fmt::format("{} does not exist", layout().log)}, LogFault::Missing});
  }
  if (!layout().separate()) return {};
  return lock(layout().log_home);
}

/// Once it is written down that a received snapshot is installed, it is: whatever of that is not
/// done yet is done now.
Opened Opener::finish_install() {
  const Zxid zxid{metadata().installing_zxid()};
  if (zxid == Zxid{0}) return {};
  auto is_there = place_received_snapshot(zxid);
  if (!is_there) return std::unexpected(std::move(is_there).error());
  Metadata next = metadata();
  if (!*is_there) {
    next.set_installing_zxid(0);
    return write_metadata(next);
  }
  PADDOCK_TRY(check_snapshot(zxid));
  if (!opened_.verified_snapshots.contains(zxid)) {
    return refuse(StoreFault::SnapshotDamaged, fmt::format("{}; {}", damaged_snapshot_, kRestore));
  }
  auto reader = SnapshotReader::open(disk_, snapshot_path(layout().home, zxid));
  if (!reader) return io(std::move(reader).error());
  auto log = Log::create(disk_, log_options(options_, layout(), metadata()), zxid);
  if (!log) return io(std::move(log).error());
  if (auto removed = remove_other_snapshots(disk_, layout().home, zxid); !removed) {
    return io(std::move(removed).error());
  }
  set_installed(next, (*reader)->info());
  return write_metadata(next);
}

/// Whether the snapshot that is being installed is in its place. It was verified before, so one
/// that is damaged has rotted meanwhile; as long as it was not in its place, everything older is
/// whole.
std::expected<bool, StoreError> Opener::place_received_snapshot(Zxid zxid) {
  const std::string aside = received_path(layout().home, zxid);
  auto kind = disk_.kind(aside);
  if (!kind) return disk_error(std::move(kind).error());
  if (*kind == PathKind::Missing) {
    kind = disk_.kind(snapshot_path(layout().home, zxid));
    if (!kind) return disk_error(std::move(kind).error());
    return *kind != PathKind::Missing;
  }
  if (auto info = verify_snapshot(disk_, aside); !info) {
    if (info.error().fault == SnapshotFault::Io) return io(std::move(info).error());
    opened_.recovery.warnings.push_back(fmt::format(
        "{}; the state from before it was received is used", std::move(info).error().message));
    return false;
  }
  if (auto placed = place_received(disk_, layout().home, zxid); !placed) {
    return io(std::move(placed).error());
  }
  return true;
}

Opened Opener::check_snapshot(Zxid zxid) {
  auto info = verify_snapshot(disk_, snapshot_path(layout().home, zxid));
  if (!info && info.error().fault == SnapshotFault::Io) return io(std::move(info).error());
  if (!info && info.error().fault == SnapshotFault::NewerFormat) {
    return refuse(StoreFault::NewerFormat,
                  fmt::format("{}; install that version or a later one", info.error().message));
  }
  std::string problem;
  if (!info) {
    problem = std::move(info).error().message;
  } else if (info->zxid != zxid || is_foreign(info->ensemble_id)) {
    problem = fmt::format("{} is of zxid 0x{:x} and ensemble '{}', not what its place says",
                          snapshot_path(layout().home, zxid),
                          info->zxid.value,
                          info->ensemble_id);
  }
  if (problem.empty()) {
    opened_.verified_snapshots.insert(zxid);
    return {};
  }
  if (damaged_snapshot_.empty()) damaged_snapshot_ = problem;
  opened_.recovery.warnings.push_back(problem);
  return {};
}

/// The newest that can be read. Whether the log reaches back to it is seen when the log is opened.
Opened Opener::choose_snapshot() {
  auto snapshots = list_snapshots(disk_, layout().home);
  if (!snapshots) return disk_error(std::move(snapshots).error());
  if (!snapshots->empty()) newest_snapshot_ = snapshots->back();
  for (auto zxid = snapshots->rbegin(); zxid != snapshots->rend(); ++zxid) {
    if (!opened_.verified_snapshots.contains(*zxid)) PADDOCK_TRY(check_snapshot(*zxid));
    if (!opened_.verified_snapshots.contains(*zxid)) continue;
    opened_.recovery.snapshot = *zxid;
    break;
  }
  return {};
}

Opened Opener::open_log() {
  LogStart start;
  start.from = opened_.recovery.snapshot.value_or(Zxid{0});
  start.durable = std::max(newest_snapshot_, Zxid{metadata().durable_zxid()});
  start.clean = metadata().clean_shutdown();
  auto log = Log::open(disk_, log_options(options_, layout(), metadata()), start);
  if (!log) return explain(std::move(log).error());
  opened_.log = std::move(*log);
  const Zxid last = opened_.log->last();
  opened_.recovery.last = last;
  opened_.recovery.committed =
      std::max(start.from, std::min(Zxid{metadata().committed_zxid()}, last));
  opened_.recovery.clean = metadata().clean_shutdown();
  return {};
}

std::unexpected<StoreError> Opener::explain(LogError error) const {
  switch (error.fault) {
    case LogFault::Missing:
      return refuse(
          StoreFault::LogMissing,
          fmt::format("the transaction log is missing ({}), though this server has stored "
                      "data: dataLogDir was emptied, changed or not mounted; {}",
                      error.message,
                      kRestore));
    case LogFault::Gap:
      return explain_gap(error);
    case LogFault::Damaged:
      return refuse(StoreFault::LogDamaged, fmt::format("{}; {}", error.message, kRestore));
    case LogFault::Foreign:
      return refuse(StoreFault::LogForeign,
                    fmt::format("{}, not to {}; correct dataDir or dataLogDir; {}",
                                error.message,
                                layout().home,
                                kNothingTouched));
    case LogFault::NewerFormat:
      return refuse(StoreFault::NewerFormat,
                    fmt::format("{}; install that version or a later one", error.message));
    case LogFault::Io:
      return io(std::move(error));
  }
  PADDOCK_UNREACHABLE();
}

std::unexpected<StoreError> Opener::explain_gap(const LogError& error) const {
  if (!damaged_snapshot_.empty()) {
    return refuse(StoreFault::SnapshotDamaged,
                  fmt::format("{}, and without it the log is not enough: {}; {}",
                              damaged_snapshot_,
                              error.message,
                              kRestore));
  }
  if (!opened_.recovery.snapshot) {
    return refuse(StoreFault::SnapshotMissing,
                  fmt::format("{} holds no snapshot, though there must have been one: {}; {}",
                              layout().home,
                              error.message,
                              kRestore));
  }
  return refuse(
      StoreFault::LogIncomplete,
      fmt::format("a part of the transaction log is missing: {}; {}", error.message, kRestore));
}

/// From now on the directory is in use: the next end is not clean until it is said to be.
Opened Opener::mark_open() {
  Metadata next = metadata();
  next.set_clean_shutdown(false);
  next.set_server_id(raw(options_.server_id));
  if (next.ensemble_id().empty()) next.set_ensemble_id(options_.ensemble_id);
  const bool unchanged = !metadata().clean_shutdown() &&
                         next.server_id() == metadata().server_id() &&
                         next.ensemble_id() == metadata().ensemble_id();
  return unchanged ? Opened{} : write_metadata(next);
}

Opened Opener::write_metadata(const Metadata& next) {
  if (auto written = opened_.metadata->write(next); !written) {
    return io(std::move(written).error());
  }
  return {};
}

}  // namespace

StoreLayout layout_of(const StoreOptions& options) {
  StoreLayout layout;
  layout.data_root = options.data_directory;
  layout.log_root = options.log_directory.empty() ? options.data_directory : options.log_directory;
  layout.home = layout.data_root + "/paddock";
  layout.log_home = layout.log_root + "/paddock";
  layout.log = layout.log_home + "/log";
  layout.metadata = layout.home + "/metadata";
  return layout;
}

LogOptions log_options(const StoreOptions& options,
                       const StoreLayout& layout,
                       const Metadata& metadata) {
  LogOptions log;
  log.directory = layout.log;
  log.log_id = hash64(metadata.disk_id());
  log.segment_bytes = options.segment_bytes;
  log.sync = options.sync;
  return log;
}

std::expected<OpenedStore, StoreError> open_store(Disk& disk, const StoreOptions& options) {
  return Opener(disk, options).run();
}

void set_installed(Metadata& metadata, const SnapshotInfo& info) {
  metadata.set_installing_zxid(0);
  metadata.set_durable_zxid(info.zxid.value);
  metadata.set_committed_zxid(info.zxid.value);
  put_mark(metadata, mark_of(info));
}

EnsembleMark mark_of(const SnapshotInfo& info) {
  return {.ensemble_id = info.ensemble_id, .feature_level = info.feature_level};
}

bool is_marked(const Metadata& metadata, const EnsembleMark& mark) {
  return (mark.ensemble_id.empty() || !metadata.ensemble_id().empty()) &&
         metadata.feature_level() >= mark.feature_level;
}

void put_mark(Metadata& metadata, const EnsembleMark& mark) {
  if (metadata.ensemble_id().empty()) metadata.set_ensemble_id(mark.ensemble_id);
  metadata.set_feature_level(std::max(metadata.feature_level(), mark.feature_level));
}

Result<> remove_other_snapshots(Disk& disk, const std::string& directory, Zxid keep) {
  auto snapshots = list_snapshots(disk, directory);
  if (!snapshots) return std::unexpected(std::move(snapshots).error());
  for (const Zxid zxid : *snapshots) {
    if (zxid != keep) PADDOCK_TRY(disk.remove(snapshot_path(directory, zxid)));
  }
  PADDOCK_TRY(disk.sync_directory(directory));
  return {};
}

}  // namespace paddock::storage
