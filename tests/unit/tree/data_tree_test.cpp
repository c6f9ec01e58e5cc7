// SPDX-License-Identifier: Apache-2.0
#include "tree/data_tree.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jute/reader.h"
#include "txn_builder.h"

namespace paddock::tree {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A tree and what the last transaction told about.
struct Fixture {
  DataTree tree;
  Changes changes;

  void apply(const TxnBuilder& builder) {
    changes.clear();
    tree.apply(builder.txn(), changes);
    tree.check_invariants();
  }
  [[nodiscard]] jute::Stat stat(View path) const { return tree.stat(*tree.find(path)); }
  [[nodiscard]] View data(View path) const { return tree.data(*tree.find(path)); }

  /// "type path" of every change.
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (const Change& change : changes.list()) {
      lines.push_back(std::to_string(static_cast<int>(change.type)) + " " +
                      std::string(changes.path(change)));
    }
    return lines;
  }
  [[nodiscard]] std::vector<std::string> children(View path) const {
    ByteBuffer out;
    tree.write_children(*tree.find(path), out);
    jute::Reader reader(out.view());
    jute::List<View> list;
    EXPECT_TRUE(reader.get(list));
    EXPECT_EQ(reader.remaining(), 0U);
    std::vector<std::string> names;
    for (const View name : list) names.emplace_back(name);
    return names;
  }
};

TEST(DataTree, StartsWithTheNodesThatZooKeeperHas) {
  const Fixture fixture;
  const DataTree& tree = fixture.tree;

  EXPECT_EQ(tree.counts().nodes, 5U);
  EXPECT_EQ(tree.counts().data_bytes, 44);
  EXPECT_THAT(fixture.children("/"), ElementsAre("zookeeper"));
  EXPECT_THAT(fixture.children("/zookeeper"), UnorderedElementsAre("quota", "config"));
  EXPECT_EQ(tree.find(""), tree.find("/"));
  EXPECT_EQ(fixture.stat("/").cversion, -1);
  EXPECT_EQ(fixture.stat("/zookeeper").cversion, -2);
  EXPECT_EQ(fixture.stat("/zookeeper/config").aversion, -1);
  const auto acl = tree.acl_entries(tree.acl(*tree.find("/zookeeper/config")));
  EXPECT_THAT(acl, ElementsAre(AclEntry{1, "world", "anyone"}));
  EXPECT_EQ(tree.acl(*tree.find("/")), kOpenAcl);
  tree.check_invariants();
}

TEST(DataTree, CreateSetsTheStatOfNodeAndParent) {
  Fixture fixture;
  fixture.apply(TxnBuilder(7).create({.path = "/a", .data = "hello"}));

  const jute::Stat expected{.czxid = 7,
                            .mzxid = 7,
                            .ctime = TxnBuilder::time_of(7),
                            .mtime = TxnBuilder::time_of(7),
                            .data_length = 5,
                            .pzxid = 7};
  EXPECT_EQ(fixture.stat("/a"), expected);
  EXPECT_THAT(fixture.changes.stats(), ElementsAre(expected));
  EXPECT_EQ(fixture.data("/a"), "hello");
  EXPECT_THAT(fixture.told(), ElementsAre("1 /a", "4 /"));
  EXPECT_EQ(fixture.stat("/").pzxid, 7);
  EXPECT_EQ(fixture.stat("/").cversion, 0);  // one creation twice, less two children
  EXPECT_EQ(fixture.tree.last_zxid(), Zxid{7});
}

TEST(DataTree, DeleteChangesTheParentsPzxidAndShownCversionOnly) {
  Fixture fixture;
  fixture.apply(TxnBuilder(1).create({.path = "/a"}));
  fixture.apply(TxnBuilder(2).create({.path = "/a/b"}));
  fixture.apply(TxnBuilder(3).remove("/a/b"));

  EXPECT_EQ(fixture.tree.find("/a/b"), nullptr);
  EXPECT_THAT(fixture.told(), ElementsAre("2 /a/b", "4 /a"));
  const jute::Stat stat = fixture.stat("/a");
  EXPECT_EQ(stat.cversion, 2);
  EXPECT_EQ(stat.num_children, 0);
  EXPECT_EQ(stat.pzxid, 3);
  EXPECT_EQ(stat.mzxid, 1);
  EXPECT_EQ(fixture.tree.view(*fixture.tree.find("/a")).cversion, 1);
  EXPECT_EQ(fixture.changes.stats().size(), 1U);
  EXPECT_EQ(fixture.changes.stats().front(), jute::Stat{});
}

