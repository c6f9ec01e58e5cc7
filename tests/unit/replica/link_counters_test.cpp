// SPDX-License-Identifier: Apache-2.0
#include "replica/link_counters.h"

#include <gtest/gtest.h>

namespace paddock::replica {
namespace {

TEST(LinkCounters, ASnapshotCountsOnceHoweverManyPiecesItHas) {
  LinkCounters counters;
  zab::SnapshotPiece piece;
  counters.on_sent(piece);
  piece.offset = 100;
  counters.on_sent(piece);
  counters.on_sent(zab::SyncFrom{});
  counters.on_sent(zab::Append{});
  EXPECT_EQ(counters.snapshots, 1);
  EXPECT_EQ(counters.diffs, 1);
  EXPECT_EQ(counters.proposals_received, 0);
}

TEST(LinkCounters, EachTransactionOfABatchIsAProposal) {
  auto batch = std::make_shared<zab::EntryBatch>();
  batch->add(Zxid{1}, "one");
  batch->add(Zxid{2}, "two");
  LinkCounters counters;
  zab::Append append;
  counters.on_received(append);
  append.batch = batch;
  counters.on_received(append);
  counters.on_received(zab::Commit{});
  EXPECT_EQ(counters.proposals_received, 2);
  EXPECT_EQ(counters.diffs, 0);
}

}  // namespace
}  // namespace paddock::replica
