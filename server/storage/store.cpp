// SPDX-License-Identifier: Apache-2.0
#include "storage/store.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "storage/snapshots.h"
#include "storage/store_open.h"

namespace paddock::storage {
namespace {

std::vector<std::string> watched_directories(const StoreLayout& layout) {
  if (!layout.separate()) return {layout.home};
  return {layout.home, layout.log_home};
}

}  // namespace

class Store::Impl {
 public:
  Impl(Disk& disk, StoreOptions options, OpenedStore opened)
      : disk_(disk),
        options_(std::move(options)),
        opened_(std::move(opened)),
        space_(disk, watched_directories(opened_.layout), options_.space),
        newest_snapshot_(opened_.recovery.snapshot),
        to_ship_(newest_snapshot_) {
    PADDOCK_ASSERT(options_.snapshots_kept > 0);
  }

  [[nodiscard]] bool fresh() const { return opened_.log == nullptr; }
  [[nodiscard]] const Recovery& recovery() const { return opened_.recovery; }
  [[nodiscard]] SpaceGuard& space() { return space_; }
  [[nodiscard]] Log& log() {
    PADDOCK_ASSERT(!fresh());
    return *opened_.log;
  }

  [[nodiscard]] Metadata metadata() const {
    const std::lock_guard lock(mutex_);
    PADDOCK_ASSERT(opened_.metadata.has_value());
    return opened_.metadata->current();
  }

  Result<> initialize(const StoreIdentity& identity);
  Result<> update_metadata(const std::function<void(Metadata&)>& change);
  SnapshotResult<std::unique_ptr<SnapshotReader>> open_snapshot();
  Result<std::unique_ptr<SnapshotWriter>> begin_snapshot(const SnapshotInfo& info);
  Result<> complete_snapshot(SnapshotWriter& writer);
  Result<> check_snapshot(Zxid zxid);
  Result<std::unique_ptr<SnapshotFile>> open_snapshot_file(Zxid zxid);
  Result<std::unique_ptr<ReceivedSnapshot>> begin_receive(Zxid zxid);
  SnapshotResult<> complete_receive(ReceivedSnapshot& received);
  Result<> note_committed(Zxid zxid, const EnsembleMark& mark);
  Result<> truncate(Zxid zxid);
  Result<> close();

 private:
  [[nodiscard]] Result<> write_metadata(const std::function<void(Metadata&)>& change);
  [[nodiscard]] Result<> check_place(Zxid zxid);
  [[nodiscard]] Result<> mark_before(const SnapshotInfo& info);
  [[nodiscard]] Result<> apply_retention();
  [[nodiscard]] Result<std::vector<KnownSnapshot>> known_snapshots();
  [[nodiscard]] std::optional<Zxid> newest_snapshot() const;
  [[nodiscard]] std::optional<Zxid> to_ship() const;
  [[nodiscard]] DiskResult<std::unique_ptr<SnapshotFile>> ship(Zxid zxid);
  [[nodiscard]] SnapshotResult<SnapshotInfo> verify_received(ReceivedSnapshot& received);
  [[nodiscard]] Result<> install(ReceivedSnapshot& received, const SnapshotInfo& info);
  [[nodiscard]] const std::string& home() const { return opened_.layout.home; }

