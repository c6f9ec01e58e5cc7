// SPDX-License-Identifier: Apache-2.0
#include "client_session/watch_table.h"

#include <algorithm>
#include <span>

#include "base/assert.h"
#include "client_session/path.h"

namespace paddock::client {

namespace {

constexpr std::array kChildren{WatchKind::Children};
constexpr std::array kData{WatchKind::Data, WatchKind::Exists};
constexpr std::array kPersistent{WatchKind::Persistent};
constexpr std::array kRecursive{WatchKind::PersistentRecursive};
constexpr std::array kAll{WatchKind::Data,
                          WatchKind::Exists,
                          WatchKind::Children,
                          WatchKind::Persistent,
                          WatchKind::PersistentRecursive};

std::span<const WatchKind> kinds_of(WatcherType type) {
  switch (type) {
    case WatcherType::Children:
      return kChildren;
    case WatcherType::Data:
      return kData;
    case WatcherType::Any:
      return kAll;
    case WatcherType::Persistent:
      return kPersistent;
    case WatcherType::PersistentRecursive:
      return kRecursive;
  }
  PADDOCK_UNREACHABLE();
}

void add_once(std::vector<WatcherId>& into, const std::vector<WatcherId>& from) {
  for (const WatcherId watcher : from) {
    if (std::ranges::find(into, watcher) == into.end()) into.push_back(watcher);
  }
}

}  // namespace

void WatchTable::add(WatchKind kind, View path, WatcherId watcher) {
  Paths& paths = table(kind);
  auto found = paths.find(path);
  if (found == paths.end())
    found = paths.emplace(std::string(path), std::vector<WatcherId>{}).first;
  if (std::ranges::find(found->second, watcher) != found->second.end()) return;
  found->second.push_back(watcher);
  ++registrations_[watcher];
}

std::vector<WatcherId> WatchTable::fire(EventType type, View path) {
  std::vector<WatcherId> told;
  if (type == EventType::NodeDataChanged || type == EventType::NodeCreated ||
      type == EventType::NodeDeleted) {
    take_all(WatchKind::Data, path, told);
    take_all(WatchKind::Exists, path, told);
  }
  if (type == EventType::NodeChildrenChanged || type == EventType::NodeDeleted) {
    take_all(WatchKind::Children, path, told);
  }
  const Paths& persistent = paths(WatchKind::Persistent);
  if (const auto found = persistent.find(path); found != persistent.end()) {
    add_once(told, found->second);
  }
  // A one-shot child watch below a recursive one makes the server send events that the recursive
  // watcher did not ask for.
  if (type == EventType::NodeChildrenChanged) return told;
  const Paths& recursive = paths(WatchKind::PersistentRecursive);
  for (View at = path; !at.empty(); at = parent_path(at)) {
    if (const auto found = recursive.find(at); found != recursive.end()) {
      add_once(told, found->second);
    }
  }
  return told;
}

bool WatchTable::contains(View path, WatcherType type, WatcherId watcher) const {
  return std::ranges::any_of(kinds_of(type), [&](WatchKind kind) {
    const auto found = paths(kind).find(path);
    if (found == paths(kind).end()) return false;
    return watcher == WatcherId{} ||
           std::ranges::find(found->second, watcher) != found->second.end();
  });
}

bool WatchTable::has_others(View path, WatcherType type, WatcherId watcher) const {
  return std::ranges::any_of(kinds_of(type), [&](WatchKind kind) {
    const auto found = paths(kind).find(path);
    if (found == paths(kind).end()) return false;
    return std::ranges::any_of(found->second, [&](WatcherId other) { return other != watcher; });
  });
}

WatchTable::Removed WatchTable::remove(View path, WatcherType type, WatcherId watcher) {
  Removed removed;
  for (const WatchKind kind : kinds_of(type)) {
    std::vector<WatcherId>& into = kind == WatchKind::Children ? removed.children
                                   : kind == WatchKind::Data || kind == WatchKind::Exists
                                       ? removed.data
                                       : removed.persistent;
    if (watcher == WatcherId{}) {
      take_all(kind, path, into);
    } else {
      drop(kind, path, watcher, into);
    }
  }
  return removed;
}

std::vector<WatcherId> WatchTable::clear() {
  std::vector<WatcherId> all;
  all.reserve(registrations_.size());
  for (const auto& [watcher, count] : registrations_) all.push_back(watcher);
  registrations_.clear();
  for (Paths& paths : tables_) paths.clear();
  return all;
}

void WatchTable::check_invariants() const {
  std::size_t listed = 0;
  for (const Paths& paths : tables_) {
    for (const auto& [path, watchers] : paths) {
      PADDOCK_ASSERT(!watchers.empty());
      listed += watchers.size();
    }
  }
  std::size_t counted = 0;
  for (const auto& [watcher, count] : registrations_) {
    PADDOCK_ASSERT(count > 0);
    counted += count;
  }
  PADDOCK_ASSERT(listed == counted);
}

void WatchTable::take_all(WatchKind kind, View path, std::vector<WatcherId>& into) {
  Paths& paths = table(kind);
  const auto found = paths.find(path);
  if (found == paths.end()) return;
  add_once(into, found->second);
  for (const WatcherId watcher : found->second) release(watcher);
  paths.erase(found);
}

void WatchTable::drop(WatchKind kind, View path, WatcherId watcher, std::vector<WatcherId>& into) {
  Paths& paths = table(kind);
  const auto found = paths.find(path);
  if (found == paths.end() || std::erase(found->second, watcher) == 0) return;
  add_once(into, {watcher});
  release(watcher);
  if (found->second.empty()) paths.erase(found);
}

void WatchTable::release(WatcherId watcher) {
  const auto found = registrations_.find(watcher);
  PADDOCK_ASSERT(found != registrations_.end());
  if (--found->second == 0) registrations_.erase(found);
}

}  // namespace paddock::client
