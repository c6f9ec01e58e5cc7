// SPDX-License-Identifier: Apache-2.0
#include "tree/quota.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model.h"
#include "random_txns.h"
#include "tree/data_tree.h"
#include "tree/loader.h"
#include "tree/path.h"
#include "tree/snapshot.h"
#include "txn_builder.h"

namespace paddock::tree {
namespace {

TEST(QuotaText, WritesWhatZooKeeperWrites) {
  QuotaText text;
  EXPECT_EQ(text.text(), "count=-1,bytes=-1");
  text.set(kQuotaCount, 5);
  text.set(kQuotaBytes, 0);
  EXPECT_EQ(text.text(), "count=5,bytes=0");
  text.set(kQuotaCountHardLimit, 7);
  text.set(kQuotaBytesHardLimit, 100);
  EXPECT_EQ(text.text(), "count=5,bytes=0=;byteHardLimit=100;countHardLimit=7");
}

TEST(QuotaText, ReadsWhatZooKeeperWrites) {
  const QuotaText text("count=5,bytes=-3=;byteHardLimit=100;countHardLimit=7");
  EXPECT_EQ(text.get(kQuotaCount), 5);
  EXPECT_EQ(text.get(kQuotaBytes), -3);
  EXPECT_EQ(text.get(kQuotaBytesHardLimit), 100);
  EXPECT_EQ(text.get(kQuotaCountHardLimit), 7);
  EXPECT_EQ(text.get("other"), -1);
}

TEST(QuotaText, TakesGarbageAsUnset) {
  for (const View text : {View{},
                          View{""},
                          View{";;,"},
                          View{"count"},
                          View{"=5"},
                          View{"count="},
                          View{"count=x"},
                          View{"count=5x"},
                          View{"count=99999999999999999999"}}) {
    EXPECT_EQ(QuotaText(text).get(kQuotaCount), -1) << text;
  }
  EXPECT_EQ(QuotaText("count=1,count=2").get(kQuotaCount), 2);
}

TEST(QuotaPaths, FindsTheNearestLimitsAtOrAbove) {
  QuotaPaths paths;
  paths.on_added("/zookeeper/quota/a/zookeeper_limits");
  paths.on_added("/zookeeper/quota/a/b/c/zookeeper_limits");
  paths.on_added("/zookeeper/quota/a/zookeeper_stats");
  paths.on_added("/zookeeper/quota/zookeeper_limits");
  paths.on_added("/zookeeper/quotas/x/zookeeper_limits");
  EXPECT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths.covering("/a"), "/a");
  EXPECT_EQ(paths.covering("/a/b"), "/a");
  EXPECT_EQ(paths.covering("/a/b/c/d"), "/a/b/c");
  EXPECT_TRUE(is_null(paths.covering("/ab")));
  EXPECT_TRUE(is_null(paths.covering("/")));
  paths.on_removed("/zookeeper/quota/a/zookeeper_limits");
  EXPECT_TRUE(is_null(paths.covering("/a/b")));
  EXPECT_EQ(paths.covering("/a/b/c"), "/a/b/c");
}

/// What zkCli's setquota does.
void set_quota(TxnBuilder& txn, const std::string& path, const std::string& limits) {
  const std::string at = "/zookeeper/quota" + path;
  txn.create({.path = at})
      .create({.path = at + "/zookeeper_limits", .data = limits})
      .create({.path = at + "/zookeeper_stats", .data = "count=0,bytes=0", .parent_cversion = 2});
}

struct Fixture {
  DataTree tree;
  Changes changes;

  void apply(const TxnBuilder& builder) {
    changes.clear();
    tree.apply(builder.txn(), changes);
    tree.check_invariants();
  }
  [[nodiscard]] std::string stats(const std::string& path) const {
    return std::string(tree.data(*tree.find(quota_stats_path(path))));
  }
};

TEST(Quota, StatisticsAreCountedAnewWhenTheyAreCreated) {
  Fixture fixture;
  fixture.apply(TxnBuilder(1)
                    .create({.path = "/a", .data = "12345"})
                    .create({.path = "/a/b", .data = "123"})
                    .create({.path = "/a/b/c", .data = std::nullopt}));
  TxnBuilder quota(2);
  set_quota(quota, "/a", "count=10,bytes=-1=;byteHardLimit=50");
  fixture.apply(quota);

  EXPECT_EQ(fixture.stats("/a"), "count=3,bytes=8");
  const jute::Stat stat =
      fixture.tree.stat(*fixture.tree.find("/zookeeper/quota/a/zookeeper_stats"));
  EXPECT_EQ(stat.version, 0);
  EXPECT_EQ(stat.mzxid, 2);
  EXPECT_EQ(stat.data_length, 15);
  const auto found = fixture.tree.quota_of("/a/b/c/d");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->path, "/a");
  EXPECT_EQ(found->count, 3);
  EXPECT_EQ(found->bytes, 8);
  EXPECT_EQ(found->count_limit, 10);
  EXPECT_EQ(found->bytes_limit, -1);
  EXPECT_EQ(found->bytes_hard_limit, 50);
  EXPECT_EQ(found->count_hard_limit, -1);
  EXPECT_FALSE(fixture.tree.quota_of("/b").has_value());
}

