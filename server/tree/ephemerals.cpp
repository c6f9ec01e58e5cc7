// SPDX-License-Identifier: Apache-2.0
#include "tree/ephemerals.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace paddock::tree {
namespace {

[[nodiscard]] bool is_removed(const Ephemerals::Entry& entry) {
  return entry.id == kNoNode;
}

}  // namespace

void Ephemerals::add(SessionId session, std::int64_t czxid, NodeId id) {
  auto& owned = sessions_[raw(session)];
  if (owned == nullptr) owned = std::make_unique<Owned>();
  if (!owned->entries.empty()) PADDOCK_ASSERT(owned->entries.back().czxid <= czxid);
  owned->entries.push_back({czxid, id});
  ++count_;
}

void Ephemerals::remove(SessionId session, std::int64_t czxid, NodeId id) {
  const auto found = sessions_.find(raw(session));
  PADDOCK_ASSERT(found != sessions_.end());
  Owned& owned = *found->second;
  auto entry = std::ranges::lower_bound(owned.entries, czxid, {}, &Entry::czxid);
  while (entry != owned.entries.end() && entry->id != id) ++entry;
  PADDOCK_ASSERT(entry != owned.entries.end());
  PADDOCK_ASSERT(entry->czxid == czxid);
  entry->id = kNoNode;
  --count_;
  ++owned.removed;
  if (owned.removed == owned.entries.size()) {
    sessions_.erase(found);
  } else if (owned.removed > owned.entries.size() / 2) {
    std::erase_if(owned.entries, is_removed);
    owned.removed = 0;
  }
}

std::vector<Ephemerals::Entry> Ephemerals::take(SessionId session) {
  const auto found = sessions_.find(raw(session));
  if (found == sessions_.end()) return {};
  std::vector<Entry> entries = std::move(found->second->entries);
  sessions_.erase(found);
  std::erase_if(entries, is_removed);
  count_ -= entries.size();
  return entries;
}

std::size_t Ephemerals::count_of(SessionId session) const {
  const auto found = sessions_.find(raw(session));
  return found == sessions_.end() ? 0 : found->second->entries.size() - found->second->removed;
}

std::vector<SessionId> Ephemerals::sessions() const {
  std::vector<SessionId> ids;
  ids.reserve(sessions_.size());
  for (const auto& [id, owned] : sessions_) ids.push_back(SessionId{id});
  return ids;
}

void Ephemerals::check_invariants() const {
  std::size_t total = 0;
  for (const auto& [id, owned] : sessions_) {
    const auto removed =
        static_cast<std::size_t>(std::ranges::count_if(owned->entries, is_removed));
    PADDOCK_ASSERT(removed == owned->removed);
    PADDOCK_ASSERT(removed < owned->entries.size());
    PADDOCK_ASSERT(std::ranges::is_sorted(owned->entries, {}, &Entry::czxid));
    total += owned->entries.size() - removed;
  }
  PADDOCK_ASSERT(total == count_);
}

}  // namespace paddock::tree
