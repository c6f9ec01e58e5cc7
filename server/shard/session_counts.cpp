// SPDX-License-Identifier: Apache-2.0
#include "shard/session_counts.h"

namespace paddock::shard {

void SessionCounts::reset(ClientLimits* limits) {
  limits_ = limits;
  asked_.clear();
  sessions_.clear();
}

SessionCounts::Mask SessionCounts::create(ConnectionId connection, Mask rules) {
  if (limits_ == nullptr) return 0;
  const Mask full = limits_->try_add(Held::Sessions, rules);
  if (full != 0) {
    limits_->add(Held::Sessions, rules & ~full, -1);
  } else {
    asked_.emplace(connection, Asked{rules, true});
  }
  return full;
}

void SessionCounts::come_back(ConnectionId connection, Mask rules) {
  if (limits_ != nullptr) asked_.emplace(connection, Asked{rules, false});
}

void SessionCounts::refuse(ConnectionId connection) {
  const auto asked = asked_.find(connection);
  if (asked == asked_.end()) return;
  if (asked->second.is_new) limits_->add(Held::Sessions, asked->second.rules, -1);
  asked_.erase(asked);
}

void SessionCounts::attach(ConnectionId connection, SessionId session, std::size_t ephemerals) {
  const auto found = asked_.find(connection);
  if (found == asked_.end()) return;
  const Asked asked = found->second;
  asked_.erase(found);
  leave(session);
  if (!asked.is_new) limits_->add(Held::Sessions, asked.rules, 1);
  sessions_[session] = {.connection = connection, .rules = asked.rules, .counting = asked.rules};
  set_ephemerals(session, ephemerals);
}

SessionCounts::Mask SessionCounts::match(SessionId session, Mask rules) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return 0;
  Entry& entry = found->second;
  limits_->add(Held::Ephemerals, rules & ~entry.rules, entry.ephemerals());
  limits_->add(Held::Ephemerals, entry.rules & ~rules, -entry.ephemerals());
  entry.rules = rules;
  limits_->add(Held::Sessions, entry.counting & ~rules, -1);
  const Mask full = limits_->try_add(Held::Sessions, rules & ~entry.counting);
  entry.counting = rules & ~full;
  return full;
}

void SessionCounts::leave(SessionId session) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  const Entry& entry = found->second;
  limits_->add(Held::Sessions, entry.counting, -1);
  limits_->add(Held::Ephemerals, entry.rules, -entry.ephemerals());
  sessions_.erase(found);
}

void SessionCounts::set_ephemerals(SessionId session, std::size_t count) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  Entry& entry = found->second;
  const auto owned = static_cast<std::int64_t>(count);
  limits_->add(Held::Ephemerals, entry.rules, owned - entry.owned);
  entry.owned = owned;
}

void SessionCounts::add_under_way(ConnectionId connection, SessionId session, std::int64_t by) {
  if (by == 0) return;
  const auto found = sessions_.find(session);
  if (found == sessions_.end() || found->second.connection != connection) return;
  Entry& entry = found->second;
  limits_->add(Held::Ephemerals, entry.rules, by);
  entry.under_way += by;
}

std::optional<std::int64_t> SessionCounts::under_way(ConnectionId connection,
                                                     SessionId session) const {
  const auto found = sessions_.find(session);
  if (found == sessions_.end() || found->second.connection != connection) return std::nullopt;
  return found->second.under_way;
}

void SessionCounts::check_invariants() const {
  if (limits_ == nullptr) PADDOCK_ASSERT(sessions_.empty() && asked_.empty());
  for (const auto& [id, entry] : sessions_) {
    PADDOCK_ASSERT((entry.counting & ~entry.rules) == 0);
    PADDOCK_ASSERT(entry.under_way >= 0);
  }
}

}  // namespace paddock::shard
