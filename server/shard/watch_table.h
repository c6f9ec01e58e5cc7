// SPDX-License-Identifier: Apache-2.0
//
// Who watches what: one record for each pair of an owner (a connection's slot) and a path, with a
// bit for each mode. Records of a path and records of an owner are linked lists through the records
// themselves, so a watch costs about 30 bytes and its path is stored once. Owned by a shard.
// Invariant: every record is in both lists and has at least one mode. Source: ZooKeeper
// WatchManager, WatchStats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "base/hash.h"
#include "jute/opcode.h"
#include "shard/pool.h"

namespace paddock::shard {

/// Modes of a watch; one record can have several.
using WatchModes = std::uint8_t;
inline constexpr WatchModes kWatchData = 1;        // one-shot: exists, getData
inline constexpr WatchModes kWatchChild = 2;       // one-shot: getChildren
inline constexpr WatchModes kWatchPersistent = 4;  // data and children of one node
inline constexpr WatchModes kWatchRecursive = 8;   // data of a node and of all below it
inline constexpr WatchModes kWatchAny = 15;

class WatchTable {
 public:
  using Owner = std::uint32_t;
  static constexpr Owner kOwnerMax = (1U << 28U) - 1;

  /// Who is told of each record that comes and goes.
  class Listener {
   public:
    virtual void on_watch(Owner owner, int by) = 0;

   protected:
    ~Listener() = default;
  };

  WatchTable();
  ~WatchTable();
  WatchTable(const WatchTable&) = delete;
  WatchTable& operator=(const WatchTable&) = delete;

  /// Null: nobody.
  void set_listener(Listener* listener) { listener_ = listener; }

  void add(View path, Owner owner, WatchModes modes);
  /// Takes `modes` away; whether there was one to take.
  bool remove(View path, Owner owner, WatchModes modes);
  void remove_all(Owner owner);
  [[nodiscard]] WatchModes modes(View path, Owner owner) const;

  /// Calls `each(owner)` for everybody who is to be told of an event, and ends the one-shot watches
  /// that it ends. An owner that watches the path and an ancestor recursively may be called twice.
  /// `each` must not change the table.
  template <class Each>
  void fire(jute::EventType event, View path, Each&& each);

  /// Records: pairs of owner and path.
  [[nodiscard]] std::size_t size() const { return watches_.size(); }
  /// As ZooKeeper counts: data and child watches are two tables, and a persistent watch is in both.
  [[nodiscard]] std::size_t data_size() const { return data_size_; }
  [[nodiscard]] std::size_t child_size() const { return child_size_; }
  /// Records of an owner, by walking them.
  [[nodiscard]] std::size_t count_of(Owner owner) const;
  [[nodiscard]] bool watches_anything(Owner owner) const { return first_of(owner) != kNone; }
  /// Owners and paths in the table of data watches, which is the one that commands show.
  [[nodiscard]] std::size_t data_owners() const { return data_owners_; }
  [[nodiscard]] std::size_t data_paths() const { return data_paths_; }

  /// Calls `each(owner, path, modes)` for every record.
  template <class Each>
  void for_each(Each&& each) const;

  void check_invariants() const;

 private:
  struct Path {
    std::unique_ptr<char[]> text;
    std::uint32_t length = 0;
    std::uint32_t hash = 0;
    std::uint32_t first = kNone;   // of the path's watches
    std::uint32_t data_count = 0;  // of them in the table of data watches
    [[nodiscard]] View view() const { return {text.get(), length}; }
  };
  struct OwnerEntry {
    std::uint32_t first = kNone;  // of the owner's watches
    std::uint32_t data_count = 0;
  };
  struct Watch {
    std::uint32_t path = kNone;
    std::uint32_t owner : 28 = 0;
    std::uint32_t modes : 4 = 0;
    std::uint32_t next_of_path = kNone;
    std::uint32_t previous_of_path = kNone;
    std::uint32_t next_of_owner = kNone;
    std::uint32_t previous_of_owner = kNone;
  };
  static_assert(sizeof(Watch) == 24);

