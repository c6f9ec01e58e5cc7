// SPDX-License-Identifier: Apache-2.0
//
// Limits of some clients, together, on one server: of those that are known by an identity, or of
// requests for a part of the tree. Shared by all shards: the rules never change (new ones are a new
// object), and what is counted is atomic, each number for itself.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/identities.h"
#include "base/bytes.h"
#include "base/ip_range.h"
#include "shard/rate.h"

namespace paddock::shard {

/// 0 is no limit.
struct LimitRule {
  std::string name;
  /// Of the identities that match; "path": whoever asks for what is there; "any": everybody.
  std::string scheme;
  /// An id, a range of addresses, or a path. `*` at its end stands for whatever comes.
  std::string pattern;
  std::int64_t requests_per_second = 0;
  std::int64_t bytes_per_second = 0;
  std::int64_t connections = 0;
  std::int64_t watches = 0;
};

class ClientLimits {
 public:
  static constexpr std::size_t kRulesMax = 64;
  /// A set of rules: bit i is the i-th.
  using Mask = std::uint64_t;

  /// At most kRulesMax.
  explicit ClientLimits(std::vector<LimitRule> rules);
  ~ClientLimits();

  // --- Which rules are about it.
  [[nodiscard]] Mask of_client(const auth::Identities& identities) const;
  [[nodiscard]] Mask of_path(View path) const;
  /// Whether any of them is about watches.
  [[nodiscard]] bool limits_watches(Mask rules) const { return (rules & with_watches_) != 0; }
  /// Whether any is about paths.
  [[nodiscard]] bool has_paths() const { return has_paths_; }

  // --- Rates.
  /// When the next request may be handled.
  [[nodiscard]] MonotonicTime ready_at(Mask rules) const;
  /// What may be taken before the next look at ready_at(): requests are handled as long as there
  /// is one left and the bytes are not below 0.
  struct Credit {
    std::int64_t requests = 0;
    std::int64_t bytes = 0;
  };
  [[nodiscard]] Credit credit(Mask rules, MonotonicTime now) const;
  void take(Mask rules, const Credit& taken, MonotonicTime now);
  /// A request of these waits until `ready_at`.
  void note_delay(Mask rules, MonotonicTime now);

  // --- Numbers.
  void add_connection(Mask rules, int by);
  void add_watch(Mask rules, int by);
  /// Whether there are no more connections than may be.
  [[nodiscard]] bool may_be_connected(Mask rules) const;
  /// Whether so many more watches may be.
  [[nodiscard]] bool may_watch(Mask rules, std::size_t more) const;
  /// A client of these was refused something.
  void note_refusal(Mask rules);

  struct Report {
    std::string name;
    std::int64_t delayed = 0;
    std::int64_t refused = 0;
    std::int64_t connections = 0;
    std::int64_t watches = 0;
  };
  /// Any thread.
  [[nodiscard]] std::vector<Report> report() const;

 private:
  struct Rule;
  template <class Each>
  void for_each(Mask rules, Each&& each) const;

  std::vector<std::unique_ptr<Rule>> rules_;
  bool has_paths_ = false;
  Mask with_connections_ = 0;
  Mask with_watches_ = 0;
};

}  // namespace paddock::shard