TEST(DataTree, SetDataChangesVersionMzxidAndMtime) {
  Fixture fixture;
  fixture.apply(TxnBuilder(1).create({.path = "/a", .data = "x"}));
  fixture.apply(TxnBuilder(2).set_data("/a", "longer", 1));

  const jute::Stat stat = fixture.stat("/a");
  EXPECT_EQ(stat.version, 1);
  EXPECT_EQ(stat.mzxid, 2);
  EXPECT_EQ(stat.mtime, TxnBuilder::time_of(2));
  EXPECT_EQ(stat.czxid, 1);
  EXPECT_EQ(stat.pzxid, 1);
  EXPECT_EQ(stat.data_length, 6);
  EXPECT_THAT(fixture.told(), ElementsAre("3 /a"));
}

TEST(DataTree, SetAclChangesAversionAndTellsNobody) {
  Fixture fixture;
  fixture.apply(TxnBuilder(1).create({.path = "/a"}));
  const std::vector<AclEntry> acl{{3, "digest", "u:h"}, {1, "ip", "10.0.0.1"}};
  fixture.apply(TxnBuilder(2).set_acl("/a", acl, 1));

  const jute::Stat stat = fixture.stat("/a");
  EXPECT_EQ(stat.aversion, 1);
  EXPECT_EQ(stat.mzxid, 1);
  EXPECT_EQ(stat.mtime, TxnBuilder::time_of(1));
  EXPECT_THAT(fixture.told(), IsEmpty());
  const auto entries = fixture.tree.acl_entries(fixture.tree.acl(*fixture.tree.find("/a")));
  EXPECT_THAT(entries, testing::ElementsAreArray(acl));
}

TEST(DataTree, TellsNullDataFromEmpty) {
  Fixture fixture;
  fixture.apply(TxnBuilder(1)
                    .create({.path = "/null", .data = std::nullopt})
                    .create({.path = "/empty", .data = "", .parent_cversion = 2}));

  EXPECT_TRUE(is_null(fixture.data("/null")));
  EXPECT_FALSE(is_null(fixture.data("/empty")));
  EXPECT_EQ(fixture.stat("/null").data_length, 0);

  fixture.apply(TxnBuilder(2).set_data("/empty", std::nullopt, 1).set_data("/null", "", 1));
  EXPECT_TRUE(is_null(fixture.data("/empty")));
  EXPECT_FALSE(is_null(fixture.data("/null")));
}

TEST(DataTree, MultiGivesAllItsOperationsOneZxidAndOneStatEach) {
  Fixture fixture;
  fixture.apply(TxnBuilder(9)
                    .create({.path = "/a"})
                    .create({.path = "/a/b"})
                    .check("/a")
                    .set_data("/a/b", "x", 1)
                    .remove("/a/b"));

  EXPECT_THAT(fixture.told(),
              ElementsAre("1 /a", "4 /", "1 /a/b", "4 /a", "3 /a/b", "2 /a/b", "4 /a"));
  ASSERT_EQ(fixture.changes.stats().size(), 5U);
  EXPECT_EQ(fixture.changes.stats()[0].num_children, 0);
  EXPECT_EQ(fixture.changes.stats()[2], jute::Stat{});
  EXPECT_EQ(fixture.changes.stats()[3].version, 1);
  EXPECT_EQ(fixture.stat("/a").pzxid, 9);
}

TEST(DataTree, ChangesNameTheAclThatAWatcherMustPass) {
  Fixture fixture;
  const std::vector<AclEntry> secret{{31, "digest", "u:h"}};
  fixture.apply(TxnBuilder(1).create({.path = "/a", .acl = secret}));
  EXPECT_THAT(fixture.tree.acl_entries(fixture.changes.list()[0].acl),
              testing::ElementsAreArray(secret));
  EXPECT_EQ(fixture.changes.list()[1].acl, kOpenAcl);

  fixture.apply(TxnBuilder(2).remove("/a"));
  EXPECT_THAT(fixture.tree.acl_entries(fixture.changes.list()[0].acl),
              testing::ElementsAreArray(secret));
}

