// SPDX-License-Identifier: Apache-2.0
#include "shard/watch_table.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/prng.h"

namespace paddock::shard {
namespace {

using jute::EventType;
using Owners = std::multiset<WatchTable::Owner>;

Owners fire(WatchTable& table, EventType event, View path) {
  Owners told;
  table.fire(event, path, [&](WatchTable::Owner owner) { told.insert(owner); });
  table.check_invariants();
  return told;
}

TEST(ParentPath, EndsAtTheRoot) {
  EXPECT_EQ(parent_path("/a/b/c"), "/a/b");
  EXPECT_EQ(parent_path("/a"), "/");
  EXPECT_TRUE(parent_path("/").empty());
  EXPECT_TRUE(parent_path("").empty());
  EXPECT_TRUE(parent_path("a").empty());
}

TEST(WatchTable, AOneShotDataWatchFiresOnce) {
  WatchTable table;
  table.add("/a", 7, kWatchData);

  EXPECT_EQ(fire(table, EventType::NodeChildrenChanged, "/a"), Owners{});
  EXPECT_EQ(fire(table, EventType::NodeDataChanged, "/a"), Owners{7});
  EXPECT_EQ(fire(table, EventType::NodeDataChanged, "/a"), Owners{});
  EXPECT_EQ(table.size(), 0U);
}

TEST(WatchTable, AOneShotChildWatchSeesChildrenAndTheNodesOwnEnd) {
  WatchTable table;
  table.add("/a", 1, kWatchChild);
  table.add("/a", 2, kWatchChild);

  EXPECT_EQ(fire(table, EventType::NodeCreated, "/a"), Owners{});
  EXPECT_EQ(fire(table, EventType::NodeDataChanged, "/a"), Owners{});
  EXPECT_EQ(fire(table, EventType::NodeChildrenChanged, "/a"), (Owners{1, 2}));
  table.add("/a", 1, kWatchChild);
  EXPECT_EQ(fire(table, EventType::NodeDeleted, "/a"), Owners{1});
  EXPECT_EQ(table.size(), 0U);
}

TEST(WatchTable, DataAndChildWatchOfOneOwnerFireTogetherWhenTheNodeIsDeleted) {
  WatchTable table;
  table.add("/a", 3, kWatchData);
  table.add("/a", 3, kWatchChild);

  EXPECT_EQ(fire(table, EventType::NodeDeleted, "/a"), Owners{3});
  EXPECT_EQ(table.size(), 0U);
}

TEST(WatchTable, FiringLeavesPersistentModesBesideOneShotOnes) {
  WatchTable table;
  table.add("/a", 3, kWatchData | kWatchChild | kWatchPersistent);

  EXPECT_EQ(fire(table, EventType::NodeDataChanged, "/a"), Owners{3});
  EXPECT_EQ(table.modes("/a", 3), kWatchChild | kWatchPersistent);
  EXPECT_EQ(fire(table, EventType::NodeChildrenChanged, "/a"), Owners{3});
  EXPECT_EQ(table.modes("/a", 3), kWatchPersistent);
  EXPECT_EQ(fire(table, EventType::NodeDeleted, "/a"), Owners{3});
  EXPECT_EQ(fire(table, EventType::NodeCreated, "/a"), Owners{3});
}

TEST(WatchTable, ARecursiveWatchSeesDataEventsBelowItAndNoChildEvents) {
  WatchTable table;
  table.add("/a", 5, kWatchRecursive);
  table.add("/", 6, kWatchRecursive);

  EXPECT_EQ(fire(table, EventType::NodeCreated, "/a/b/c"), (Owners{5, 6}));
  EXPECT_EQ(fire(table, EventType::NodeDeleted, "/a"), (Owners{5, 6}));
  EXPECT_EQ(fire(table, EventType::NodeDataChanged, "/ab"), Owners{6});
  EXPECT_EQ(fire(table, EventType::NodeDataChanged, "/"), Owners{6});
  EXPECT_EQ(fire(table, EventType::NodeChildrenChanged, "/a"), Owners{});
  EXPECT_EQ(table.size(), 2U);
}

TEST(WatchTable, APersistentWatchSeesItsNodeOnly) {
  WatchTable table;
  table.add("/a", 5, kWatchPersistent);

  EXPECT_EQ(fire(table, EventType::NodeCreated, "/a/b"), Owners{});
  EXPECT_EQ(fire(table, EventType::NodeChildrenChanged, "/a"), Owners{5});
}

TEST(WatchTable, RemovingTakesOnlyTheModesNamed) {
  WatchTable table;
  table.add("/a", 1, kWatchData | kWatchPersistent);

  EXPECT_FALSE(table.remove("/a", 1, kWatchRecursive));
  EXPECT_FALSE(table.remove("/a", 2, kWatchAny));
  EXPECT_FALSE(table.remove("/b", 1, kWatchAny));
  EXPECT_TRUE(table.remove("/a", 1, kWatchData));
  EXPECT_EQ(table.modes("/a", 1), kWatchPersistent);
  EXPECT_TRUE(table.remove("/a", 1, kWatchAny));
  EXPECT_EQ(table.size(), 0U);
}

TEST(WatchTable, CountsDataAndChildWatchesAsTwoTables) {
  WatchTable table;
  table.add("/a", 1, kWatchData);
  table.add("/a", 1, kWatchChild);
  table.add("/b", 1, kWatchPersistent);
  table.add("/c", 1, kWatchRecursive);

  EXPECT_EQ(table.size(), 3U);
  EXPECT_EQ(table.data_size(), 3U);
  EXPECT_EQ(table.child_size(), 2U);
}

TEST(WatchTable, CountsOwnersAndPathsOfDataWatches) {
  WatchTable table;
  table.add("/a", 1, kWatchData);
  table.add("/a", 2, kWatchData);
  table.add("/b", 2, kWatchPersistent);
  table.add("/c", 3, kWatchChild);
  EXPECT_EQ(table.data_owners(), 2U);
  EXPECT_EQ(table.data_paths(), 2U);

  table.remove_all(2);
  EXPECT_EQ(table.data_owners(), 1U);
  EXPECT_EQ(table.data_paths(), 1U);
  fire(table, EventType::NodeDeleted, "/a");
  EXPECT_EQ(table.data_owners(), 0U);
  EXPECT_EQ(table.data_paths(), 0U);
}

/// What WatchTable means, said as simply as possible.
class NaiveWatches {
 public:
  void add(const std::string& path, WatchTable::Owner owner, WatchModes modes) {
    auto& held = watches_[{path, owner}];
    held = static_cast<WatchModes>(held | modes);
  }
  bool remove(const std::string& path, WatchTable::Owner owner, WatchModes modes) {
    const auto found = watches_.find({path, owner});
    if (found == watches_.end() || (found->second & modes) == 0) return false;
    found->second = static_cast<WatchModes>(found->second & ~modes);
    if (found->second == 0) watches_.erase(found);
    return true;
  }
  void remove_all(WatchTable::Owner owner) {
    std::erase_if(watches_, [&](const auto& entry) { return entry.first.second == owner; });
  }
  std::set<WatchTable::Owner> fire(EventType event, const std::string& path) {
    std::set<WatchTable::Owner> told;
    const bool data = event != EventType::NodeChildrenChanged;
    const bool child = event == EventType::NodeDeleted || !data;
    for (auto& [key, modes] : watches_) {
      const auto& [at, owner] = key;
      const bool here = at == path;
      const bool above = at == "/" || path.starts_with(at + "/");
      if (here && data && (modes & kWatchData) != 0) told.insert(owner);
      if (here && child && (modes & kWatchChild) != 0) told.insert(owner);
      if (here && (modes & kWatchPersistent) != 0) told.insert(owner);
      if ((here || above) && data && (modes & kWatchRecursive) != 0) told.insert(owner);
      if (here && data) modes &= static_cast<WatchModes>(~kWatchData);
      if (here && child) modes &= static_cast<WatchModes>(~kWatchChild);
    }
    std::erase_if(watches_, [](const auto& entry) { return entry.second == 0; });
    return told;
  }
  [[nodiscard]] std::size_t size() const { return watches_.size(); }

