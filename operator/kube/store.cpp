// SPDX-License-Identifier: Apache-2.0
#include "kube/store.h"

#include <set>

namespace paddock::kube {

namespace {

void leave_out_managers(json::value& object) {
  json::object* const top = object.if_object();
  json::value* const metadata = top == nullptr ? nullptr : top->if_contains("metadata");
  if (metadata != nullptr && metadata->is_object()) metadata->get_object().erase("managedFields");
}

/// A name may have been given to another object in between.
bool is_same(const json::value& a, const json::value& b) {
  return uid_of(a) == uid_of(b) && resource_version_of(a) == resource_version_of(b);
}

}  // namespace

void Store::replace(std::vector<json::value> items, std::vector<Change>& changes) {
  std::set<ObjectKey> kept;
  for (json::value& item : items) {
    kept.insert(key_of(item));
    put(std::move(item), changes);
  }
  for (auto at = objects_.begin(); at != objects_.end();) {
    if (kept.contains(at->first)) {
      ++at;
      continue;
    }
    changes.push_back({Change::Kind::Deleted, at->first, std::move(at->second), true});
    at = objects_.erase(at);
  }
}

void Store::put(json::value object, std::vector<Change>& changes) {
  leave_out_managers(object);
  ObjectKey key = key_of(object);
  const auto at = objects_.find(key);
  if (at == objects_.end()) {
    changes.push_back({.kind = Change::Kind::Added, .key = key});
    objects_.emplace(std::move(key), std::move(object));
    return;
  }
  if (is_same(at->second, object)) return;
  changes.push_back({Change::Kind::Modified, std::move(key), std::move(at->second)});
  at->second = std::move(object);
}

void Store::erase(json::value last, std::vector<Change>& changes) {
  leave_out_managers(last);
  ObjectKey key = key_of(last);
  if (objects_.erase(key) == 0) return;
  changes.push_back({Change::Kind::Deleted, std::move(key), std::move(last)});
}

const json::value* Store::find(const ObjectKey& key) const {
  const auto at = objects_.find(key);
  return at == objects_.end() ? nullptr : &at->second;
}

}  // namespace paddock::kube
