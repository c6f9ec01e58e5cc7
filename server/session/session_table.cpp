// SPDX-License-Identifier: Apache-2.0
#include "session/session_table.h"

#include <algorithm>
#include <limits>
#include <map>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/assert.h"

namespace paddock::session {

namespace {

constexpr MonotonicTime kNever{Duration::max()};

struct IdHash {
  using is_avalanching = void;
  std::size_t operator()(SessionId id) const {
    std::uint64_t mixed = static_cast<std::uint64_t>(raw(id));
    mixed = (mixed ^ (mixed >> 32U)) * 0x9e3779b97f4a7c15U;
    return mixed ^ (mixed >> 32U);
  }
};

struct Entry {
  Session session;
  /// The boundary at which the session expires unless it is touched.
  MonotonicTime expiry;
  /// The bucket that names the session: at or before `expiry`, kNever if none does.
  MonotonicTime queued = kNever;
};

}  // namespace

// A touch only moves `expiry`. The session stays in the bucket that it is in, and moves on when
// that bucket's time comes: once per timeout and not once per touch. Names in a bucket that is not
// the session's `queued` are leftovers and mean nothing.
struct SessionTable::Impl {
  explicit Impl(milliseconds width) : tick(width) { PADDOCK_ASSERT(width > milliseconds{0}); }

  /// The first boundary after `at`.
  [[nodiscard]] MonotonicTime boundary_after(MonotonicTime at) const {
    return {(at.since_origin / tick + 1) * tick};
  }

  void set_expiry(Entry& entry, MonotonicTime now) {
    entry.expiry = boundary_after(now + entry.session.timeout);
    if (entry.queued > entry.expiry) enqueue(entry);
  }

  void enqueue(Entry& entry) {
    entry.queued = entry.expiry;
    buckets[entry.expiry].push_back(entry.session.id);
  }

  /// Called for each name in a bucket whose time has come.
  void on_due(SessionId id,
              MonotonicTime boundary,
              MonotonicTime now,
              std::vector<SessionId>& expired) {
    const auto found = sessions.find(id);
    if (found == sessions.end() || found->second.queued != boundary) return;
    Entry& entry = found->second;
    if (entry.expiry > now) {
      enqueue(entry);
      return;
    }
    entry.queued = kNever;
    if (entry.session.closing) return;
    entry.session.closing = true;
    expired.push_back(id);
  }

  Duration tick;
  boost::unordered_flat_map<SessionId, Entry, IdHash> sessions;
  std::map<MonotonicTime, std::vector<SessionId>> buckets;
};

SessionTable::SessionTable(milliseconds tick) : impl_(std::make_unique<Impl>(tick)) {}

SessionTable::~SessionTable() = default;

void SessionTable::create(SessionId id, milliseconds timeout, MonotonicTime now) {
  const auto [found, is_new] = impl_->sessions.try_emplace(id);
  Entry& entry = found->second;
  if (is_new) entry.session = {.id = id, .timeout = timeout};
  if (!entry.session.closing) impl_->set_expiry(entry, now);
}

void SessionTable::close(SessionId id) {
  impl_->sessions.erase(id);
}

Session* SessionTable::find(SessionId id) {
  const auto found = impl_->sessions.find(id);
  return found == impl_->sessions.end() ? nullptr : &found->second.session;
}

const Session* SessionTable::find(SessionId id) const {
  const auto found = impl_->sessions.find(id);
  return found == impl_->sessions.end() ? nullptr : &found->second.session;
}

bool SessionTable::touch(SessionId id, MonotonicTime now) {
  const auto found = impl_->sessions.find(id);
  if (found == impl_->sessions.end() || found->second.session.closing) return false;
  impl_->set_expiry(found->second, now);
  return true;
}

bool SessionTable::renew(SessionId id, milliseconds timeout, MonotonicTime now) {
  Session* const session = find(id);
  if (session == nullptr || session->closing) return false;
  session->timeout = timeout;
  return touch(id, now);
}

std::vector<SessionId> SessionTable::expire(MonotonicTime now) {
  std::vector<SessionId> expired;
  while (!impl_->buckets.empty() && impl_->buckets.begin()->first <= now) {
    const auto bucket = impl_->buckets.extract(impl_->buckets.begin());
    for (const SessionId id : bucket.mapped()) impl_->on_due(id, bucket.key(), now, expired);
  }
  std::ranges::sort(expired);
  return expired;
}

MonotonicTime SessionTable::next_expiry() const {
  return impl_->buckets.empty() ? kNever : impl_->buckets.begin()->first;
}

void SessionTable::touch_all(MonotonicTime now) {
  for (auto& [id, entry] : impl_->sessions) {
    entry.session.closing = false;
    impl_->set_expiry(entry, now);
  }
}

std::size_t SessionTable::size() const {
  return impl_->sessions.size();
}

void SessionTable::for_each(const std::function<void(const Session&)>& each) const {
  for (const auto& [id, entry] : impl_->sessions) each(entry.session);
}

void SessionTable::for_each_bucket(
    const std::function<void(MonotonicTime, const std::vector<SessionId>&)>& each) const {
  std::map<MonotonicTime, std::vector<SessionId>> buckets;
  for (const auto& [id, entry] : impl_->sessions) buckets[entry.expiry].push_back(id);
  for (auto& [boundary, ids] : buckets) {
    std::ranges::sort(ids);
    each(boundary, ids);
  }
}

void SessionTable::check_invariants() const {
  for (const auto& [id, entry] : impl_->sessions) {
    PADDOCK_ASSERT(entry.session.id == id);
    PADDOCK_ASSERT(entry.expiry.since_origin % impl_->tick == Duration{0});
    if (entry.queued == kNever) {
      PADDOCK_ASSERT(entry.session.closing);
      continue;
    }
    PADDOCK_ASSERT(entry.queued <= entry.expiry);
    const auto bucket = impl_->buckets.find(entry.queued);
    PADDOCK_ASSERT(bucket != impl_->buckets.end());
    PADDOCK_ASSERT(std::ranges::count(bucket->second, id) >= 1);
  }
}

}  // namespace paddock::session
