// SPDX-License-Identifier: Apache-2.0
#include "api/validate.h"

#include <utility>

#include <fmt/format.h>

#include "api/bounds.h"
#include "api/rules.h"
#include "model/config_catalog.h"
#include "model/quantity.h"

namespace paddock::api {
namespace {

class Problems {
 public:
  explicit Problems(std::vector<Problem> found = {}) : found_(std::move(found)) {}
  void check(bool holds, std::string_view field, std::string message) {
    if (!holds) found_.push_back({fmt::format("spec.{}", field), std::move(message)});
  }
  [[nodiscard]] std::vector<Problem> take() { return std::move(found_); }

 private:
  std::vector<Problem> found_;
};

void check_size(const VolumeSpec& volume, std::string_view field, Problems& problems) {
  const auto size = model::parse_bytes(volume.size);
  problems.check(!size || size->bytes > 0, field, "a volume needs a size: write 20Gi");
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

}  // namespace

std::vector<Problem> validate(const EnsembleSpec& spec) {
  std::vector<Problem> found;
  BoundsCheck bounds(found);
  EnsembleSpec copy = spec;  // describe() is for readers, too
  describe(bounds, copy);
  Problems problems(std::move(found));
  for (const Rule& rule : rules()) {
    problems.check(rule.holds(spec), rule.field, std::string(rule.message));
  }
  check_size(spec.storage.data, "storage.data.size", problems);
  if (spec.storage.txn_log) check_size(*spec.storage.txn_log, "storage.txnLog.size", problems);
  problems.check(!spec.storage.is_ephemeral || spec.voters.replicas >= 3,
                 "storage.ephemeral",
                 "a single voter without a disk loses everything: use 3 voters or a volume");
  check_config(spec.config, problems);
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
  for (const ChangeRule& rule : change_rules()) {
    problems.check(rule.holds(before, after), rule.field, std::string(rule.message));
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
