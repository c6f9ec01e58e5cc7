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
        bytes(from.bytes_per_second) {}

  [[nodiscard]] bool is_of_paths() const { return from.scheme == "path"; }
  [[nodiscard]] bool matches(const jute::Id& id) const {
    if (from.scheme != id.scheme) return false;
    return range ? range->contains(id.id) : matches_text(from.pattern, id.id);
  }

  LimitRule from;
  std::optional<IpRange> range;
  Rate requests;
  Rate bytes;
  Count connections{0};
  Count watches{0};
  Count delayed{0};
  Count refused{0};
};

ClientLimits::ClientLimits(std::vector<LimitRule> rules) {
  PADDOCK_ASSERT(rules.size() <= kRulesMax);
  for (LimitRule& from : rules) {
    const Mask bit = Mask{1} << rules_.size();
    rules_.push_back(std::make_unique<Rule>(std::move(from)));
    const Rule& rule = *rules_.back();
    has_paths_ = has_paths_ || rule.is_of_paths();
    if (rule.from.connections > 0) with_connections_ |= bit;
    if (rule.from.watches > 0) with_watches_ |= bit;
  }
}

ClientLimits::~ClientLimits() = default;

template <class Each>
void ClientLimits::for_each(Mask rules, Each&& each) const {
  for (; rules != 0; rules &= rules - 1) {
    each(*rules_[static_cast<std::size_t>(std::countr_zero(rules))]);
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
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = *rules_[i];
    if (rule.is_of_paths() && is_within(rule.from.pattern, path)) found |= Mask{1} << i;
  }
  return found;
}

MonotonicTime ClientLimits::ready_at(Mask rules) const {
  MonotonicTime at{Duration::min()};
  for_each(rules, [&](const Rule& rule) {
    for (const Rate* const rate : {&rule.requests, &rule.bytes}) {
      if (rate->is_limited()) at = std::max(at, rate->ready_at());
    }
  });
  return at;
}

ClientLimits::Credit ClientLimits::credit(Mask rules, MonotonicTime now) const {
  Credit least{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max()};
  for_each(rules, [&](const Rule& rule) {
    // One more than fits: what is taken may be more than there is.
    if (rule.requests.is_limited()) {
      least.requests = std::min(least.requests, rule.requests.available(now) + 1);
    }
    if (rule.bytes.is_limited()) least.bytes = std::min(least.bytes, rule.bytes.available(now));
  });
  return least;
}

void ClientLimits::take(Mask rules, const Credit& taken, MonotonicTime now) {
  for_each(rules, [&](Rule& rule) {
    if (rule.requests.is_limited()) rule.requests.take(taken.requests, now);
    if (rule.bytes.is_limited()) rule.bytes.take(taken.bytes, now);
  });
}

void ClientLimits::note_delay(Mask rules, MonotonicTime now) {
  for_each(rules, [&](Rule& rule) {
    const bool delays = (rule.requests.is_limited() && rule.requests.ready_at() > now) ||
                        (rule.bytes.is_limited() && rule.bytes.ready_at() > now);
    if (delays) add(rule.delayed, 1);
  });
}

void ClientLimits::add_connection(Mask rules, int by) {
  for_each(rules, [&](Rule& rule) { add(rule.connections, by); });
}

void ClientLimits::add_watch(Mask rules, int by) {
  for_each(rules, [&](Rule& rule) { add(rule.watches, by); });
}

bool ClientLimits::may_be_connected(Mask rules) const {
  bool may = true;
  for_each(rules & with_connections_, [&](const Rule& rule) {
    const std::int64_t max = rule.from.connections;
    may = may && value(rule.connections) <= max;
  });
  return may;
}

bool ClientLimits::may_watch(Mask rules, std::size_t more) const {
  bool may = true;
  for_each(rules & with_watches_, [&](const Rule& rule) {
    const std::int64_t max = rule.from.watches;
    may = may && value(rule.watches) + static_cast<std::int64_t>(more) <= max;
  });
  return may;
}

void ClientLimits::note_refusal(Mask rules) {
  for_each(rules & (with_connections_ | with_watches_), [](Rule& rule) { add(rule.refused, 1); });
}

std::vector<ClientLimits::Report> ClientLimits::report() const {
  std::vector<Report> reports;
  for (const auto& rule : rules_) {
    reports.push_back({.name = rule->from.name,
                       .delayed = value(rule->delayed),
                       .refused = value(rule->refused),
                       .connections = value(rule->connections),
                       .watches = value(rule->watches)});
  }
  return reports;
}

}  // namespace paddock::shard