TEST(Quota, StatisticsFollowEveryChangeWithoutAnEventOrAVersion) {
  Fixture fixture;
  TxnBuilder quota(1);
  quota.create({.path = "/a"});
  set_quota(quota, "/a", "count=10,bytes=100");
  fixture.apply(quota);
  EXPECT_EQ(fixture.stats("/a"), "count=1,bytes=0");

  fixture.apply(TxnBuilder(2).create({.path = "/a/e", .data = "1234", .owner = 5}));
  EXPECT_EQ(fixture.stats("/a"), "count=2,bytes=4");
  EXPECT_EQ(fixture.changes.list().size(), 2U);
  fixture.apply(TxnBuilder(3).set_data("/a", "123456", 1));
  EXPECT_EQ(fixture.stats("/a"), "count=2,bytes=10");
  fixture.apply(TxnBuilder(4).set_data("/a", std::nullopt, 2));
  EXPECT_EQ(fixture.stats("/a"), "count=2,bytes=4");
  fixture.apply(TxnBuilder(5, 5).close_session());
  EXPECT_EQ(fixture.stats("/a"), "count=1,bytes=0");
  fixture.apply(TxnBuilder(6).remove("/a"));
  EXPECT_EQ(fixture.stats("/a"), "count=0,bytes=0");

  const jute::Stat stat =
      fixture.tree.stat(*fixture.tree.find("/zookeeper/quota/a/zookeeper_stats"));
  EXPECT_EQ(stat.version, 0);
  EXPECT_EQ(stat.mzxid, 1);
}

TEST(Quota, KeepsOtherNumbersThatAClientPutIntoTheStatistics) {
  Fixture fixture;
  TxnBuilder quota(1);
  quota.create({.path = "/a"});
  set_quota(quota, "/a", "count=10,bytes=100");
  fixture.apply(quota);
  fixture.apply(TxnBuilder(2).set_data(quota_stats_path("/a"), "bytes=7=;countHardLimit=5", 1));
  fixture.apply(TxnBuilder(3).create({.path = "/a/b", .data = "xy"}));
  EXPECT_EQ(fixture.stats("/a"), "count=0,bytes=9=;countHardLimit=5");
}

TEST(Quota, CountsOnFromTheGreatestNumberThatAClientCanWrite) {
  Fixture fixture;
  TxnBuilder quota(1);
  quota.create({.path = "/a"});
  set_quota(quota, "/a", "count=10,bytes=100");
  fixture.apply(quota);
  const std::string greatest = "count=9223372036854775807,bytes=9223372036854775807";
  fixture.apply(TxnBuilder(2).set_data(quota_stats_path("/a"), greatest, 1));
  fixture.apply(TxnBuilder(3).create({.path = "/a/b", .data = "xy"}));
  EXPECT_EQ(fixture.stats("/a"), "count=-9223372036854775808,bytes=-9223372036854775807");
}

TEST(Quota, EndsWithItsLimits) {
  Fixture fixture;
  TxnBuilder quota(1);
  quota.create({.path = "/a"});
  set_quota(quota, "/a", "count=10,bytes=100");
  fixture.apply(quota);
  fixture.apply(TxnBuilder(2).remove(quota_limits_path("/a")));
  EXPECT_FALSE(fixture.tree.quota_of("/a").has_value());
  fixture.apply(TxnBuilder(3).create({.path = "/a/b", .data = "xy"}));
  EXPECT_EQ(fixture.stats("/a"), "count=1,bytes=0");

  fixture.apply(TxnBuilder(4).create(
      {.path = quota_limits_path("/a"), .data = "count=1,bytes=1", .parent_cversion = 3}));
  EXPECT_EQ(fixture.stats("/a"), "count=2,bytes=2");
  fixture.apply(TxnBuilder(5).remove(quota_stats_path("/a")));
  EXPECT_FALSE(fixture.tree.quota_of("/a").has_value());
  fixture.apply(TxnBuilder(6).remove("/a/b"));
}

/// "count=…,bytes=…" of what the model has at and below a path.
[[nodiscard]] std::string counted(const Model& model, const std::string& top) {
  std::int64_t count = 0;
  std::size_t bytes = 0;
  for (const auto& [path, node] : model.nodes()) {
    if (!is_at_or_below(path, top)) continue;
    ++count;
    bytes += node.data.value_or("").size();
  }
  QuotaText text;
  text.set(kQuotaCount, count);
  text.set(kQuotaBytes, static_cast<std::int64_t>(bytes));
  return text.text();
}

/// A copy by way of a snapshot.
void copy(const DataTree& from, DataTree& to) {
  SnapshotWalk walk(from);
  pb::TreeChunk chunk;
  while (walk.step(chunk).value()) continue;
  TreeLoader loader;
  ASSERT_TRUE(loader.add(chunk.SerializeAsString()).has_value());
  ASSERT_TRUE(loader.finish().has_value());
  loader.install(to);
}

TEST(Quota, StatisticsAgreeWithACountUnderRandomTransactions) {
  const std::vector<std::string> limited{"/a", "/b", "/a/b", "/aa"};
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Prng prng(seed);
    Model model;
    Fixture fixture;
    RandomTxns txns(prng, model);
    for (int step = 0; step < 500; ++step) {
      txn::pb::Txn txn = txns.next();
      if (step == 0) {
        // The model does not know of them: they come in by the tree's back door.
        TxnBuilder quotas(1);
        for (const std::string& path : limited) set_quota(quotas, path, "count=1,bytes=1");
        txn = quotas.txn();
        model = Model();
      }
      fixture.changes.clear();
      fixture.tree.apply(txn, fixture.changes);
      if (step % 50 != 0) continue;
      fixture.tree.check_invariants();
      for (const std::string path : {"/b", "/aa"})
        ASSERT_EQ(fixture.stats(path), counted(model, path));
    }
    DataTree loaded;
    copy(fixture.tree, loaded);
    loaded.check_invariants();
    ASSERT_TRUE(loaded.quota_of("/b/x").has_value());
    EXPECT_EQ(loaded.quota_of("/b/x")->count, fixture.tree.quota_of("/b/x")->count);
  }
}

}  // namespace
}  // namespace paddock::tree