TEST(DataTree, CloseSessionDeletesItsEphemeralsInOrderOfCreation) {
  Fixture fixture;
  fixture.apply(TxnBuilder(1).create({.path = "/p"}));
  fixture.apply(TxnBuilder(2).create({.path = "/p/z", .owner = 5}));
  fixture.apply(TxnBuilder(3)
                    .create({.path = "/p/b", .owner = 5, .parent_cversion = 2})
                    .create({.path = "/p/a", .owner = 5, .parent_cversion = 3}));
  fixture.apply(TxnBuilder(4).create({.path = "/p/other", .owner = 6, .parent_cversion = 4}));
  fixture.apply(TxnBuilder(5).create({.path = "/p/gone", .owner = 5, .parent_cversion = 5}));
  fixture.apply(TxnBuilder(6).remove("/p/gone"));
  EXPECT_EQ(fixture.tree.counts().ephemerals, 4U);
  EXPECT_EQ(fixture.stat("/p/a").ephemeral_owner, 5);

  fixture.apply(TxnBuilder(7, 5).close_session());

  EXPECT_THAT(fixture.told(), ElementsAre("2 /p/z", "4 /p", "2 /p/a", "4 /p", "2 /p/b", "4 /p"));
  EXPECT_EQ(fixture.tree.counts().ephemerals, 1U);
  EXPECT_EQ(fixture.stat("/p").pzxid, 7);
  EXPECT_THAT(fixture.children("/p"), ElementsAre("other"));
  EXPECT_THAT(fixture.tree.sessions_with_ephemerals(), ElementsAre(SessionId{6}));
  std::vector<std::string> left;
  fixture.tree.for_each_ephemeral(SessionId{6}, [&](View path) { left.emplace_back(path); });
  EXPECT_THAT(left, ElementsAre("/p/other"));

  fixture.apply(TxnBuilder(8, 99).create_session(1000));
  fixture.apply(TxnBuilder(9, 99).close_session());
  EXPECT_THAT(fixture.told(), IsEmpty());
}

TEST(DataTree, ShowsNoOwnerForContainersAndTtlNodes) {
  Fixture fixture;
  fixture.apply(TxnBuilder(1)
                    .create({.path = "/c", .owner = kContainerOwner})
                    .create({.path = "/t", .owner = ttl_owner(1000), .parent_cversion = 2}));

  EXPECT_EQ(fixture.stat("/c").ephemeral_owner, 0);
  EXPECT_EQ(fixture.stat("/t").ephemeral_owner, 0);
  EXPECT_EQ(fixture.tree.view(*fixture.tree.find("/t")).owner, ttl_owner(1000));
  EXPECT_EQ(fixture.tree.counts().ephemerals, 0U);
}

TEST(DataTree, ContainersExpireOnceUsedAndEmpty) {
  Fixture fixture;
  const auto expired = [&](std::int64_t now_ms, std::int64_t never_used_ms) {
    std::vector<std::string> paths;
    fixture.tree.collect_expired(now_ms, never_used_ms, 10, paths);
    return paths;
  };
  fixture.apply(TxnBuilder(1).at(1000).create({.path = "/c", .owner = kContainerOwner}));
  EXPECT_THAT(expired(1'000'000, 0), IsEmpty());
  EXPECT_THAT(expired(1000 + 300, 300), IsEmpty());
  EXPECT_THAT(expired(1000 + 301, 300), ElementsAre("/c"));

  fixture.apply(TxnBuilder(2).create({.path = "/c/x"}));
  EXPECT_THAT(expired(1'000'000, 300), IsEmpty());
  fixture.apply(TxnBuilder(3).remove("/c/x"));
  EXPECT_THAT(expired(1001, 0), ElementsAre("/c"));
  fixture.apply(TxnBuilder(4).remove("/c"));
  EXPECT_THAT(expired(1001, 0), IsEmpty());
}

