// SPDX-License-Identifier: Apache-2.0
#include "request/overlay.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace paddock::request {

namespace {

constexpr std::size_t kSpareMax = 16384;
constexpr std::size_t kAppliedKeptMax = 4096;

NodeState state_of(const tree::NodeView& view) {
  return {.version = view.stat.version,
          .aversion = view.stat.aversion,
          .cversion = view.cversion,
          .children = view.stat.num_children,
          .owner = view.owner,
          .data_size = view.stat.data_length};
}

std::span<const tree::AclEntry> entries_of(const tree::DataTree& tree, tree::AclId id) {
  if (id == tree::kOpenAcl) return {};
  return tree.acl_entries(id);
}

}  // namespace

bool Overlay::look(View path, Node& into) const {
  const auto found = entries_.find(path);
  if (found != entries_.end()) {
    const Entry& entry = *found->second;
    if (!entry.exists) return false;
    into = {.state = entry.state,
            .acl = entry.has_acl ? std::span<const tree::AclEntry>(entry.acl)
                                 : entries_of(tree_, entry.acl_id),
            .is_pending = true};
    return true;
  }
  const tree::Znode* node = tree_.find(path);
  if (node == nullptr) return false;
  const tree::NodeView view = tree_.view(*node);
  into = {.state = state_of(view), .acl = entries_of(tree_, view.acl), .is_pending = false};
  return true;
}

void Overlay::create(View path, const NodeState& state, AclEntries acl) {
  Entry& entry = touch(path);
  PADDOCK_ASSERT(!entry.exists);
  entry.exists = true;
  entry.state = state;
  set_acl_of(entry, std::move(acl));
  count_ephemeral(entry, 1);
}

void Overlay::remove(View path) {
  Entry& entry = touch(path);
  PADDOCK_ASSERT(entry.exists);
  count_ephemeral(entry, -1);
  entry.exists = false;
}

NodeState& Overlay::change(View path) {
  Entry& entry = touch(path);
  PADDOCK_ASSERT(entry.exists);
  return entry.state;
}

void Overlay::set_acl(View path, AclEntries acl) {
  Entry& entry = touch(path);
  PADDOCK_ASSERT(entry.exists);
  set_acl_of(entry, std::move(acl));
}

void Overlay::set_acl_of(Entry& entry, AclEntries acl) {
  entry.has_acl = !acl.empty();
  entry.acl_id = tree::kOpenAcl;
  entry.acl = std::move(acl);
}

Overlay::Entry& Overlay::touch(View path) {
  const auto found = entries_.find(path);
  if (found == entries_.end()) {
    Entry& entry = add_entry(path);
    entry.is_touched = true;
    undo_.push_back({.entry = &entry, .is_new = true, .state = {}, .acl = {}});
    return entry;
  }
  Entry& entry = *found->second;
  if (entry.is_touched) return entry;
  entry.is_touched = true;
  undo_.push_back({.entry = &entry,
                   .existed = entry.exists,
                   .had_acl = entry.has_acl,
                   .state = entry.state,
                   .acl_id = entry.acl_id,
                   .acl = entry.acl});
  return entry;
}

Overlay::Entry& Overlay::add_entry(View path) {
  std::unique_ptr<Entry> entry;
  if (spare_.empty()) {
    entry = std::make_unique<Entry>();
  } else {
    entry = std::move(spare_.back());
    spare_.pop_back();
  }
  entry->path.assign(path);
  load_from_tree(*entry);
  Entry& added = *entry;
  entries_.emplace(View{added.path}, std::move(entry));
  return added;
}

void Overlay::load_from_tree(Entry& entry) {
  const tree::Znode* node = tree_.find(entry.path);
  entry.exists = node != nullptr;
  entry.has_acl = false;
  if (node == nullptr) return;
  const tree::NodeView view = tree_.view(*node);
  entry.state = state_of(view);
  entry.acl_id = view.acl;
  count_ephemeral(entry, 1);
}

