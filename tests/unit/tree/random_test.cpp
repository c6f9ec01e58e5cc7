// SPDX-License-Identifier: Apache-2.0
//
// The tree, and copies of it loaded from snapshots that were taken while it changed, against the
// naive model under random transactions.
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model.h"
#include "random_txns.h"
#include "tree/data_tree.h"
#include "tree/loader.h"
#include "tree/snapshot.h"

namespace paddock::tree {
namespace {

TEST(RandomTree, AgreesWithTheModelAfterEveryTransaction) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Prng prng(seed);
    Model model;
    DataTree tree;
    Changes changes;
    RandomTxns txns(prng, model);
    for (int step = 0; step < 400; ++step) {
      const txn::pb::Txn txn = txns.next();
      changes.clear();
      tree.apply(txn, changes);
      ASSERT_EQ(changes.stats().size(), static_cast<std::size_t>(txn.ops_size()));
      tree.check_invariants();
      if (prng.chance(1, 10)) tree.release_unused_acls();
      if (step % 20 != 0) continue;
      expect_equal(tree, model);
      ASSERT_FALSE(testing::Test::HasFailure());
    }
  }
}

/// A snapshot being taken, and what it must turn out to be.
struct Taking {
  std::unique_ptr<SnapshotWalk> walk;
  Model expected;
  std::uint64_t digest = 0;
  pb::TreeChunk chunk;
  std::vector<std::string> chunks;

  Taking(const DataTree& tree, const Model& model, const WalkOptions& options)
      : walk(std::make_unique<SnapshotWalk>(tree, options)),
        expected(model),
        digest(tree.digest()) {}

  /// False: it is complete.
  bool step(Prng& prng) {
    const auto more = walk->step(chunk);
    EXPECT_TRUE(more.has_value());
    if (!*more || prng.chance(1, 3)) {
      chunks.push_back(chunk.SerializeAsString());
      chunk.Clear();
    }
    return *more;
  }
};

void load(const std::vector<std::string>& chunks, DataTree& tree) {
  TreeLoader loader;
  for (const std::string& chunk : chunks) {
    const auto added = loader.add(chunk);
    ASSERT_TRUE(added.has_value()) << added.error().message;
  }
  const auto finished = loader.finish();
  ASSERT_TRUE(finished.has_value()) << finished.error().message;
  loader.install(tree);
}

void shuffle(std::vector<std::string>& chunks, Prng& prng) {
  for (std::size_t left = chunks.size(); left > 1; --left) {
    std::swap(chunks[left - 1], chunks[prng.below(left)]);
  }
}

/// The copy goes on like the tree that was never saved.
void expect_copy_goes_on(const DataTree& original,
                         DataTree& copy,
                         const std::vector<txn::pb::Txn>& later) {
  Changes changes;
  for (const txn::pb::Txn& txn : later) {
    changes.clear();
    copy.apply(txn, changes);
  }
  copy.check_invariants();
  EXPECT_EQ(copy.digest(), original.digest());
  EXPECT_EQ(copy.counts().nodes, original.counts().nodes);
}

TEST(RandomTree, SnapshotTakenAmidChangesIsTheStateAtItsBeginning) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Prng prng(seed);
    Model model;
    DataTree tree;
    Changes changes;
    RandomTxns txns(prng, model);
    std::vector<txn::pb::Txn> later;
    const auto change = [&] {
      later.push_back(txns.next());
      changes.clear();
      tree.apply(later.back(), changes);
      if (prng.chance(1, 10)) tree.release_unused_acls();
    };
    for (std::uint64_t before = prng.below(600); before > 0; --before) change();
    later.clear();

    const WalkOptions options{.nodes_per_step = 1 + prng.below(20),
                              .bytes_per_step = 1 + prng.below(2000)};
    expect_equal(tree, model);
    Taking taking(tree, model, options);
    EXPECT_EQ(taking.walk->zxid(), tree.last_zxid());
    EXPECT_EQ(taking.walk->nodes() + 1, tree.counts().nodes);
    do {
      for (std::uint64_t left = prng.below(8); left > 0; --left) change();
      tree.check_invariants();
    } while (taking.step(prng));
    EXPECT_EQ(taking.walk->preserved_bytes(), 0U);
    EXPECT_FALSE(taking.step(prng));
    taking.walk.reset();

    shuffle(taking.chunks, prng);
    DataTree copy;
    load(taking.chunks, copy);
    ASSERT_FALSE(testing::Test::HasFailure());
    copy.check_invariants();
    expect_equal(copy, taking.expected);
    EXPECT_EQ(copy.digest(), taking.digest);
    ASSERT_FALSE(testing::Test::HasFailure());
    expect_copy_goes_on(tree, copy, later);
    expect_equal(copy, model);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

}  // namespace
}  // namespace paddock::tree
