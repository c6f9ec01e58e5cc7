// SPDX-License-Identifier: Apache-2.0
//
// Each kind of message, field by field.
#include <gtest/gtest.h>

#include "wire_samples/wire_samples.h"

namespace paddock::wire {
namespace {

LinkMessage decode(const std::string& bytes) {
  Decoder decoder;
  decoder.add(bytes);
  auto message = decoder.next();
  EXPECT_TRUE(message.has_value()) << message.error().message;
  EXPECT_EQ(decoder.buffered(), 0U);
  return message.has_value() && *message ? std::move(**message) : LinkMessage{};
}

template <class Message>
Message through(const Message& message) {
  if constexpr (std::is_constructible_v<zab::Message, Message>) {
    auto got = std::get<replica::PeerMessage>(decode(encode(zab::Message(message))));
    return std::get<Message>(std::get<zab::Message>(std::move(got)));
  } else if constexpr (std::is_constructible_v<replica::PeerMessage, Message>) {
    return std::get<Message>(std::get<replica::PeerMessage>(decode(encode(message))));
  } else {
    return std::get<Message>(decode(encode(message)));
  }
}

TEST(LinkMessages, OfTheLinkItself) {
  EXPECT_EQ(through(Hello{}), Hello{});
  EXPECT_EQ(through(hello()), hello());
  EXPECT_EQ(through(Refusal{"go away"}), Refusal{"go away"});
  EXPECT_EQ(through(Refusal{std::string(5000, 'x')}), Refusal{std::string(kReasonBytesMax, 'x')});
  EXPECT_EQ(through(Ping{}), Ping{});
}

TEST(LinkMessages, NotificationsOfElections) {
  EXPECT_EQ(through(zab::Notification{}), zab::Notification{});
  for (const auto standing : {election::Standing::Looking,
                              election::Standing::Following,
                              election::Standing::Leading,
                              election::Standing::Elected}) {
    const zab::Notification sent{
        .standing = standing,
        .round = 8,
        .vote = {.epoch = 5, .zxid = Zxid::of(5, 3), .leader = ServerId{255}},
        .is_voter = true};
    EXPECT_EQ(through(sent), sent);
  }
}

TEST(LinkMessages, OfDiscovery) {
  const auto join = through(zab::JoinRequest{.attempt = 7, .accepted_epoch = 4, .may_vote = true});
  EXPECT_EQ(join.attempt, 7U);
  EXPECT_EQ(join.accepted_epoch, 4);
  EXPECT_TRUE(join.may_vote);

  static_cast<void>(through(zab::NotLeading{}));
  const auto epoch = through(zab::NewEpoch{.attempt = 7, .epoch = 9, .counts = true});
  EXPECT_EQ(epoch.attempt, 7U);
  EXPECT_EQ(epoch.epoch, 9);
  EXPECT_TRUE(epoch.counts);

  const auto ack = through(zab::EpochAck{.epoch = 9,
                                         .current_epoch = 8,
                                         .last = Zxid::of(8, 1),
                                         .wants_snapshot = true,
                                         .snapshot_zxid = Zxid::of(7, 3),
                                         .snapshot_offset = 1000,
                                         .refused_snapshot = Zxid::of(7, 2)});
  EXPECT_EQ(ack.refused_snapshot, Zxid::of(7, 2));
  EXPECT_EQ(ack.snapshot_zxid, Zxid::of(7, 3));
  EXPECT_EQ(ack.snapshot_offset, 1000U);
  EXPECT_TRUE(ack.wants_snapshot);
  EXPECT_EQ(ack.epoch, 9);
  EXPECT_EQ(ack.current_epoch, 8);
  EXPECT_EQ(ack.last, Zxid::of(8, 1));
}

TEST(LinkMessages, OfSynchronization) {
  const auto from = through(zab::SyncFrom{.epoch = 9, .zxid = Zxid::of(8, 1)});
  EXPECT_EQ(from.epoch, 9);
  EXPECT_EQ(from.zxid, Zxid::of(8, 1));

  const auto leader = through(zab::NewLeader{.epoch = 9, .last = Zxid::of(8, 2)});
  EXPECT_EQ(leader.epoch, 9);
  EXPECT_EQ(leader.last, Zxid::of(8, 2));
  EXPECT_EQ(through(zab::NewLeaderAck{9}).epoch, 9);

  const auto up = through(zab::UpToDate{.epoch = 9, .committed = Zxid::of(8, 3)});
  EXPECT_EQ(up.epoch, 9);
  EXPECT_EQ(up.committed, Zxid::of(8, 3));

  EXPECT_EQ(through(zab::Franchise{9}).epoch, 9);
  EXPECT_EQ(through(zab::FranchiseAck{8}).epoch, 8);
}

TEST(LinkMessages, PiecesOfSnapshots) {
  for (const std::size_t size : {0U, 1U, 1000000U}) {
    const auto piece = through(zab::SnapshotPiece{.epoch = 9,
                                                  .zxid = Zxid::of(8, 1),
                                                  .offset = 7,
                                                  .size = 1000007,
                                                  .bytes = std::string(size, 's')});
    EXPECT_EQ(piece.epoch, 9);
    EXPECT_EQ(piece.zxid, Zxid::of(8, 1));
    EXPECT_EQ(piece.offset, 7U);
    EXPECT_EQ(piece.size, 1000007U);
    EXPECT_EQ(piece.bytes, std::string(size, 's'));
  }
  const auto ack = through(
      zab::SnapshotAck{.epoch = 9, .zxid = Zxid::of(8, 1), .offset = 7, .is_installed = true});
  EXPECT_EQ(ack.epoch, 9);
  EXPECT_EQ(ack.zxid, Zxid::of(8, 1));
  EXPECT_EQ(ack.offset, 7U);
  EXPECT_TRUE(ack.is_installed);
}

TEST(LinkMessages, AppendsKeepEntriesApart) {
  const auto batch = batch_of({{Zxid::of(8, 1).value, "one"},
                               {Zxid::of(8, 2).value, ""},
                               {Zxid::of(9, 0).value, std::string(1000000, '3')}});
  const auto append = through(zab::Append{.epoch = 9,
                                          .previous = Zxid::of(7, 5),
                                          .batch = batch,
                                          .committed = Zxid::of(8, 1),
                                          .beat = 12});
  EXPECT_EQ(append.epoch, 9);
  EXPECT_EQ(append.previous, Zxid::of(7, 5));
  EXPECT_EQ(append.committed, Zxid::of(8, 1));
  EXPECT_EQ(append.beat, 12U);
  ASSERT_EQ(append.batch->size(), batch->size());
  for (std::size_t i = 0; i < batch->size(); ++i) {
    EXPECT_EQ(append.batch->entries()[i].zxid, batch->entries()[i].zxid);
    EXPECT_EQ(append.batch->payload(append.batch->entries()[i]),
              batch->payload(batch->entries()[i]));
  }
}

TEST(LinkMessages, OneBatchIsSharedByItsFrames) {
  const auto batch = batch_of({{1, "payload"}});
  Encoder encoder;
  OutgoingFrame one;
  OutgoingFrame two;
  for (OutgoingFrame* frame : {&one, &two}) {
    zab::Append append;
    append.batch = batch;
    ASSERT_TRUE(encoder.encode(zab::Message(append), *frame).has_value());
  }
  EXPECT_EQ(one.body().data(), batch->payloads().data());
  EXPECT_EQ(two.body().data(), batch->payloads().data());
}

TEST(LinkMessages, OfBroadcast) {
  const auto ack = through(zab::Ack{.epoch = 9, .last = Zxid::of(9, 1), .beat = 3});
  EXPECT_EQ(ack.epoch, 9);
  EXPECT_EQ(ack.last, Zxid::of(9, 1));
  EXPECT_EQ(ack.beat, 3U);

  const auto commit = through(zab::Commit{.epoch = 9, .committed = Zxid::of(9, 2), .beat = 4});
  EXPECT_EQ(commit.epoch, 9);
  EXPECT_EQ(commit.committed, Zxid::of(9, 2));
  EXPECT_EQ(commit.beat, 4U);

  const auto from = through(zab::FeedFrom{.epoch = 9, .server = ServerId{255}, .turn = 7});
  EXPECT_EQ(from.epoch, 9);
  EXPECT_EQ(from.server, ServerId{255});
  EXPECT_EQ(from.turn, 7U);

  const auto request = through(
      zab::FeedRequest{.epoch = 9, .turn = 7, .last = Zxid::of(9, 2), .durable = Zxid::of(9, 1)});
  EXPECT_EQ(request.epoch, 9);
  EXPECT_EQ(request.turn, 7U);
  EXPECT_EQ(request.last, Zxid::of(9, 2));
  EXPECT_EQ(request.durable, Zxid::of(9, 1));

  const auto end = through(zab::FeedEnd{.epoch = 9, .turn = 7});
  EXPECT_EQ(end.epoch, 9);
  EXPECT_EQ(end.turn, 7U);

  const auto handover = through(zab::Handover{.epoch = 9, .to = ServerId{3}});
  EXPECT_EQ(handover.epoch, 9);
  EXPECT_EQ(handover.to, ServerId{3});
}

TEST(LinkMessages, ForwardedRequests) {
  EXPECT_TRUE(through(replica::Requests{}).requests.empty());
  const replica::Requests sent = requests();
  const replica::Requests got = through(sent);
  EXPECT_EQ(got.epoch, sent.epoch);
  ASSERT_EQ(got.requests.size(), sent.requests.size());
  for (std::size_t i = 0; i < sent.requests.size(); ++i) {
    const replica::Forwarded& a = sent.requests[i];
    const replica::Forwarded& b = got.requests[i];
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.kind, b.kind);
    EXPECT_EQ(a.opcode, b.opcode);
    EXPECT_EQ(a.xid, b.xid);
    EXPECT_EQ(a.timeout_ms, b.timeout_ms);
    EXPECT_EQ(a.session, b.session);
    EXPECT_EQ(a.payload, b.payload);
    EXPECT_EQ(a.identities, b.identities);
    EXPECT_EQ(a.identities_count, b.identities_count);
    EXPECT_EQ(a.is_local, b.is_local);
  }
}

TEST(LinkMessages, OutcomesOfRequests) {
  EXPECT_TRUE(through(replica::Outcomes{}).outcomes.empty());
  const replica::Outcomes sent = outcomes();
  const replica::Outcomes got = through(sent);
  EXPECT_EQ(got.epoch, sent.epoch);
  ASSERT_EQ(got.outcomes.size(), sent.outcomes.size());
  for (std::size_t i = 0; i < sent.outcomes.size(); ++i) {
    const replica::Outcome& a = sent.outcomes[i];
    const replica::Outcome& b = got.outcomes[i];
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.kind, b.kind);
    EXPECT_EQ(a.err, b.err);
    EXPECT_EQ(a.close_connection, b.close_connection);
    EXPECT_EQ(a.after, b.after);
    EXPECT_EQ(a.body, b.body);
  }
}

