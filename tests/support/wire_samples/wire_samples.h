// SPDX-License-Identifier: Apache-2.0
//
// Messages of every kind, with nothing in them, with something, and large; and their bytes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "wire/decoder.h"
#include "wire/encoder.h"

namespace paddock::wire {

inline std::string bytes_of(const OutgoingFrame& frame) {
  return frame.head + std::string(frame.body());
}

template <class Message>
std::string encode(const Message& message) {
  Encoder encoder;
  OutgoingFrame frame;
  if constexpr (std::is_constructible_v<replica::PeerMessage, Message>) {
    const auto done = encoder.encode(replica::PeerMessage(message), frame);
    PADDOCK_ASSERT(done.has_value());
  } else {
    encoder.encode(message, frame);
  }
  return bytes_of(frame);
}

inline zab::SharedBatch batch_of(std::vector<std::pair<std::int64_t, std::string>> entries) {
  auto batch = std::make_shared<zab::EntryBatch>();
  for (const auto& [zxid, payload] : entries) batch->add(Zxid{zxid}, payload);
  return batch;
}

inline Hello hello() {
  return {.protocol = 3,
          .protocol_min = 2,
          .ensemble_id = "ensemble",
          .server = ServerId{7},
          .disk_id = "0123456789abcdef",
          .incarnation = 0xfedcba9876543210U,
          .number = 9,
          .feature_level = 4,
          .feature_level_in_force = 3,
          .software = "1.2.3",
          .is_member = true,
          .to = ServerId{255}};
}

inline replica::Requests requests() {
  return {.epoch = 5,
          .requests = {{.id = replica::RequestId{0xffffffffffffffffU},
                        .kind = gate::CoreKind::Write,
                        .opcode = jute::Opcode::CloseSession,
                        .xid = -3,
                        .timeout_ms = 0,
                        .session = SessionId{-17},
                        .payload = "a record",
                        .identities = "ids",
                        .identities_count = 2},
                       {.id = replica::RequestId{1},
                        .kind = gate::CoreKind::AttachSession,
                        .opcode = {},
                        .xid = 0,
                        .timeout_ms = 4000,
                        .session = SessionId{0x0100000000000001},
                        .payload = "",
                        .identities = "",
                        .identities_count = 0},
                       {.id = replica::RequestId{2},
                        .kind = gate::CoreKind::CreateSession,
                        .opcode = {},
                        .xid = 0,
                        .timeout_ms = 30000,
                        .session = SessionId{3},
                        .payload = std::string(100, 'p'),
                        .identities = "",
                        .identities_count = 0}}};
}

inline replica::Outcomes outcomes() {
  return {.epoch = 5,
          .outcomes = {{.id = replica::RequestId{4},
                        .kind = replica::OutcomeKind::Reply,
                        .err = ErrorCode::NoNode,
                        .close_connection = true,
                        .after = Zxid::of(5, 9),
                        .body = "reply"},
                       {.id = replica::RequestId{5},
                        .kind = replica::OutcomeKind::Moved,
                        .err = ErrorCode::Ok,
                        .close_connection = false,
                        .after = Zxid{0},
                        .body = ""}}};
}

/// One of each kind and more.
inline std::vector<replica::PeerMessage> samples() {
  const Zxid zxid = Zxid::of(5, 0xffffffff);
  const auto large = batch_of({{1, ""}, {2, std::string(40000, 'x')}, {zxid.value, "y"}});
  return {
      zab::Message(zab::Notification{}),
      zab::Message(zab::Notification{.standing = election::Standing::Leading,
                                     .round = 8,
                                     .vote = {.epoch = 5, .zxid = zxid, .leader = ServerId{255}},
                                     .is_voter = true}),
      zab::Message(zab::JoinRequest{
          .attempt = 0xffffffffffffffffU, .accepted_epoch = 0x7fffffff, .may_vote = true}),
      zab::Message(zab::NotLeading{}),
      zab::Message(zab::NewEpoch{.attempt = 7, .epoch = 6, .counts = true}),
      zab::Message(zab::Franchise{6}),
      zab::Message(zab::FranchiseAck{6}),
      zab::Message(zab::EpochAck{.epoch = 6, .current_epoch = 5, .last = zxid}),
      zab::Message(zab::SyncFrom{.epoch = 6, .zxid = zxid}),
      zab::Message(zab::SnapshotPiece{}),
      zab::Message(zab::SnapshotPiece{.epoch = 6,
                                      .zxid = zxid,
                                      .offset = 100,
                                      .size = 50000,
                                      .bytes = std::string(40000, 's')}),
      zab::Message(zab::SnapshotAck{.epoch = 6, .zxid = zxid, .offset = 100, .is_installed = true}),
      zab::Message(zab::NewLeader{.epoch = 6, .last = zxid}),
      zab::Message(zab::NewLeaderAck{6}),
      zab::Message(zab::UpToDate{.epoch = 6, .committed = zxid}),
      zab::Message(zab::Append{
          .epoch = 6, .previous = {}, .batch = batch_of({{0, ""}}), .committed = {}, .beat = 0}),
      zab::Message(
          zab::Append{.epoch = 6, .previous = zxid, .batch = large, .committed = zxid, .beat = 3}),
      zab::Message(zab::Ack{.epoch = 6, .last = zxid, .beat = 3}),
      zab::Message(zab::Commit{.epoch = 6, .committed = zxid, .beat = 0xffffffffffffffffU}),
      zab::Message(zab::Handover{.epoch = 6, .to = ServerId{3}}),
      zab::Message(zab::FeedFrom{.epoch = 6, .server = ServerId{255}, .turn = 9}),
      zab::Message(zab::FeedRequest{.epoch = 6, .turn = 9, .last = zxid, .durable = Zxid{4}}),
      zab::Message(zab::FeedEnd{.epoch = 6, .turn = 0xffffffffffffffffU}),
      replica::Requests{},
      requests(),
      replica::Outcomes{},
      outcomes(),
      replica::SessionTouches{.epoch = 6, .sessions = {SessionId{1}, SessionId{-2}}},
      replica::SessionTouches{.epoch = 6, .sessions = std::vector<SessionId>(500, SessionId{7})},
      replica::TreeDigest{.epoch = 6, .zxid = Zxid::of(6, 4), .digest = 0x123456789abcdef0},
      replica::Rebuild{.epoch = 6, .zxid = Zxid::of(6, 4)},
      replica::DiskSpace{.epoch = 6, .is_nearly_full = true},
  };
}

}  // namespace paddock::wire
