// SPDX-License-Identifier: Apache-2.0
//
// Limits of some clients, together, on one server: of those that are known by an identity, or of
// requests for a part of the tree. Shared by all shards: the rules never change (new ones are a new
// object), and what is counted is atomic, each number for itself.
#pragma once

#include <array>
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

/// What clients may have no more of than so many.
enum class Held : std::uint8_t {
  Connections,
  Watches,
  Sessions,
  Ephemerals,
};
inline constexpr std::size_t kHeldKinds = 4;

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
  std::int64_t sessions = 0;
  std::int64_t ephemerals = 0;
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
  /// Whether any is about paths.
  [[nodiscard]] bool has_paths() const { return of_paths_ != 0; }
  /// Whether sessions have to be counted for any.
  [[nodiscard]] bool counts_sessions() const {
    return limiting(Held::Sessions) != 0 || limiting(Held::Ephemerals) != 0;
  }

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
  /// Those rules that are about it.
  [[nodiscard]] Mask limiting(Held what) const { return limiting_[static_cast<std::size_t>(what)]; }
  void add(Held what, Mask rules, std::int64_t by);
  /// Adds one where there is room; returns the other rules.
  [[nodiscard]] Mask try_add(Held what, Mask rules);
  /// Those without room for so many more.
  [[nodiscard]] Mask full(Held what, Mask rules, std::size_t more) const;
  /// A client was refused something by these.
  void note_refusal(Mask rules);

  struct Report {
    std::string name;
    std::int64_t delayed = 0;
    std::int64_t refused = 0;
    std::int64_t connections = 0;
    std::int64_t watches = 0;
    /// Counted only if any rule is about them.
    std::optional<std::int64_t> sessions;
    std::optional<std::int64_t> ephemerals;
  };
  /// Any thread.
  [[nodiscard]] std::vector<Report> report() const;

 private:
  struct Rule;
  template <class Each>
  void for_each(Mask rules, Each&& each) const;

  std::vector<std::unique_ptr<Rule>> rules_;
  Mask of_paths_ = 0;
  std::array<Mask, kHeldKinds> limiting_{};
};

}  // namespace paddock::shard