TEST(LinkMessages, Sessions) {
  const std::vector<SessionId> ids{SessionId{1}, SessionId{-2}, SessionId{0}};
  const auto digest = through(
      replica::TreeDigest{.epoch = 9, .zxid = Zxid::of(9, 4), .digest = 0xfedcba9876543210U});
  EXPECT_EQ(digest.epoch, 9);
  EXPECT_EQ(digest.zxid, Zxid::of(9, 4));
  EXPECT_EQ(digest.digest, 0xfedcba9876543210U);

  const auto rebuild = through(replica::Rebuild{.epoch = 9, .zxid = Zxid::of(9, 4)});
  EXPECT_EQ(rebuild.epoch, 9);
  EXPECT_EQ(rebuild.zxid, Zxid::of(9, 4));

  const auto space = through(replica::DiskSpace{.epoch = 9, .is_nearly_full = true});
  EXPECT_EQ(space.epoch, 9);
  EXPECT_TRUE(space.is_nearly_full);

  const auto touches = through(replica::SessionTouches{.epoch = 9, .sessions = ids});
  EXPECT_EQ(touches.epoch, 9);
  EXPECT_EQ(touches.sessions, ids);
}

TEST(LinkMessages, AMessageTooLargeForAFrameIsAnError) {
  Encoder encoder;
  OutgoingFrame frame;
  zab::SnapshotPiece piece;
  piece.bytes.resize(kFrameBytesMax);
  EXPECT_FALSE(encoder.encode(zab::Message(std::move(piece)), frame).has_value());

  ASSERT_TRUE(
      encoder.encode(zab::Message(zab::NewEpoch{.attempt = 1, .epoch = 3}), frame).has_value());
  Decoder decoder;
  decoder.add(bytes_of(frame));
  EXPECT_TRUE(decoder.next().has_value());
}

}  // namespace
}  // namespace paddock::wire
