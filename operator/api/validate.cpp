// SPDX-License-Identifier: Apache-2.0
#include "api/validate.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/ids.h"
#include "model/quantity.h"

namespace paddock::api {
namespace {

class Problems {
 public:
  void check(bool holds, std::string_view field, std::string message) {
    if (!holds) found_.push_back({fmt::format("spec.{}", field), std::move(message)});
  }
  [[nodiscard]] std::vector<Problem> take() { return std::move(found_); }

 private:
  std::vector<Problem> found_;
};

void check_sizes(const VolumeSpec& volume, std::string_view field, Problems& problems) {
  const auto size = model::parse_bytes(volume.size);
  problems.check(size.has_value(), field, size ? std::string() : size.error().message);
  if (size) problems.check(size->bytes > 0, field, "a volume needs a size: write 20Gi");
}

void check_config(const model::Properties& config, Problems& problems) {
  for (const auto& [key, value] : config) {
    const std::string_view instead = model::instead_of(key);
    problems.check(instead.empty(),
                   fmt::format("config.{}", key),
                   fmt::format("the operator sets this key: {}", instead));
    problems.check(value.find('\n') == std::string::npos,
                   fmt::format("config.{}", key),
                   "a value is one line: take the newline out");
  }
}

void check_volume_change(const VolumeSpec& before,
                         const VolumeSpec& after,
                         std::string_view field,
                         Problems& problems) {
  problems.check(before.class_name == after.class_name,
                 fmt::format("{}.className", field),
                 "the class of a volume that exists cannot change: set it back");
  const auto was = model::parse_bytes(before.size);
  const auto is = model::parse_bytes(after.size);
  problems.check(!was || !is || *was <= *is,
                 fmt::format("{}.size", field),
                 fmt::format("a volume cannot shrink: write {} or more", before.size));
}

}  // namespace

std::vector<Problem> validate(const EnsembleSpec& spec) {
  // Named one by one, so that a new field does not compile until somebody has thought of it here.
  const auto& [suspend,
               state,
               version,
               image,
               voters,
               observers,
               storage,
               config,
               tls,
               rollout,
               reconfiguration] = spec;
  Problems problems;
  constexpr std::array kVoters{1, 3, 5, 7};
  problems.check(std::ranges::count(kVoters, voters.replicas) == 1,
                 "voters.replicas",
                 fmt::format("{} voters are not possible: write 1, 3, 5 or 7", voters.replicas));
  problems.check(observers.replicas >= 0 && observers.replicas <= model::kObserversMax,
                 "observers.replicas",
                 fmt::format("write a number from 0 to {}", model::kObserversMax));
  const auto parsed = model::parse_product_version(version);
  problems.check(parsed.has_value(), "version", parsed ? std::string() : parsed.error().message);
  check_sizes(storage.data, "storage.data.size", problems);
  if (storage.txn_log) check_sizes(*storage.txn_log, "storage.txnLog.size", problems);
  problems.check(!storage.is_ephemeral || voters.replicas >= 3,
                 "storage.ephemeral",
                 "a single voter without a disk loses everything: use 3 voters or a volume");
  check_config(config, problems);
  problems.check(tls.quorum != TlsMode::Optional,
                 "tls.quorum.mode",
                 "between servers it is Disabled or Required");
  problems.check(rollout.min_ready.count() >= 0 && rollout.health_timeout.count() > 0,
                 "rollout",
                 "times are seconds, and not negative");
  problems.check(rollout.max_sync_lag_transactions >= 0,
                 "rollout.maxSyncLagTransactions",
                 "write a number that is not negative");
  problems.check(reconfiguration.lost_node_grace.count() >= 0,
                 "reconfiguration.lostNodeGraceSeconds",
                 "write a number that is not negative");
  return problems.take();
}

std::vector<Problem> validate_version(const EnsembleSpec& spec,
                                      const model::ReleaseCatalog& releases,
                                      std::uint32_t level) {
  const auto version = model::parse_product_version(spec.version);
  if (!version) return {};  // validate() says so.
  const auto release = releases.find(*version);
  Problems problems;
  // An image by digest is the user's own build, of which nothing is known.
  problems.check(release != releases.end() || !spec.image.digest.empty(),
                 "version",
                 fmt::format("this operator does not know version {}: upgrade it first, or set "
                             "image.digest",
                             spec.version));
  problems.check(release == releases.end() || release->second >= level,
                 "version",
                 fmt::format("the ensemble has reached feature level {}, which version {} cannot "
                             "read: go back to a newer version",
                             level,
                             spec.version));
  return problems.take();
}

std::vector<Problem> validate_change(const EnsembleSpec& before, const EnsembleSpec& after) {
  Problems problems;
  check_volume_change(before.storage.data, after.storage.data, "storage.data", problems);
  problems.check(before.storage.txn_log.has_value() == after.storage.txn_log.has_value(),
                 "storage.txnLog",
                 "the log of disks that exist cannot move: set it back");
  if (before.storage.txn_log && after.storage.txn_log) {
    check_volume_change(
        *before.storage.txn_log, *after.storage.txn_log, "storage.txnLog", problems);
  }
  problems.check(before.storage.is_ephemeral == after.storage.is_ephemeral,
                 "storage.ephemeral",
                 "the storage of members that exist cannot change: set it back");
  return problems.take();
}

std::string to_text(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", problem.field, problem.message);
  }
  return text;
}

}  // namespace paddock::api
