// SPDX-License-Identifier: Apache-2.0
#include "apache/import.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "apache/convert.h"
#include "apache/inflate.h"
#include "apache/log.h"
#include "apache/snapshot.h"

namespace paddock::apache {
namespace {

constexpr std::string_view kVersionDirectory = "/version-2";

struct Named {
  std::int64_t zxid = 0;
  std::string path;
};

/// The files `<prefix><zxid in hexadecimal>`, with an ending or without, by zxid.
Result<std::vector<Named>> files_of(storage::Disk& disk,
                                    const std::string& directory,
                                    std::string_view prefix) {
  const auto names = disk.list(directory);
  PADDOCK_TRY(names);
  std::vector<Named> files;
  for (const std::string& name : *names) {
    if (!name.starts_with(prefix)) continue;
    View digits = View{name}.substr(prefix.size());
    digits = digits.substr(0, digits.find('.'));
    std::uint64_t zxid = 0;
    const char* const end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, zxid, 16);
    if (error != std::errc{} || at != end) continue;
    files.push_back({static_cast<std::int64_t>(zxid), directory + "/" + name});
  }
  std::ranges::sort(files, {}, &Named::zxid);
  return files;
}

Result<std::string> read_file(storage::Disk& disk, const std::string& path) {
  auto file = disk.open(path, storage::OpenMode::Read);
  PADDOCK_TRY(file);
  const auto size = (*file)->size();
  PADDOCK_TRY(size);
  std::string bytes(*size, '\0');
  const auto got = (*file)->read(0, bytes);
  PADDOCK_TRY(got);
  bytes.resize(*got);
  return bytes;
}

class Importing {
 public:
  Importing(storage::Disk& disk, const ImportOptions& options) : disk_(disk), options_(options) {}

  Result<Imported> run() {
    PADDOCK_TRY(find_directories());
    PADDOCK_TRY(load_snapshot());
    PADDOCK_TRY(check_snapshot_digest());
    PADDOCK_TRY(replay());
    PADDOCK_TRY(read_epoch());
    warn_of_missing_log();
    last_ = std::max<std::int64_t>(last_, 1);
    auto state = to_state(*loaded_, Zxid{last_}, result_.warnings);
    PADDOCK_TRY(state);
    result_.state = std::move(*state);
    result_.state->time = WallTime{last_time_};
    return std::move(result_);
  }

 private:
  Result<std::string> version_directory(std::string root) {
    while (root.size() > 1 && root.back() == '/') root.pop_back();
    if (root.ends_with(kVersionDirectory)) return root;
    return root + std::string(kVersionDirectory);
  }

  Result<> find_directories() {
    auto data = version_directory(options_.data);
    PADDOCK_TRY(data);
    data_ = *data;
    log_ = data_;
    if (options_.log.empty()) return {};
    auto log = version_directory(options_.log);
    PADDOCK_TRY(log);
    log_ = *log;
    return {};
  }

  /// The newest that can be read, as ZooKeeper takes it.
  Result<> load_snapshot() {
    auto files = files_of(disk_, data_, "snapshot.");
    PADDOCK_TRY(files);
    for (auto file = files->rbegin(); file != files->rend(); ++file) {
      const auto loaded = try_snapshot(*file);
      if (loaded) return {};
      result_.warnings.push_back(loaded.error().message);
    }
    if (!files->empty()) {
      return fail(fmt::format("none of the {} snapshots in {} can be read: {}",
                              files->size(),
                              data_,
                              result_.warnings.front()));
    }
    return fail(fmt::format(
        "{} holds no snapshot; give the dataDir of an Apache ZooKeeper server, and its dataLogDir "
        "with --log-dir if it has one",
        data_));
  }

  Result<> try_snapshot(const Named& file) {
    auto bytes = read_file(disk_, file.path);
    if (bytes && is_gzip(*bytes)) bytes = gunzip(*bytes);
    if (bytes && is_snappy(*bytes)) bytes = unsnappy(*bytes);
    if (!bytes) return std::unexpected(std::move(bytes).error().within(file.path));
    snapshot_bytes_ = std::move(*bytes);
    loaded_ = std::make_unique<Loaded>();
    if (auto parsed = parse_snapshot(snapshot_bytes_, *loaded_); !parsed) {
      return std::unexpected(std::move(parsed).error().within(file.path));
    }
    result_.snapshot = file.path;
    result_.snapshot_zxid = Zxid{file.zxid};
    last_ = file.zxid;
    return {};
  }