void Overlay::count_ephemeral(const Entry& entry, std::int64_t by) {
  if (!entry.exists || !tree::is_ephemeral(entry.state.owner)) return;
  std::int64_t& count = ephemerals_[entry.state.owner];
  count += by;
  PADDOCK_ASSERT(count >= 0);
  if (count == 0) ephemerals_.erase(entry.state.owner);
}

std::vector<std::string> Overlay::ephemerals(SessionId session) const {
  std::vector<std::string> paths;
  tree_.for_each_ephemeral(session, [&](View path) {
    if (!entries_.contains(path)) paths.emplace_back(path);
  });
  if (!ephemerals_.contains(raw(session))) return paths;
  for (const auto& [path, entry] : entries_) {
    if (entry->exists && entry->state.owner == raw(session)) paths.emplace_back(path);
  }
  return paths;
}

void Overlay::commit(Zxid zxid) {
  PADDOCK_ASSERT(outstanding_.empty() || outstanding_.back().zxid < zxid);
  for (const Undo& undo : undo_) {
    undo.entry->is_touched = false;
    undo.entry->last = zxid;
    outstanding_.push_back({zxid, undo.entry});
  }
  undo_.clear();
}

void Overlay::rollback() {
  for (Undo& undo : undo_) {
    if (undo.is_new) {
      drop(*undo.entry);
      continue;
    }
    Entry& entry = *undo.entry;
    count_ephemeral(entry, -1);
    entry.is_touched = false;
    entry.exists = undo.existed;
    entry.has_acl = undo.had_acl;
    entry.state = undo.state;
    entry.acl_id = undo.acl_id;
    entry.acl = std::move(undo.acl);
    count_ephemeral(entry, 1);
  }
  undo_.clear();
}

void Overlay::on_applied(Zxid zxid) {
  PADDOCK_ASSERT(undo_.empty());
  while (first_outstanding_ < outstanding_.size() &&
         outstanding_[first_outstanding_].zxid <= zxid) {
    const Outstanding done = outstanding_[first_outstanding_++];
    if (done.entry->last == done.zxid) drop(*done.entry);
  }
  if (first_outstanding_ == outstanding_.size()) {
    outstanding_.clear();
    first_outstanding_ = 0;
  } else if (first_outstanding_ > kAppliedKeptMax && first_outstanding_ > outstanding_.size() / 2) {
    outstanding_.erase(outstanding_.begin(),
                       outstanding_.begin() + static_cast<std::ptrdiff_t>(first_outstanding_));
    first_outstanding_ = 0;
  }
}

void Overlay::drop(Entry& entry) {
  count_ephemeral(entry, -1);
  const auto found = entries_.find(View{entry.path});
  PADDOCK_ASSERT(found != entries_.end() && found->second.get() == &entry);
  std::unique_ptr<Entry> owned = std::move(found->second);
  entries_.erase(found);
  if (spare_.size() >= kSpareMax) return;
  owned->is_touched = false;
  owned->acl.clear();
  spare_.push_back(std::move(owned));
}

void Overlay::check_invariants() const {
  PADDOCK_ASSERT(first_outstanding_ <= outstanding_.size());
  PADDOCK_ASSERT(std::ranges::is_sorted(outstanding_, {}, &Outstanding::zxid));
  boost::unordered_flat_map<std::int64_t, std::int64_t> ephemerals;
  std::size_t found = 0;
  for (const auto& [path, entry] : entries_) {
    PADDOCK_ASSERT(path == entry->path);
    if (entry->exists && tree::is_ephemeral(entry->state.owner)) ++ephemerals[entry->state.owner];
    if (entry->exists) PADDOCK_ASSERT(entry->state.children >= 0);
  }
  PADDOCK_ASSERT(ephemerals == ephemerals_);
  // Every entry is found from the last transaction that changed it.
  for (std::size_t i = first_outstanding_; i < outstanding_.size(); ++i) {
    if (outstanding_[i].entry->last == outstanding_[i].zxid) ++found;
  }
  PADDOCK_ASSERT(found + undo_.size() >= entries_.size());
}

}  // namespace paddock::request