  /// What a watch is looked up by.
  struct Key {
    std::uint32_t path;
    Owner owner;
    friend bool operator==(Key, Key) = default;
  };
  struct HashedPath {
    View text;
    std::uint32_t hash;
  };
  // Both indexes hold the 4-byte indexes of records and hash what those records hold.
  struct PathHash {
    using is_transparent = void;
    const Pool<Path>* paths;
    std::size_t operator()(std::uint32_t index) const { return (*paths)[index].hash; }
    std::size_t operator()(const HashedPath& path) const { return path.hash; }
  };
  struct PathEqual {
    using is_transparent = void;
    const Pool<Path>* paths;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(const HashedPath& a, std::uint32_t b) const {
      return a.text == (*paths)[b].view();
    }
    bool operator()(std::uint32_t a, const HashedPath& b) const { return (*this)(b, a); }
  };
  struct WatchHash {
    using is_transparent = void;
    using is_avalanching = void;
    const Pool<Watch>* watches;
    std::size_t operator()(Key key) const;
    std::size_t operator()(std::uint32_t index) const {
      return (*this)(Key{(*watches)[index].path, (*watches)[index].owner});
    }
  };
  struct WatchEqual {
    using is_transparent = void;
    const Pool<Watch>* watches;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(Key a, std::uint32_t b) const {
      return a == Key{(*watches)[b].path, (*watches)[b].owner};
    }
    bool operator()(std::uint32_t a, Key b) const { return (*this)(b, a); }
  };

  [[nodiscard]] static HashedPath hashed(View path);
  [[nodiscard]] static WatchModes modes_of(const Watch& watch) {
    return static_cast<WatchModes>(watch.modes);
  }
  [[nodiscard]] std::uint32_t find_path(View path) const;
  [[nodiscard]] std::uint32_t find_watch(View path, Owner owner) const;
  [[nodiscard]] std::uint32_t first_of(Owner owner) const {
    return owner < owners_.size() ? owners_[owner].first : kNone;
  }
  [[nodiscard]] std::uint32_t intern(View path);
  [[nodiscard]] std::uint32_t create(std::uint32_t path, Owner owner);
  void set_modes(Watch& watch, WatchModes modes);
  /// Unlinks a record from both lists; the last one of a path takes the path with it.
  void erase(std::uint32_t index);
  void drop_path(std::uint32_t index);
  template <class Each>
  void fire_at(std::uint32_t path, WatchModes told, WatchModes ended, Each&& each);

  Pool<Path> paths_;
  Pool<Watch> watches_;
  boost::unordered_flat_set<std::uint32_t, PathHash, PathEqual> path_index_;
  boost::unordered_flat_set<std::uint32_t, WatchHash, WatchEqual> watch_index_;
  std::vector<OwnerEntry> owners_;
  Listener* listener_ = nullptr;
  std::size_t data_size_ = 0;
  std::size_t child_size_ = 0;
  std::size_t recursive_ = 0;
  std::size_t data_owners_ = 0;
  std::size_t data_paths_ = 0;
};

/// The path without its last component; "/" has no parent and gives an empty view.
[[nodiscard]] View parent_path(View path);

template <class Each>
void WatchTable::fire_at(std::uint32_t path, WatchModes told, WatchModes ended, Each&& each) {
  std::uint32_t index = paths_[path].first;
  while (index != kNone) {
    Watch& watch = watches_[index];
    const std::uint32_t next = watch.next_of_path;
    if ((watch.modes & told) != 0) {
      each(Owner{watch.owner});
      const auto left = static_cast<WatchModes>(watch.modes & ~unsigned{ended});
      if (left == 0) {
        erase(index);
      } else if (left != watch.modes) {
        set_modes(watch, left);
      }
    }
    index = next;
  }
}

template <class Each>
void WatchTable::fire(jute::EventType event, View path, Each&& each) {
  const bool of_children = event == jute::EventType::NodeChildrenChanged;
  WatchModes told = kWatchData | kWatchPersistent | kWatchRecursive;
  WatchModes ended = kWatchData;
  if (of_children) {
    told = kWatchChild | kWatchPersistent;
    ended = kWatchChild;
  } else if (event == jute::EventType::NodeDeleted) {
    told = kWatchAny;
    ended = kWatchData | kWatchChild;
  }
  if (const std::uint32_t at = find_path(path); at != kNone) fire_at(at, told, ended, each);
  if (of_children) return;
  for (View above = path; recursive_ > 0;) {
    above = parent_path(above);
    if (above.empty()) return;
    if (const std::uint32_t at = find_path(above); at != kNone) {
      fire_at(at, kWatchRecursive, 0, each);
    }
  }
}

template <class Each>
void WatchTable::for_each(Each&& each) const {
  for (Owner owner = 0; owner < owners_.size(); ++owner) {
    for (std::uint32_t at = owners_[owner].first; at != kNone; at = watches_[at].next_of_owner) {
      each(owner, paths_[watches_[at].path].view(), modes_of(watches_[at]));
    }
  }
}

}  // namespace paddock::shard
