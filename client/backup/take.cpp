// SPDX-License-Identifier: Apache-2.0
#include "backup/take.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "backup/catalog.h"
#include "backup/scratch.h"
#include "data/chunk_kinds.h"
#include "data/transactions.h"
#include "storage/posix_disk.h"
#include "storage/snapshot_reader.h"
#include "storage/snapshot_writer.h"
#include "storage/snapshots.h"
#include "txn/txn.pb.h"

namespace paddock::backup {
namespace {

constexpr std::string_view kGrowing = ".tmp";
/// Of one object with transactions.
constexpr std::size_t kPartBytes = std::size_t{64} << 20U;

/// Transactions that become one object.
struct Part {
  LogPart range;
  std::uint64_t count = 0;
  std::string bytes;

  Result<> add(const FetchedLog& fetched) {
    PADDOCK_TRY(data::for_each_transaction(
        fetched.transactions, [this](Zxid zxid, View payload) -> Result<> {
          txn::pb::Txn txn;
          if (!txn.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
            return fail(
                fmt::format("what the server gave for 0x{:x} is no transaction", zxid.value));
          }
          if (count++ == 0) range.first_time = WallTime{txn.time_ms()};
          range.first_time = std::min(range.first_time, WallTime{txn.time_ms()});
          range.last_time = std::max(range.last_time, WallTime{txn.time_ms()});
          return {};
        }));
    bytes += fetched.transactions;
    range.last = fetched.last;
    return {};
  }
};

class Taking {
 public:
  Taking(Source& source, Repository& repository, Scratch scratch)
      : source_(source), repository_(repository), scratch_(std::move(scratch)) {}

  Result<Round> run(const RoundOptions& options, WallTime now) {
    const auto names = repository_.list();
    PADDOCK_TRY(names);
    catalog_ = read_catalog(*names);
    const bool is_due = catalog_.bases.empty() ||
                        now.ms - catalog_.bases.back().created.ms >= options.full_every.count();
    if (options.is_full || is_due) PADDOCK_TRY(take_base());
    PADDOCK_TRY(ship_log());
    if (options.keep) PADDOCK_TRY(remove_outlived(WallTime{now.ms - options.keep->count()}));
    return std::move(round_);
  }

 private:
  Result<> remove_outlived(WallTime since) {
    for (const std::string& name : outlived(catalog_, since)) {
      PADDOCK_TRY(repository_.remove(name));
      round_.removed.push_back(name);
    }
    return {};
  }

  /// A repository is of one history.
  Result<> check_ensemble(const std::string& ensemble) {
    if (catalog_.ensemble == ensemble) return {};
    if (catalog_.ensemble) {
      return fail(fmt::format(
          "it holds the history of ensemble '{}', and this server is of '{}'; store that one "
          "elsewhere",
          *catalog_.ensemble,
          ensemble));
    }
    const std::string file = scratch_.path() + "/ensemble";
    storage::PosixDisk disk;
    auto made = disk.open(file, storage::OpenMode::Create);
    PADDOCK_TRY(made);
    PADDOCK_TRY((*made)->write(0, View{ensemble}));
    PADDOCK_TRY((*made)->sync());
    PADDOCK_TRY(repository_.put(file, ensemble_name(ensemble)));
    catalog_.ensemble = ensemble;
    return {};
  }

  Result<> take_base() {
    const std::string file = scratch_.path() + "/base";
    const auto fetched = source_.fetch_snapshot(file);
    PADDOCK_TRY(fetched);
    PADDOCK_TRY(check_ensemble(fetched->ensemble));
    const auto info = storage::verify_snapshot(disk_, file);
    PADDOCK_TRY(info);
    const Base base{.zxid = info->zxid, .created = info->created};
    PADDOCK_TRY(repository_.put(file, name_of(base)));
    PADDOCK_TRY(disk_.remove(file));
    catalog_.bases.push_back(base);
    round_.taken.push_back({.name = name_of(base), .last = base.zxid, .sha256 = fetched->sha256});
    return {};
  }

  Result<> ship_log() {
    Zxid from = *catalog_.shipped();
    Part part;
    for (bool is_all = false; !is_all;) {
      const auto fetched = source_.fetch_log(from);
      PADDOCK_TRY(fetched);
      if (fetched->is_gone) {
        // Behind such a gap a base may be there from an earlier time.
        if (catalog_.bases.back().zxid <= from) PADDOCK_TRY(begin_anew(from));
        from = catalog_.bases.back().zxid;
        continue;
      }
      PADDOCK_TRY(check_ensemble(fetched->ensemble));
      if (fetched->committed < from) {
        return fail(fmt::format(
            "it holds transactions up to 0x{:x}, and this server has 0x{:x}: it lags, or is of "
            "another history",
            from.value,
            fetched->committed.value));
      }
      if (part.count == 0) part.range.after = from;
      PADDOCK_TRY(part.add(*fetched));
      from = fetched->last;
      is_all = fetched->transactions.empty() || fetched->last >= fetched->committed;
      if (is_all || part.bytes.size() >= kPartBytes) PADDOCK_TRY(store(std::exchange(part, {})));
    }
    return {};
  }

  /// The server has not kept what comes next.
  Result<> begin_anew(Zxid from) {
    if (has_begun_anew_) {
      return fail(fmt::format("the server's log does not go on from 0x{:x}", from.value));
    }
    has_begun_anew_ = true;
    return take_base();
  }

  Result<> store(const Part& part) {
    if (part.count == 0) return {};
    auto writer = storage::SnapshotWriter::create(disk_,
                                                  scratch_.path(),
                                                  {.zxid = part.range.last,
                                                   .ensemble_id = *catalog_.ensemble,
                                                   .created = part.range.last_time,
                                                   .items = part.count});
    PADDOCK_TRY(writer);
    PADDOCK_TRY((*writer)->add(data::kChunkTransactions, part.bytes));
    PADDOCK_TRY((*writer)->finish());
    const std::string file = storage::snapshot_path(scratch_.path(), part.range.last);
    PADDOCK_TRY(repository_.put(file, name_of(part.range)));
    PADDOCK_TRY(disk_.remove(file));
    round_.taken.push_back({.name = name_of(part.range), .last = part.range.last});
    return {};
  }

  storage::PosixDisk disk_;
  Source& source_;
  Repository& repository_;
  Scratch scratch_;
  Catalog catalog_;
  Round round_;
  bool has_begun_anew_ = false;
};

}  // namespace

Result<Taken> take_file(Source& source, const std::string& file) {
  storage::PosixDisk disk;
  const std::string growing = file + std::string(kGrowing);
  const auto fetched = source.fetch_snapshot(growing);
  PADDOCK_TRY(fetched);
  PADDOCK_TRY(storage::verify_snapshot(disk, growing));
  PADDOCK_TRY(disk.rename(growing, file));
  const std::size_t slash = file.rfind('/');
  PADDOCK_TRY(disk.sync_directory(slash == std::string::npos ? "." : file.substr(0, slash + 1)));
  return Taken{.name = file, .last = fetched->zxid, .sha256 = fetched->sha256};
}

Result<Round> take_round(Source& source,
                         Repository& repository,
                         const RoundOptions& options,
                         WallTime now) {
  auto scratch = Scratch::create();
  PADDOCK_TRY(scratch);
  return Taking(source, repository, std::move(*scratch)).run(options, now);
}

}  // namespace paddock::backup