 private:
  std::map<std::pair<std::string, WatchTable::Owner>, WatchModes> watches_;
};

TEST(WatchTable, AgreesWithANaiveModelUnderRandomOperations) {
  const std::vector<std::string> paths = {"/", "/a", "/a/b", "/a/b/c", "/ab", "/x", "/x/y"};
  constexpr EventType kEvents[] = {EventType::NodeCreated,
                                   EventType::NodeDeleted,
                                   EventType::NodeDataChanged,
                                   EventType::NodeChildrenChanged};
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Prng prng(seed);
    WatchTable table;
    NaiveWatches model;
    for (int step = 0; step < 500; ++step) {
      const std::string& path = paths[prng.below(paths.size())];
      const auto owner = static_cast<WatchTable::Owner>(prng.below(6));
      const auto modes = static_cast<WatchModes>(1 + prng.below(15));
      const std::uint64_t what = prng.below(10);
      if (what < 5) {
        table.add(path, owner, modes);
        model.add(path, owner, modes);
      } else if (what < 7) {
        ASSERT_EQ(table.remove(path, owner, modes), model.remove(path, owner, modes));
      } else if (what == 7) {
        table.remove_all(owner);
        model.remove_all(owner);
        ASSERT_FALSE(table.watches_anything(owner));
      } else {
        const EventType event = kEvents[prng.below(4)];
        const Owners told = fire(table, event, path);
        ASSERT_EQ(std::set(told.begin(), told.end()), model.fire(event, path));
      }
      ASSERT_EQ(table.size(), model.size());
    }
    table.check_invariants();
  }
}

TEST(WatchTable, GivesItsMemoryBackAndCanBeUsedAgain) {
  WatchTable table;
  for (WatchTable::Owner owner = 0; owner < 10; ++owner) {
    for (int i = 0; i < 1000; ++i) table.add("/node/" + std::to_string(i), owner, kWatchData);
  }
  EXPECT_EQ(table.size(), 10'000U);
  for (WatchTable::Owner owner = 0; owner < 10; ++owner) table.remove_all(owner);
  EXPECT_EQ(table.size(), 0U);
  table.check_invariants();

  table.add("/a", 3, kWatchData);
  EXPECT_EQ(fire(table, EventType::NodeCreated, "/a"), Owners{3});
}

}  // namespace
}  // namespace paddock::shard
