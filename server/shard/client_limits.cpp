// SPDX-License-Identifier: Apache-2.0
#include "shard/client_limits.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "base/assert.h"

namespace paddock::shard {

namespace {

using Count = std::atomic<std::int64_t>;

void add(Count& count, std::int64_t by) {
  count.fetch_add(by, std::memory_order_relaxed);
}

std::int64_t value(const Count& count) {
  return count.load(std::memory_order_relaxed);
}

bool matches_text(std::string_view pattern, View text) {
  if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
  return text == pattern;
}

/// A node is in its own part of the tree.
bool is_within(std::string_view top, View path) {
  if (top == "/") return true;
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

}  // namespace

struct ClientLimits::Rule {
  explicit Rule(LimitRule from_in)
      : from(std::move(from_in)),
        range(from.scheme == "ip" ? IpRange::parse(from.pattern) : std::nullopt),
        requests(from.requests_per_second),
        bytes(from.bytes_per_second),
        maxima{from.connections, from.watches, from.sessions, from.ephemerals} {}

  [[nodiscard]] bool is_of_paths() const { return from.scheme == "path"; }
  [[nodiscard]] bool matches(const jute::Id& id) const {
    if (from.scheme != id.scheme) return false;
    return range ? range->contains(id.id) : matches_text(from.pattern, id.id);
  }
  [[nodiscard]] Count& count(Held what) { return counts[static_cast<std::size_t>(what)]; }
  [[nodiscard]] const Count& count(Held what) const {
    return counts[static_cast<std::size_t>(what)];
  }
  [[nodiscard]] std::int64_t max(Held what) const { return maxima[static_cast<std::size_t>(what)]; }

  LimitRule from;
  std::optional<IpRange> range;
  Rate requests;
  Rate bytes;
  std::array<std::int64_t, kHeldKinds> maxima;  // 0: none
  std::array<Count, kHeldKinds> counts{};
  Count delayed{0};
  Count refused{0};
};

ClientLimits::ClientLimits(std::vector<LimitRule> rules) {
  PADDOCK_ASSERT(rules.size() <= kRulesMax);
  for (LimitRule& from : rules) {
    const Mask bit = Mask{1} << rules_.size();
    rules_.push_back(std::make_unique<Rule>(std::move(from)));
    const Rule& rule = *rules_.back();
    if (rule.is_of_paths()) of_paths_ |= bit;
    for (std::size_t what = 0; what < kHeldKinds; ++what) {
      if (rule.maxima[what] > 0) limiting_[what] |= bit;
    }
  }
}

ClientLimits::~ClientLimits() = default;

template <class Each>
void ClientLimits::for_each(Mask rules, Each&& each) const {
  for (; rules != 0; rules &= rules - 1) {
    each(*rules_[static_cast<std::size_t>(std::countr_zero(rules))], rules & (~rules + 1));
  }
}

ClientLimits::Mask ClientLimits::of_client(const auth::Identities& identities) const {
  Mask found = 0;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = *rules_[i];
    bool matches = rule.from.scheme == "any";
    for (const jute::Id& id : identities) matches = matches || rule.matches(id);
    if (matches) found |= Mask{1} << i;
  }
  return found;
}

ClientLimits::Mask ClientLimits::of_path(View path) const {
  Mask found = 0;
  for_each(of_paths_, [&](const Rule& rule, Mask bit) {
    if (is_within(rule.from.pattern, path)) found |= bit;
  });
  return found;
}

MonotonicTime ClientLimits::ready_at(Mask rules) const {
  MonotonicTime at{Duration::min()};
  for_each(rules, [&](const Rule& rule, Mask) {
    for (const Rate* const rate : {&rule.requests, &rule.bytes}) {
      if (rate->is_limited()) at = std::max(at, rate->ready_at());
    }
  });
  return at;
}

ClientLimits::Credit ClientLimits::credit(Mask rules, MonotonicTime now) const {
  Credit least{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max()};
  for_each(rules, [&](const Rule& rule, Mask) {
    // One more than fits: what is taken may be more than there is.
    if (rule.requests.is_limited()) {
      least.requests = std::min(least.requests, rule.requests.available(now) + 1);
    }
    if (rule.bytes.is_limited()) least.bytes = std::min(least.bytes, rule.bytes.available(now));
  });
  return least;
}

void ClientLimits::take(Mask rules, const Credit& taken, MonotonicTime now) {
  for_each(rules, [&](Rule& rule, Mask) {
    if (rule.requests.is_limited()) rule.requests.take(taken.requests, now);
    if (rule.bytes.is_limited()) rule.bytes.take(taken.bytes, now);
  });
}

void ClientLimits::note_delay(Mask rules, MonotonicTime now) {
  for_each(rules, [&](Rule& rule, Mask) {
    const bool delays = (rule.requests.is_limited() && rule.requests.ready_at() > now) ||
                        (rule.bytes.is_limited() && rule.bytes.ready_at() > now);
    if (delays) shard::add(rule.delayed, 1);
  });
}

void ClientLimits::add(Held what, Mask rules, std::int64_t by) {
  for_each(rules, [&](Rule& rule, Mask) { shard::add(rule.count(what), by); });
}

ClientLimits::Mask ClientLimits::try_add(Held what, Mask rules) {
  Mask full = 0;
  for_each(rules, [&](Rule& rule, Mask bit) {
    const std::int64_t before = rule.count(what).fetch_add(1, std::memory_order_relaxed);
    if (rule.max(what) == 0 || before < rule.max(what)) return;
    shard::add(rule.count(what), -1);
    full |= bit;
  });
  return full;
}

ClientLimits::Mask ClientLimits::full(Held what, Mask rules, std::size_t more) const {
  Mask full = 0;
  for_each(rules & limiting(what), [&](const Rule& rule, Mask bit) {
    const std::int64_t wanted = value(rule.count(what)) + static_cast<std::int64_t>(more);
    if (wanted > rule.max(what)) full |= bit;
  });
  return full;
}

void ClientLimits::note_refusal(Mask rules) {
  for_each(rules, [](Rule& rule, Mask) { shard::add(rule.refused, 1); });
}

std::vector<ClientLimits::Report> ClientLimits::report() const {
  std::vector<Report> reports;
  for (const auto& rule : rules_) {
    Report& report = reports.emplace_back();
    report = {.name = rule->from.name,
              .delayed = value(rule->delayed),
              .refused = value(rule->refused),
              .connections = value(rule->count(Held::Connections)),
              .watches = value(rule->count(Held::Watches)),
              .sessions = {},
              .ephemerals = {}};
    if (!counts_sessions()) continue;
    report.sessions = value(rule->count(Held::Sessions));
    report.ephemerals = value(rule->count(Held::Ephemerals));
  }
  return reports;
}

}  // namespace paddock::shard
