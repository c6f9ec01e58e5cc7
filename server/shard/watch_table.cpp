// SPDX-License-Identifier: Apache-2.0
#include "shard/watch_table.h"

#include <cstring>

namespace paddock::shard {

namespace {
constexpr std::size_t kBucketsKept = 4096;
}

View parent_path(View path) {
  const std::size_t slash = path.rfind('/');
  if (slash == View::npos || path.size() == 1) return View{};
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

std::size_t WatchTable::WatchHash::operator()(Key key) const {
  // The finalizer of MurmurHash3: every bit of the key reaches every bit of the hash.
  std::uint64_t mixed = std::uint64_t{key.path} << 32U | key.owner;
  mixed = (mixed ^ (mixed >> 33U)) * 0xff51afd7ed558ccdU;
  mixed = (mixed ^ (mixed >> 33U)) * 0xc4ceb9fe1a85ec53U;
  return mixed ^ (mixed >> 33U);
}

WatchTable::WatchTable()
    : path_index_(0, PathHash{&paths_}, PathEqual{&paths_}),
      watch_index_(0, WatchHash{&watches_}, WatchEqual{&watches_}) {}

WatchTable::~WatchTable() = default;

WatchTable::HashedPath WatchTable::hashed(View path) {
  return {path, static_cast<std::uint32_t>(hash64(path))};
}

std::uint32_t WatchTable::find_path(View path) const {
  const auto found = path_index_.find(hashed(path));
  return found == path_index_.end() ? kNone : *found;
}

std::uint32_t WatchTable::find_watch(View path, Owner owner) const {
  const std::uint32_t at = find_path(path);
  if (at == kNone) return kNone;
  const auto found = watch_index_.find(Key{at, owner});
  return found == watch_index_.end() ? kNone : *found;
}

std::uint32_t WatchTable::intern(View path) {
  const HashedPath wanted = hashed(path);
  if (const auto found = path_index_.find(wanted); found != path_index_.end()) return *found;
  const std::uint32_t index = paths_.take();
  Path& entry = paths_[index];
  entry.text = std::make_unique_for_overwrite<char[]>(path.size());
  std::memcpy(entry.text.get(), path.data(), path.size());
  entry.length = static_cast<std::uint32_t>(path.size());
  entry.hash = wanted.hash;
  path_index_.insert(index);
  return index;
}

std::uint32_t WatchTable::create(std::uint32_t path, Owner owner) {
  const std::uint32_t index = watches_.take();
  Watch& watch = watches_[index];
  watch.path = path;
  watch.owner = owner & kOwnerMax;
  watch.next_of_path = paths_[path].first;
  if (watch.next_of_path != kNone) watches_[watch.next_of_path].previous_of_path = index;
  paths_[path].first = index;
  if (owner >= owners_.size()) owners_.resize(owner + 1);
  watch.next_of_owner = owners_[owner].first;
  if (watch.next_of_owner != kNone) watches_[watch.next_of_owner].previous_of_owner = index;
  owners_[owner].first = index;
  watch_index_.insert(index);
  if (listener_ != nullptr) listener_->on_watch(owner, 1);
  return index;
}

void WatchTable::set_modes(Watch& watch, WatchModes modes) {
  constexpr WatchModes kInDataTable = kWatchData | kWatchPersistent | kWatchRecursive;
  constexpr WatchModes kInChildTable = kWatchChild | kWatchPersistent;
  const auto change = [&](WatchModes table) {
    return static_cast<int>((modes & table) != 0) - static_cast<int>((watch.modes & table) != 0);
  };
  const auto count = [](auto& counter, int by) {
    const bool was = counter > 0;
    counter += static_cast<std::remove_reference_t<decltype(counter)>>(by);
    return static_cast<int>(counter > 0) - static_cast<int>(was);
  };
  const int data = change(kInDataTable);
  count(data_size_, data);
  count(child_size_, change(kInChildTable));
  count(recursive_, change(kWatchRecursive));
  count(data_paths_, count(paths_[watch.path].data_count, data));
  count(data_owners_, count(owners_[watch.owner].data_count, data));
  watch.modes = modes & kWatchAny;
}

void WatchTable::add(View path, Owner owner, WatchModes modes) {
  PADDOCK_ASSERT(owner <= kOwnerMax);
  PADDOCK_ASSERT(modes != 0);
  std::uint32_t index = find_watch(path, owner);
  if (index == kNone) index = create(intern(path), owner);
  set_modes(watches_[index], static_cast<WatchModes>(watches_[index].modes | modes));
}

bool WatchTable::remove(View path, Owner owner, WatchModes modes) {
  const std::uint32_t index = find_watch(path, owner);
  if (index == kNone) return false;
  Watch& watch = watches_[index];
  const auto left = static_cast<WatchModes>(watch.modes & ~unsigned{modes});
  if (left == watch.modes) return false;
  if (left == 0) {
    erase(index);
  } else {
    set_modes(watch, left);
  }
  return true;
}

void WatchTable::remove_all(Owner owner) {
  while (first_of(owner) != kNone) erase(first_of(owner));
}

WatchModes WatchTable::modes(View path, Owner owner) const {
  const std::uint32_t index = find_watch(path, owner);
  return index == kNone ? WatchModes{0} : modes_of(watches_[index]);
}

std::size_t WatchTable::count_of(Owner owner) const {
  std::size_t count = 0;
  for (std::uint32_t at = first_of(owner); at != kNone; at = watches_[at].next_of_owner) ++count;
  return count;
}

void WatchTable::erase(std::uint32_t index) {
  Watch& watch = watches_[index];
  if (listener_ != nullptr) listener_->on_watch(watch.owner, -1);
  set_modes(watch, 0);
  watch_index_.erase(index);
  const std::uint32_t path = watch.path;
  if (watch.next_of_path != kNone) {
    watches_[watch.next_of_path].previous_of_path = watch.previous_of_path;
  }
  if (watch.previous_of_path != kNone) {
    watches_[watch.previous_of_path].next_of_path = watch.next_of_path;
  } else {
    paths_[path].first = watch.next_of_path;
  }
  if (watch.next_of_owner != kNone) {
    watches_[watch.next_of_owner].previous_of_owner = watch.previous_of_owner;
  }
  if (watch.previous_of_owner != kNone) {
    watches_[watch.previous_of_owner].next_of_owner = watch.next_of_owner;
  } else {
    owners_[watch.owner].first = watch.next_of_owner;
  }
  watches_.give_back(index);
  if (paths_[path].first == kNone) drop_path(path);
}

void WatchTable::drop_path(std::uint32_t index) {
  path_index_.erase(index);
  paths_.give_back(index);
  // An index that once held millions gives its memory back with the last of them.
  if (path_index_.empty() && watch_index_.bucket_count() > kBucketsKept) {
    path_index_.rehash(0);
    watch_index_.rehash(0);
  }
}

void WatchTable::check_invariants() const {
  std::size_t of_owners = 0;
  std::size_t data = 0;
  std::size_t child = 0;
  std::size_t recursive = 0;
  for_each([&](Owner owner, View path, WatchModes modes) {
    PADDOCK_ASSERT(modes != 0);
    PADDOCK_ASSERT(find_watch(path, owner) != kNone);
    ++of_owners;
    data += static_cast<std::size_t>((modes & ~unsigned{kWatchChild}) != 0);
    child += static_cast<std::size_t>((modes & (kWatchChild | kWatchPersistent)) != 0);
    recursive += static_cast<std::size_t>((modes & kWatchRecursive) != 0);
  });
  PADDOCK_ASSERT(of_owners == watches_.size());
  PADDOCK_ASSERT(data == data_size_ && child == child_size_ && recursive == recursive_);
  PADDOCK_ASSERT(watch_index_.size() == watches_.size());
  PADDOCK_ASSERT(path_index_.size() == paths_.size());
  std::size_t of_paths = 0;
  for (const std::uint32_t path : path_index_) {
    std::uint32_t previous = kNone;
    for (std::uint32_t at = paths_[path].first; at != kNone; at = watches_[at].next_of_path) {
      PADDOCK_ASSERT(watches_[at].path == path);
      PADDOCK_ASSERT(watches_[at].previous_of_path == previous);
      previous = at;
      ++of_paths;
    }
    PADDOCK_ASSERT(previous != kNone);
  }
  PADDOCK_ASSERT(of_paths == watches_.size());
  PADDOCK_ASSERT(data_paths_ <= paths_.size() && data_paths_ <= data_size_);
  PADDOCK_ASSERT(data_owners_ <= data_size_);
  PADDOCK_ASSERT((data_size_ == 0) == (data_owners_ == 0));
}

}  // namespace paddock::shard