TEST(DataTree, TtlNodesExpireWhenEmptyAndUntouchedForLonger) {
  Fixture fixture;
  const auto expired = [&](std::int64_t now_ms, std::size_t limit) {
    std::vector<std::string> paths;
    fixture.tree.collect_expired(now_ms, 0, limit, paths);
    return paths;
  };
  fixture.apply(TxnBuilder(1).at(1000).create({.path = "/t", .owner = ttl_owner(50)}));
  EXPECT_THAT(expired(1050, 10), IsEmpty());
  EXPECT_THAT(expired(1051, 10), ElementsAre("/t"));
  fixture.apply(TxnBuilder(2).at(1040).set_data("/t", "x", 1));
  EXPECT_THAT(expired(1051, 10), IsEmpty());
  fixture.apply(TxnBuilder(3).at(1040).create({.path = "/t/x"}));
  EXPECT_THAT(expired(9999, 10), IsEmpty());
  fixture.apply(TxnBuilder(4)
                    .at(1040)
                    .create({.path = "/u", .owner = ttl_owner(1), .parent_cversion = 2})
                    .remove("/t/x"));
  EXPECT_THAT(expired(9999, 10), UnorderedElementsAre("/t", "/u"));
  EXPECT_EQ(expired(9999, 1).size(), 1U);
}

TEST(DataTree, CountsDescendantsWithoutTheNodeItself) {
  Fixture fixture;
  fixture.apply(TxnBuilder(1)
                    .create({.path = "/a"})
                    .create({.path = "/a/b"})
                    .create({.path = "/a/b/c"})
                    .create({.path = "/a/b/d", .parent_cversion = 2})
                    .create({.path = "/a/e", .parent_cversion = 2})
                    .create({.path = "/ab", .parent_cversion = 2}));

  const auto count = [&](View path) {
    return fixture.tree.descendants(*fixture.tree.find(path));
  };
  EXPECT_EQ(count("/a"), 4U);
  EXPECT_EQ(count("/a/b"), 2U);
  EXPECT_EQ(count("/a/e"), 0U);
  EXPECT_EQ(count("/"), fixture.tree.counts().nodes - 2);
}

TEST(DataTree, ShownCversionWrapsAsAnIntOfJava) {
  Fixture fixture;
  fixture.apply(TxnBuilder(1).create({.path = "/a", .parent_cversion = 0x7fffffff}));
  EXPECT_EQ(fixture.stat("/").cversion, -4);  // 2 * (2^31 - 1) - 2 in 32 bits
}

TEST(DataTree, DigestDiffersAsTheTreesDo) {
  Fixture one;
  Fixture other;
  one.apply(TxnBuilder(1).create({.path = "/a", .data = "x"}));
  one.apply(TxnBuilder(2).create({.path = "/b", .data = "y", .parent_cversion = 2}));
  other.apply(TxnBuilder(1).create({.path = "/a", .data = "x"}));
  EXPECT_NE(one.tree.digest(), other.tree.digest());
  other.apply(TxnBuilder(2).create({.path = "/b", .data = "y", .parent_cversion = 2}));
  EXPECT_EQ(one.tree.digest(), other.tree.digest());

  one.apply(TxnBuilder(3).set_data("/a", "", 1));
  other.apply(TxnBuilder(3).set_data("/a", std::nullopt, 1));
  EXPECT_NE(one.tree.digest(), other.tree.digest());
}

TEST(DataTree, DigestLeavesOutWhatIsBelowZookeeper) {
  Fixture fixture;
  const std::uint64_t before = fixture.tree.digest();
  fixture.apply(
      TxnBuilder(1).create({.path = "/zookeeper/quota/a"}).set_data("/zookeeper/config", "x", 1));
  EXPECT_EQ(fixture.tree.digest(), before);
  fixture.apply(TxnBuilder(2).create({.path = "/zookeepers"}));
  EXPECT_NE(fixture.tree.digest(), before);
}

using DataTreeDeathTest = testing::Test;

TEST(DataTreeDeathTest, ATransactionThatDoesNotFitAborts) {
  Fixture fixture;
  fixture.apply(TxnBuilder(5)
                    .create({.path = "/a"})
                    .create({.path = "/e", .owner = 7, .parent_cversion = 2}));
  EXPECT_DEATH(fixture.apply(TxnBuilder(6).create({.path = "/x/y"})), "parent != kNoNode");
  EXPECT_DEATH(fixture.apply(TxnBuilder(6).create({.path = "/a"})), "find\\(path\\) == kNoNode");
  EXPECT_DEATH(fixture.apply(TxnBuilder(6).create({.path = "/e/x"})), "is_ephemeral");
  EXPECT_DEATH(fixture.apply(TxnBuilder(6).remove("/x")), "id != kNoNode");
  EXPECT_DEATH(fixture.apply(TxnBuilder(5).check("/a")), "last_zxid");
}

}  // namespace
}  // namespace paddock::tree