  /// The log that may hold the first transaction above the snapshot, and all later ones.
  Result<> replay() {
    const auto files = files_of(disk_, log_, "log.");
    PADDOCK_TRY(files);
    auto first = files->begin();
    for (auto at = files->begin(); at != files->end() && at->zxid <= last_ + 1; ++at) first = at;
    for (auto file = first; file != files->end(); ++file) {
      auto bytes = read_file(disk_, file->path);
      PADDOCK_TRY(bytes);
      logs_.push_back(std::move(*bytes));
      const auto end = walk_log(logs_.back(), [this](const Txn& txn) { return take(txn); });
      if (!end) return std::unexpected(Error(end.error()).within(file->path));
      if (!end->is_torn) continue;
      result_.warnings.push_back(
          fmt::format("{}: what begins at offset {} was not written to its end and is dropped",
                      file->path,
                      end->offset));
    }
    return {};
  }

  Result<> take(const Txn& txn) {
    if (txn.zxid <= last_) return {};
    const Zxid before{last_};
    const Zxid now{txn.zxid};
    if (now.epoch() == before.epoch() && now.counter() != before.counter() + 1) {
      result_.warnings.push_back(fmt::format(
          "transactions between 0x{:x} and 0x{:x} are in no log", before.value, now.value));
    }
    last_ = txn.zxid;
    last_time_ = txn.time_ms;
    ++result_.transactions;
    if (txn.type == Type::CreateSession) loaded_->sessions[txn.session] = txn.changes[0].number;
    if (txn.type == Type::CloseSession) loaded_->sessions.erase(txn.session);
    apply(txn, loaded_->tree);
    return check_digest(txn);
  }

  /// Until the snapshot's own digest has been reached, the tree may hold more than it should.
  Result<> check_digest(const Txn& txn) {
    const auto& whole = loaded_->digest;
    if (whole && txn.zxid == whole->zxid)
      return compare(Zxid{txn.zxid}, whole->version, whole->value);
    const bool is_exact = whole ? txn.zxid > whole->zxid : loaded_->is_exact;
    if (!txn.digest || !is_exact) return {};
    return compare(Zxid{txn.zxid}, txn.digest->version, txn.digest->value);
  }

  /// One that was taken while nothing was written.
  Result<> check_snapshot_digest() {
    const auto& whole = loaded_->digest;
    if (!whole || whole->zxid > last_) return {};
    return compare(Zxid{last_}, whole->version, whole->value);
  }

  void warn_of_missing_log() {
    const auto& whole = loaded_->digest;
    if (!whole || whole->zxid <= last_) return;
    result_.warnings.push_back(
        fmt::format("{} reaches into transactions up to 0x{:x}, and the logs end with 0x{:x}: the "
                    "tree may hold "
                    "a part of what followed",
                    result_.snapshot,
                    whole->zxid,
                    last_));
  }

  Result<> compare(Zxid at, std::int32_t version, std::uint64_t expected) {
    if (version != kDigestVersion) return {};
    if (loaded_->tree.digest() == expected) {
      result_.digest_checked = at;
      return {};
    }
    std::string what = fmt::format(
        "the tree's digest after 0x{:x} is 0x{:x}, but the server had 0x{:x}: its files do not "
        "hold what it held",
        at.value,
        loaded_->tree.digest(),
        expected);
    if (!options_.ignores_digest) {
      return fail(what + "; take the files of another member, or --ignore-digest");
    }
    if (!has_warned_of_digest_) result_.warnings.push_back(std::move(what));
    has_warned_of_digest_ = true;
    return {};
  }

  Result<> read_epoch() {
    result_.epoch = Zxid{last_}.epoch();
    for (const char* const name : {"/currentEpoch", "/acceptedEpoch"}) {
      const auto text = read_file(disk_, data_ + name);
      if (!text) continue;
      std::int64_t epoch = 0;
      std::from_chars(text->data(), text->data() + text->size(), epoch);
      result_.epoch = std::max(result_.epoch, epoch);
    }
    return {};
  }

  storage::Disk& disk_;
  const ImportOptions& options_;
  std::string data_;
  std::string log_;
  std::string snapshot_bytes_;
  std::deque<std::string> logs_;
  std::unique_ptr<Loaded> loaded_;
  std::int64_t last_ = 0;
  std::int64_t last_time_ = 0;
  bool has_warned_of_digest_ = false;
  Imported result_;
};

}  // namespace

Result<Imported> import_directory(storage::Disk& disk, const ImportOptions& options) {
  return Importing(disk, options).run();
}

}  // namespace paddock::apache
