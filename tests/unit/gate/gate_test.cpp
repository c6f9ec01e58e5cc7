// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include "gate/connection_id.h"
#include "gate/core_batch.h"
#include "gate/mail.h"
#include "gate/shared_tree.h"

namespace paddock::gate {
namespace {

TEST(ConnectionId, HasAShardAGenerationAndASlot) {
  const ConnectionId id = make_connection_id(255, kGenerationMax, 0xffff'fffe);
  EXPECT_EQ(shard_of(id), 255U);
  EXPECT_EQ(generation_of(id), kGenerationMax);
  EXPECT_EQ(slot_of(id), 0xffff'fffeU);
  EXPECT_NE(make_connection_id(0, 1, 0), ConnectionId{});
}

CoreEntry write_of(std::int32_t xid) {
  return {.kind = CoreKind::Write, .xid = xid};
}

TEST(CoreBatch, KeepsTheBytesOfItsEntries) {
  CoreBatch batch;
  EXPECT_TRUE(batch.empty());
  batch.add(write_of(1), "payload", "identities");
  batch.add(write_of(2));
  batch.add(write_of(3), "more");

  ASSERT_EQ(batch.entries().size(), 3U);
  EXPECT_EQ(batch.payload(batch.entries()[0]), "payload");
  EXPECT_EQ(batch.identities(batch.entries()[0]), "identities");
  EXPECT_EQ(batch.payload(batch.entries()[1]), "");
  EXPECT_EQ(batch.payload(batch.entries()[2]), "more");
}

TEST(CoreBatch, AppendingKeepsOrderAndBytesAndEmptiesTheOther) {
  CoreBatch first;
  CoreBatch second;
  second.add(write_of(1), "one");
  first.append(std::move(second));
  second.clear();
  second.add(write_of(2), "two", "who");
  first.append(std::move(second));
  second.clear();

  ASSERT_EQ(first.entries().size(), 2U);
  EXPECT_EQ(first.payload(first.entries()[0]), "one");
  EXPECT_EQ(first.payload(first.entries()[1]), "two");
  EXPECT_EQ(first.identities(first.entries()[1]), "who");
  EXPECT_EQ(first.entries()[1].xid, 2);
  EXPECT_TRUE(second.empty());
}

TEST(SharedTree, TheWritersTimesAreMeasuredOnlyByAClock) {
  SharedTree tree(1);
  {
    const auto gate = tree.write();
  }
  EXPECT_EQ(tree.times().held.read().count(), 0);

  // Each look at it takes a millisecond: one passes until the gate is had, one while it is held.
  tree.measure_by([] {
    static MonotonicTime now;
    now = now + milliseconds(1);
    return now;
  });
  {
    const auto gate = tree.write();
  }

  EXPECT_EQ(tree.times().waited.read().count(), 1);
  EXPECT_EQ(tree.times().waited.read().sum, 1000);
  EXPECT_EQ(tree.times().held.read().count(), 1);
  EXPECT_EQ(tree.times().held.read().sum, 1000);
}

TEST(SharedTree, TheWriterLeavesMailThatTheReaderFinds) {
  SharedTree tree(2);
  {
    const auto gate = tree.write();
    gate.mail(1).add({.kind = MailKind::Reply, .xid = 7}, "record");
    EXPECT_FALSE(gate.wants_events(1));
  }
  EXPECT_TRUE(tree.read(0).mail().empty());
  {
    const auto gate = tree.read(1);
    ASSERT_EQ(gate.mail().entries().size(), 1U);
    EXPECT_EQ(gate.mail().entries()[0].xid, 7);
    EXPECT_EQ(gate.mail().bytes(gate.mail().entries()[0]), "record");
    gate.mail().clear();
    gate.set_watch_count(3);
  }
  EXPECT_TRUE(tree.write().wants_events(1));
  EXPECT_FALSE(tree.write().wants_events(0));
}

TEST(Mail, WhoseMailIsForgottenIsClosed) {
  Mail mail;
  mail.add({.kind = MailKind::Event}, "/a");
  mail.add({.kind = MailKind::Close, .connection = ConnectionId{7}});
  mail.add({.kind = MailKind::Reply, .connection = ConnectionId{8}}, "reply");
  mail.close_addressees();
  ASSERT_EQ(mail.entries().size(), 2U);
  for (const MailEntry& entry : mail.entries()) {
    EXPECT_EQ(entry.kind, MailKind::Close);
    EXPECT_TRUE(mail.bytes(entry).empty());
  }
  EXPECT_EQ(mail.entries()[0].connection, ConnectionId{7});
  EXPECT_EQ(mail.entries()[1].connection, ConnectionId{8});
}

TEST(SharedTree, EveryReaderSeesTheSameTree) {
  SharedTree tree(3);
  EXPECT_EQ(&tree.read(0).tree(), &tree.read(2).tree());
  EXPECT_EQ(&tree.read(0).tree(), &tree.writers_view());
  EXPECT_EQ(tree.slots(), 3U);
}

}  // namespace
}  // namespace paddock::gate
