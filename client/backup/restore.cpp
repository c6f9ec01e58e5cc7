// SPDX-License-Identifier: Apache-2.0
#include "backup/restore.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "backup/scratch.h"
#include "data/chunk_kinds.h"
#include "data/snapshot_io.h"
#include "data/transactions.h"
#include "jute/opcode.h"
#include "storage/posix_disk.h"
#include "storage/snapshot_reader.h"
#include "txn/txn.pb.h"

namespace paddock::backup {
namespace {

Result<WallTime> time_of(Zxid zxid, View payload) {
  txn::pb::Txn txn;
  if (txn.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return WallTime{txn.time_ms()};
  }
  return fail(fmt::format("the record of 0x{:x} is no transaction", zxid.value));
}

class Loading {
 public:
  Loading(Repository& repository, Scratch scratch)
      : repository_(repository), scratch_(std::move(scratch)) {}

  Result<std::unique_ptr<data::State>> load(const Base& base) {
    const std::string file = scratch_.path() + "/base";
    PADDOCK_TRY(repository_.get(name_of(base), file));
    auto state = data::load_snapshot(disk_, file);
    if (!state) return std::unexpected(std::move(state).error().within(name_of(base)));
    PADDOCK_TRY(disk_.remove(file));
    if ((*state)->tree.last_zxid() == base.zxid) return state;
    return fail(name_of(base) + " holds another snapshot than its name says");
  }

  Result<> replay(const LogPart& part, const Target& target, data::State& state) {
    const std::string file = scratch_.path() + "/log";
    PADDOCK_TRY(repository_.get(name_of(part), file));
    auto replayed = replay_file(file, target, state);
    if (!replayed) return std::unexpected(std::move(replayed).error().within(name_of(part)));
    PADDOCK_TRY(disk_.remove(file));
    return {};
  }

 private:
  Result<> replay_file(const std::string& file, const Target& target, data::State& state) {
    auto reader = storage::SnapshotReader::open(disk_, file);
    PADDOCK_TRY(reader);
    return (*reader)->for_each([&](std::uint32_t kind, View bytes) -> Result<> {
      if (kind != data::kChunkTransactions) return {};
      return data::for_each_transaction(
          bytes, [&](Zxid zxid, View payload) { return apply(zxid, payload, target, state); });
    });
  }

  /// The first one that is too late ends it, whatever the clocks of later ones say.
  Result<> apply(Zxid zxid, View payload, const Target& target, data::State& state) {
    if (zxid <= state.tree.last_zxid() || is_over_) return {};
    if (target.zxid && zxid > *target.zxid) return {};
    if (target.time) {
      const auto time = time_of(zxid, payload);
      PADDOCK_TRY(time);
      is_over_ = *time > *target.time;
      if (is_over_) return {};
    }
    return data::apply(state, zxid, payload);
  }

  storage::PosixDisk disk_;
  Repository& repository_;
  Scratch scratch_;
  bool is_over_ = false;
};

std::string described(const data::State& state) {
  return fmt::format("zxid 0x{:x}, {} znodes, {} sessions, digest 0x{:x}",
                     state.tree.last_zxid().value,
                     state.tree.counts().nodes,
                     state.sessions.size(),
                     state.tree.digest());
}

}  // namespace

Result<std::unique_ptr<data::State>> load_backup(Repository& repository, const Target& target) {
  const auto names = repository.list();
  PADDOCK_TRY(names);
  const auto plan = plan_restore(read_catalog(*names), target);
  PADDOCK_TRY(plan);
  auto scratch = Scratch::create();
  PADDOCK_TRY(scratch);
  Loading loading(repository, std::move(*scratch));
  auto state = loading.load(plan->base);
  PADDOCK_TRY(state);
  for (const LogPart& part : plan->logs) PADDOCK_TRY(loading.replay(part, target, **state));
  return state;
}

Result<std::unique_ptr<data::State>> verify_backup(
    Repository& repository, const std::function<void(const std::string&)>& say) {
  const auto names = repository.list();
  PADDOCK_TRY(names);
  const Catalog catalog = read_catalog(*names);
  if (catalog.bases.empty()) return fail("there is no base in it: nothing can be restored");
  auto scratch = Scratch::create();
  PADDOCK_TRY(scratch);
  Loading loading(repository, std::move(*scratch));
  std::unique_ptr<data::State> state;
  for (std::size_t i = 0; i < catalog.bases.size(); ++i) {
    const Base& base = catalog.bases[i];
    auto loaded = loading.load(base);
    PADDOCK_TRY(loaded);
    const bool is_reached = state != nullptr && state->tree.last_zxid() == base.zxid;
    if (is_reached && state->tree.digest() != (*loaded)->tree.digest()) {
      return fail(fmt::format(
          "{} is not the state that the log leads to: its digest is 0x{:x}, and that is 0x{:x}",
          name_of(base),
          (*loaded)->tree.digest(),
          state->tree.digest()));
    }
    say(fmt::format(
        "{}: {}{}", name_of(base), described(**loaded), is_reached ? ", as the log leads to" : ""));
    state = std::move(*loaded);
    Target until;
    if (i + 1 < catalog.bases.size()) until.zxid = catalog.bases[i + 1].zxid;
    for (const LogPart& part : logs_after(catalog, state->tree.last_zxid())) {
      if (until.zxid && part.after >= *until.zxid) break;
      PADDOCK_TRY(loading.replay(part, until, *state));
    }
  }
  say("in the end: " + described(*state));
  return state;
}

Result<> fork(data::State& state, const Fork& how) {
  const Zxid zxid = Zxid::of(state.tree.last_zxid().epoch() + 1, 1);
  txn::pb::Txn txn;
  txn.set_zxid(zxid.value);
  txn.set_time_ms(state.time.ms);
  txn.mutable_charter()->set_ensemble_id(how.ensemble_id);
  txn.mutable_charter()->set_feature_level(state.mark.feature_level);
  const tree::Znode& config = *state.tree.find(tree::kConfigPath);
  if (how.forgets_members && !state.tree.data(config).empty()) {
    txn::pb::Op& op = *txn.add_ops();
    op.set_opcode(static_cast<std::int32_t>(jute::Opcode::SetData));
    op.mutable_set_data()->set_path(std::string(tree::kConfigPath));
    op.mutable_set_data()->set_data("");
    op.mutable_set_data()->set_version(state.tree.stat(config).version + 1);
  }
  return data::apply(state, zxid, txn.SerializeAsString());
}

}  // namespace paddock::backup