  Disk& disk_;
  StoreOptions options_;
  // Held while snapshots are completed or replaced; taken before mutex_.
  std::mutex snapshots_mutex_;
  mutable std::mutex mutex_;  // metadata, what is decided by it, and what is shipped
  OpenedStore opened_;        // its verified_snapshots are guarded by snapshots_mutex_
  SpaceGuard space_;
  std::optional<Zxid> newest_snapshot_;
  std::optional<Zxid> to_ship_;  // the newest that is not known to be damaged
  std::multiset<Zxid> shipped_;
};

/// The metadata comes first and says that the rest means nothing yet.
Result<> Store::Impl::initialize(const StoreIdentity& identity) {
  PADDOCK_ASSERT(fresh());
  const std::lock_guard lock(mutex_);
  Metadata first;
  first.set_disk_id(identity.disk_id);
  first.set_ensemble_id(identity.ensemble_id);
  first.set_server_id(raw(options_.server_id));
  first.set_may_not_vote(!identity.may_vote);
  first.set_initializing(true);
  auto file = MetadataFile::create(disk_, opened_.layout.metadata, first);
  if (!file) return std::unexpected(std::move(file).error());
  opened_.metadata = std::move(*file);
  auto log = Log::create(disk_, log_options(options_, opened_.layout, first), Zxid{0});
  if (!log) return std::unexpected(std::move(log).error());
  PADDOCK_TRY(write_metadata([](Metadata& next) { next.set_initializing(false); }));
  opened_.log = std::move(*log);
  return {};
}

Result<> Store::Impl::write_metadata(const std::function<void(Metadata&)>& change) {
  Metadata next = opened_.metadata->current();
  change(next);
  return opened_.metadata->write(next);
}

Result<> Store::Impl::update_metadata(const std::function<void(Metadata&)>& change) {
  const std::lock_guard lock(mutex_);
  return write_metadata([&](Metadata& next) {
    change(next);
    if (options_.sync == SyncPolicy::Never) return;
    next.set_durable_zxid(std::max(next.durable_zxid(), log().last().value));
  });
}

std::optional<Zxid> Store::Impl::newest_snapshot() const {
  const std::lock_guard lock(mutex_);
  return newest_snapshot_;
}

std::optional<Zxid> Store::Impl::to_ship() const {
  const std::lock_guard lock(mutex_);
  return to_ship_;
}

SnapshotResult<std::unique_ptr<SnapshotReader>> Store::Impl::open_snapshot() {
  const std::optional<Zxid> newest = newest_snapshot();
  PADDOCK_ASSERT(newest.has_value());
  return SnapshotReader::open(disk_, snapshot_path(home(), *newest));
}

// --- Own snapshots.

Result<std::unique_ptr<SnapshotWriter>> Store::Impl::begin_snapshot(const SnapshotInfo& info) {
  return SnapshotWriter::create(disk_, home(), info, options_.snapshot);
}

/// The log goes on from a snapshot, and a snapshot is proof that the log was durable up to it.
Result<> Store::Impl::check_place(Zxid zxid) {
  if (zxid < log().base()) {
    return fail(
        fmt::format("the state was replaced by a snapshot of the leader's while the one at "
                    "0x{:x} was taken",
                    zxid.value));
  }
  if (zxid > log().last()) {
    return fail(fmt::format("the log is not on disk up to 0x{:x} yet", zxid.value));
  }
  return {};
}

Result<> Store::Impl::complete_snapshot(SnapshotWriter& writer) {
  const std::lock_guard snapshots_lock(snapshots_mutex_);
  const Zxid zxid = writer.info().zxid;
  PADDOCK_TRY(check_place(zxid));
  if (options_.sync == SyncPolicy::Never) PADDOCK_TRY(log().flush());
  PADDOCK_TRY(mark_before(writer.info()));
  PADDOCK_TRY(writer.finish());
  {
    const std::lock_guard lock(mutex_);
    newest_snapshot_ = std::max(newest_snapshot_.value_or(zxid), zxid);
    to_ship_ = std::max(to_ship_.value_or(zxid), zxid);
  }
  opened_.verified_snapshots.insert(zxid);
  return apply_retention();
}

/// A snapshot of an ensemble that the directory does not belong to would be foreign to the next
/// start.
Result<> Store::Impl::mark_before(const SnapshotInfo& info) {
  const EnsembleMark mark = mark_of(info);
  const std::lock_guard lock(mutex_);
  if (is_marked(opened_.metadata->current(), mark)) return {};
  return write_metadata([&](Metadata& next) { put_mark(next, mark); });
}

Result<std::vector<KnownSnapshot>> Store::Impl::known_snapshots() {
  auto zxids = list_snapshots(disk_, home());
  if (!zxids) return std::unexpected(std::move(zxids).error());
  std::vector<KnownSnapshot> known;
  for (const Zxid zxid : *zxids) {
    if (!opened_.verified_snapshots.contains(zxid) &&
        verify_snapshot(disk_, snapshot_path(home(), zxid))) {
      opened_.verified_snapshots.insert(zxid);
    }
    known.push_back({.zxid = zxid, .verified = opened_.verified_snapshots.contains(zxid)});
  }
  const std::lock_guard lock(mutex_);
  for (KnownSnapshot& one : known) one.in_use = shipped_.contains(one.zxid);
  return known;
}

Result<> Store::Impl::apply_retention() {
  auto known = known_snapshots();
  if (!known) return std::unexpected(std::move(known).error());
  const RetentionPlan plan = plan_retention(*known, options_.snapshots_kept);
  for (const Zxid zxid : plan.remove) {
    PADDOCK_TRY(disk_.remove(snapshot_path(home(), zxid)));
    opened_.verified_snapshots.erase(zxid);
  }
  if (!plan.remove.empty()) PADDOCK_TRY(disk_.sync_directory(home()));
  return log().release_up_to(plan.log_from);
}

// --- To learners.

Result<> Store::Impl::check_snapshot(Zxid zxid) {
  const std::lock_guard snapshots_lock(snapshots_mutex_);
  std::set<Zxid>& verified = opened_.verified_snapshots;
  if (!verified.contains(zxid)) return {};
  const auto info = verify_snapshot(disk_, snapshot_path(home(), zxid));
  if (info) return {};
  if (info.error().fault != SnapshotFault::Io) {
    verified.erase(zxid);
    const std::lock_guard lock(mutex_);
    to_ship_ = verified.empty() ? std::nullopt : std::optional(*verified.rbegin());
  }
  return std::unexpected(info.error());
}

Result<std::unique_ptr<SnapshotFile>> Store::Impl::open_snapshot_file(Zxid zxid) {
  if (zxid > Zxid{0}) {
    auto asked = ship(zxid);
    if (asked) return std::move(*asked);
    if (asked.error().fault != DiskFault::NotFound) {
      return std::unexpected(std::move(asked).error());
    }
  }
  const std::optional<Zxid> newest = to_ship();
  // One of the empty state is of no use to anybody, and nobody takes it.
  if (!newest || *newest == Zxid{}) return nullptr;
  auto file = ship(*newest);
  if (!file) return std::unexpected(std::move(file).error());
  return std::move(*file);
}

/// Announced before it is opened: what retention has not seen by then is found missing here.
DiskResult<std::unique_ptr<SnapshotFile>> Store::Impl::ship(Zxid zxid) {
  {
    const std::lock_guard lock(mutex_);
    shipped_.insert(zxid);
  }
  auto file = std::make_unique<SnapshotFile>(zxid, [this, zxid] {
    const std::lock_guard lock(mutex_);
    shipped_.erase(shipped_.find(zxid));
  });
  PADDOCK_TRY(file->open(disk_, snapshot_path(home(), zxid)));
  return file;
}

// --- From a leader.

Result<std::unique_ptr<ReceivedSnapshot>> Store::Impl::begin_receive(Zxid zxid) {
  return ReceivedSnapshot::create(disk_, home(), zxid, options_.snapshot.sync_every_bytes);
}

SnapshotResult<> Store::Impl::complete_receive(ReceivedSnapshot& received) {
  const std::lock_guard snapshots_lock(snapshots_mutex_);
  const auto info = verify_received(received);
  if (!info) return std::unexpected(info.error());
  if (auto installed = install(received, *info); !installed) {
    return std::unexpected(SnapshotError{std::move(installed).error(), SnapshotFault::Io});
  }
  return {};
}

SnapshotResult<SnapshotInfo> Store::Impl::verify_received(ReceivedSnapshot& received) {
  auto info = received.verify();
  if (!info) return info;
  if (info->feature_level > options_.feature_level) {
    return std::unexpected(SnapshotError{
        {fmt::format("the leader's snapshot needs feature level {}, and this version has {}; "
                     "install the version that the other servers have",
                     info->feature_level,
                     options_.feature_level)},
        SnapshotFault::NewerFormat});
  }
  const std::string own = metadata().ensemble_id();
  // A snapshot from before there was an ensemble, or a server that knows none yet, takes any.
  if (own.empty() || info->ensemble_id.empty() || info->ensemble_id == own) return info;
  return std::unexpected(SnapshotError{
      {fmt::format("the leader's snapshot is of ensemble {}, but this server belongs to {}; check "
                   "that the addresses in the configuration are those of one ensemble",
                   info->ensemble_id,
                   own)},
      SnapshotFault::Damaged});
}

/// As soon as it is written down the new state is certain: a start from then on completes it.
Result<> Store::Impl::install(ReceivedSnapshot& received, const SnapshotInfo& info) {
  const std::lock_guard lock(mutex_);
  const Zxid zxid = info.zxid;
  received.keep();
  PADDOCK_TRY(write_metadata([&](Metadata& next) { next.set_installing_zxid(zxid.value); }));
  PADDOCK_TRY(place_received(disk_, home(), zxid));
  PADDOCK_TRY(log().restart(zxid));
  PADDOCK_TRY(remove_other_snapshots(disk_, home(), zxid));
  newest_snapshot_ = to_ship_ = zxid;
  opened_.verified_snapshots = {zxid};
  return write_metadata([&](Metadata& next) { set_installed(next, info); });
}

// --- The log.

Result<> Store::Impl::note_committed(Zxid zxid, const EnsembleMark& mark) {
  const Metadata known = metadata();
  const std::int64_t reached = std::max(known.committed_zxid(), std::min(zxid, log().last()).value);
  if (reached == known.committed_zxid() && is_marked(known, mark)) return {};
  return update_metadata([&](Metadata& next) {
    next.set_committed_zxid(reached);
    put_mark(next, mark);
  });
}

Result<> Store::Impl::truncate(Zxid zxid) {
  const std::lock_guard lock(mutex_);
  const Zxid committed{opened_.metadata->current().committed_zxid()};
  if (const Zxid needed = std::max(newest_snapshot_.value_or(Zxid{}), committed); needed > zxid) {
    return fail(fmt::format(
        "the log cannot be truncated to 0x{:x}: everything up to 0x{:x} is committed; the leader "
        "has another history, so give this server an empty directory if the others are right",
        zxid.value,
        needed.value));
  }
  // What was durable is taken back first: an end below it would be damage.
  if (opened_.metadata->current().durable_zxid() > zxid.value) {
    PADDOCK_TRY(write_metadata([&](Metadata& next) { next.set_durable_zxid(zxid.value); }));
  }
  return log().truncate(zxid);
}

Result<> Store::Impl::close() {
  if (fresh()) return {};
  PADDOCK_TRY(log().flush());
  const std::lock_guard lock(mutex_);
  return write_metadata([&](Metadata& next) {
    next.set_durable_zxid(log().last().value);
    next.set_clean_shutdown(true);
  });
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

std::expected<std::unique_ptr<Store>, StoreError> Store::open(Disk& disk, StoreOptions options) {
  auto opened = open_store(disk, options);
  if (!opened) return std::unexpected(std::move(opened).error());
  auto impl = std::make_unique<Impl>(disk, std::move(options), std::move(*opened));
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

bool Store::fresh() const {
  return impl_->fresh();
}
Result<> Store::initialize(const StoreIdentity& identity) {
  return impl_->initialize(identity);
}
const Recovery& Store::recovery() const {
  return impl_->recovery();
}
Log& Store::log() {
  return impl_->log();
}
Metadata Store::metadata() const {
  return impl_->metadata();
}
Result<> Store::note_committed(Zxid zxid, const EnsembleMark& mark) {
  return impl_->note_committed(zxid, mark);
}
Result<> Store::truncate(Zxid zxid) {
  return impl_->truncate(zxid);
}
SpaceGuard& Store::space() {
  return impl_->space();
}
Result<> Store::close() {
  return impl_->close();
}

SnapshotResult<std::unique_ptr<SnapshotReader>> Store::open_snapshot() {
  return impl_->open_snapshot();
}

Result<> Store::update_metadata(const std::function<void(Metadata&)>& change) {
  return impl_->update_metadata(change);
}

Result<std::unique_ptr<SnapshotWriter>> Store::begin_snapshot(const SnapshotInfo& info) {
  return impl_->begin_snapshot(info);
}

Result<> Store::complete_snapshot(std::unique_ptr<SnapshotWriter> writer) {
  return impl_->complete_snapshot(*writer);
}

Result<> Store::check_snapshot(Zxid zxid) {
  return impl_->check_snapshot(zxid);
}

Result<std::unique_ptr<SnapshotFile>> Store::open_snapshot_file(Zxid zxid) {
  return impl_->open_snapshot_file(zxid);
}

Result<std::unique_ptr<ReceivedSnapshot>> Store::begin_receive(Zxid zxid) {
  return impl_->begin_receive(zxid);
}

SnapshotResult<> Store::complete_receive(std::unique_ptr<ReceivedSnapshot> received) {
  return impl_->complete_receive(*received);
}

}  // namespace paddock::storage
