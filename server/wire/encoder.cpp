// SPDX-License-Identifier: Apache-2.0
#include "wire/encoder.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include "base/assert.h"
#include "wire/enums.h"
#include "wire/frame.h"
#include "wire/peer.pb.h"

namespace paddock::wire {

namespace {

constexpr std::size_t kScratchBytes = std::size_t{16} << 10U;

std::uint32_t length_of(View bytes) {
  return static_cast<std::uint32_t>(bytes.size());
}

// --- Of the link itself.

void fill(const Hello& hello, pb::Frame& frame) {
  pb::Hello& to = *frame.mutable_hello();
  to.set_protocol(hello.protocol);
  to.set_protocol_min(hello.protocol_min);
  to.set_ensemble_id(hello.ensemble_id);
  to.set_server(raw(hello.server));
  to.set_disk_id(hello.disk_id);
  to.set_incarnation(hello.incarnation);
  to.set_number(hello.number);
  to.set_feature_level(hello.feature_level);
  to.set_feature_level_in_force(hello.feature_level_in_force);
  to.set_software(hello.software);
  to.set_is_member(hello.is_member);
  to.set_is_empty(hello.is_empty);
  if (hello.to) to.set_to(raw(*hello.to));
}

void fill(const Refusal& refusal, pb::Frame& frame) {
  frame.mutable_refusal()->set_reason(refusal.reason.substr(0, kReasonBytesMax));
}

void fill(const Ping& /*ping*/, pb::Frame& frame) {
  frame.mutable_ping();
}

// --- Election and discovery.

void fill(const zab::Notification& message, pb::Frame& frame) {
  pb::Notification& to = *frame.mutable_notification();
  to.set_standing(to_wire(kStandings, message.standing));
  to.set_round(message.round);
  to.mutable_vote()->set_epoch(message.vote.epoch);
  to.mutable_vote()->set_zxid(message.vote.zxid.value);
  to.mutable_vote()->set_leader(raw(message.vote.leader));
  to.set_is_voter(message.is_voter);
}

void fill(const zab::JoinRequest& message, pb::Frame& frame) {
  pb::JoinRequest& to = *frame.mutable_join_request();
  to.set_attempt(message.attempt);
  to.set_accepted_epoch(message.accepted_epoch);
  to.set_may_vote(message.may_vote);
}

void fill(const zab::NotLeading& /*message*/, pb::Frame& frame) {
  frame.mutable_not_leading();
}

void fill(const zab::NewEpoch& message, pb::Frame& frame) {
  pb::NewEpoch& to = *frame.mutable_new_epoch();
  to.set_attempt(message.attempt);
  to.set_epoch(message.epoch);
  to.set_counts(message.counts);
}

void fill(const zab::EpochAck& message, pb::Frame& frame) {
  pb::EpochAck& to = *frame.mutable_epoch_ack();
  to.set_epoch(message.epoch);
  to.set_current_epoch(message.current_epoch);
  to.set_last(message.last.value);
  to.set_wants_snapshot(message.wants_snapshot);
  to.set_snapshot_zxid(message.snapshot_zxid.value);
  to.set_snapshot_offset(message.snapshot_offset);
  to.set_refused_snapshot(message.refused_snapshot.value);
}

// --- Synchronization.

void fill(const zab::SyncFrom& message, pb::Frame& frame) {
  pb::SyncFrom& to = *frame.mutable_sync_from();
  to.set_epoch(message.epoch);
  to.set_zxid(message.zxid.value);
}

void fill(const zab::SnapshotPiece& message, pb::Frame& frame) {
  pb::SnapshotPiece& to = *frame.mutable_snapshot_piece();
  to.set_epoch(message.epoch);
  to.set_zxid(message.zxid.value);
  to.set_offset(message.offset);
  to.set_size(message.size);
}

void fill(const zab::SnapshotAck& message, pb::Frame& frame) {
  pb::SnapshotAck& to = *frame.mutable_snapshot_ack();
  to.set_epoch(message.epoch);
  to.set_zxid(message.zxid.value);
  to.set_offset(message.offset);
  to.set_is_installed(message.is_installed);
}

void fill(const zab::NewLeader& message, pb::Frame& frame) {
  pb::NewLeader& to = *frame.mutable_new_leader();
  to.set_epoch(message.epoch);
  to.set_last(message.last.value);
}

void fill(const zab::NewLeaderAck& message, pb::Frame& frame) {
  frame.mutable_new_leader_ack()->set_epoch(message.epoch);
}

void fill(const zab::UpToDate& message, pb::Frame& frame) {
  pb::UpToDate& to = *frame.mutable_up_to_date();
  to.set_epoch(message.epoch);
  to.set_committed(message.committed.value);
}

void fill(const zab::Franchise& message, pb::Frame& frame) {
  frame.mutable_franchise()->set_epoch(message.epoch);
}

void fill(const zab::FranchiseAck& message, pb::Frame& frame) {
  frame.mutable_franchise_ack()->set_epoch(message.epoch);
}

// --- Broadcast.

void fill(const zab::Append& message, pb::Frame& frame) {
  PADDOCK_ASSERT(message.batch != nullptr && !message.batch->empty());
  pb::Append& to = *frame.mutable_append();
  to.set_epoch(message.epoch);
  to.set_previous(message.previous.value);
  to.set_committed(message.committed.value);
  to.set_beat(message.beat);
  const auto count = static_cast<int>(message.batch->size());
  to.mutable_zxid_steps()->Reserve(count);
  to.mutable_lengths()->Reserve(count);
  std::int64_t before = 0;
  for (const zab::Entry& entry : message.batch->entries()) {
    to.mutable_zxid_steps()->AddAlreadyReserved(
        static_cast<std::uint64_t>(entry.zxid.value - before));
    to.mutable_lengths()->AddAlreadyReserved(entry.length);
    before = entry.zxid.value;
  }
}

void fill(const zab::Ack& message, pb::Frame& frame) {
  pb::Ack& to = *frame.mutable_ack();
  to.set_epoch(message.epoch);
  to.set_last(message.last.value);
  to.set_beat(message.beat);
}

void fill(const zab::Commit& message, pb::Frame& frame) {
  pb::Commit& to = *frame.mutable_commit();
  to.set_epoch(message.epoch);
  to.set_committed(message.committed.value);
  to.set_beat(message.beat);
}

void fill(const zab::Handover& message, pb::Frame& frame) {
  pb::Handover& to = *frame.mutable_handover();
  to.set_epoch(message.epoch);
  to.set_to(raw(message.to));
}

// --- Observers that followers feed.

void fill(const zab::FeedFrom& message, pb::Frame& frame) {
  pb::FeedFrom& to = *frame.mutable_feed_from();
  to.set_epoch(message.epoch);
  to.set_server(raw(message.server));
  to.set_turn(message.turn);
}

void fill(const zab::FeedRequest& message, pb::Frame& frame) {
  pb::FeedRequest& to = *frame.mutable_feed_request();
  to.set_epoch(message.epoch);
  to.set_turn(message.turn);
  to.set_last(message.last.value);
  to.set_durable(message.durable.value);
}

void fill(const zab::FeedEnd& message, pb::Frame& frame) {
  pb::FeedEnd& to = *frame.mutable_feed_end();
  to.set_epoch(message.epoch);
  to.set_turn(message.turn);
}

// --- Requests and sessions.

void fill(const replica::Forwarded& request, pb::Forwarded& to) {
  to.set_id(raw(request.id));
  to.set_kind(to_wire(kRequestKinds, request.kind));
  to.set_opcode(static_cast<std::int32_t>(request.opcode));
  to.set_xid(request.xid);
  to.set_timeout_ms(request.timeout_ms);
  to.set_session(static_cast<std::uint64_t>(raw(request.session)));
  to.set_identities_count(request.identities_count);
  to.set_payload_length(length_of(request.payload));
  to.set_identities_length(length_of(request.identities));
  to.set_is_local(request.is_local);
}

void fill(const replica::Requests& message, pb::Frame& frame) {
  pb::Requests& to = *frame.mutable_requests();
  to.set_epoch(message.epoch);
  for (const replica::Forwarded& request : message.requests) fill(request, *to.add_requests());
}

void fill(const replica::Outcome& outcome, pb::Outcome& to) {
  to.set_id(raw(outcome.id));
  to.set_kind(to_wire(kOutcomeKinds, outcome.kind));
  to.set_err(static_cast<std::int32_t>(outcome.err));
  to.set_close_connection(outcome.close_connection);
  to.set_after(outcome.after.value);
  to.set_body_length(length_of(outcome.body));
}

void fill(const replica::Outcomes& message, pb::Frame& frame) {
  pb::Outcomes& to = *frame.mutable_outcomes();
  to.set_epoch(message.epoch);
  for (const replica::Outcome& outcome : message.outcomes) fill(outcome, *to.add_outcomes());
}

template <class To>
void fill_sessions(const std::vector<SessionId>& sessions, To& to) {
  to.mutable_sessions()->Reserve(static_cast<int>(sessions.size()));
  for (const SessionId id : sessions) {
    to.mutable_sessions()->AddAlreadyReserved(static_cast<std::uint64_t>(raw(id)));
  }
}

void fill(const replica::SessionTouches& message, pb::Frame& frame) {
  frame.mutable_session_touches()->set_epoch(message.epoch);
  fill_sessions(message.sessions, *frame.mutable_session_touches());
}

void fill(const replica::TreeDigest& message, pb::Frame& frame) {
  pb::TreeDigest& to = *frame.mutable_tree_digest();
  to.set_epoch(message.epoch);
  to.set_zxid(message.zxid.value);
  to.set_digest(message.digest);
}

void fill(const replica::Rebuild& message, pb::Frame& frame) {
  frame.mutable_rebuild()->set_epoch(message.epoch);
  frame.mutable_rebuild()->set_zxid(message.zxid.value);
}

void fill(const replica::DiskSpace& message, pb::Frame& frame) {
  frame.mutable_disk_space()->set_epoch(message.epoch);
  frame.mutable_disk_space()->set_is_nearly_full(message.is_nearly_full);
}

// --- Bodies.

template <class Message>
void take_body(Message& /*message*/, OutgoingFrame& /*out*/) {}

void take_body(zab::Append& message, OutgoingFrame& out) {
  out.shared_body = std::move(message.batch);
}

void take_body(zab::SnapshotPiece& message, OutgoingFrame& out) {
  out.own_body = std::move(message.bytes);
}

void take_body(replica::Requests& message, OutgoingFrame& out) {
  for (const replica::Forwarded& request : message.requests) {
    out.own_body.append(request.payload).append(request.identities);
  }
}

void take_body(replica::Outcomes& message, OutgoingFrame& out) {
  for (const replica::Outcome& outcome : message.outcomes) out.own_body.append(outcome.body);
}

void clear(OutgoingFrame& out) {
  out.head.clear();
  out.shared_body = nullptr;
  out.own_body.clear();
}

}  // namespace

struct Encoder::Impl {
  static google::protobuf::ArenaOptions options(std::array<char, kScratchBytes>& memory) {
    google::protobuf::ArenaOptions options;
    options.initial_block = memory.data();
    options.initial_block_size = memory.size();
    return options;
  }

  template <class Message>
  Result<> encode(Message& message, OutgoingFrame& out) {
    clear(out);
    pb::Frame& frame = *google::protobuf::Arena::CreateMessage<pb::Frame>(&arena);
    fill(message, frame);
    take_body(message, out);
    auto done = seal(frame, out);
    arena.Reset();
    return done;
  }

  static Result<> seal(const pb::Frame& frame, OutgoingFrame& out) {
    const std::size_t header = frame.ByteSizeLong();
    if (const std::size_t size = header + out.body().size(); size > kFrameBytesMax) {
      return fail(fmt::format(
          "a message of {} bytes is too large: a frame has at most {}", size, kFrameBytesMax));
    }
    out.head.resize(kPrefixBytes);
    const bool is_written = frame.AppendToString(&out.head);
    PADDOCK_ASSERT(is_written);
    store(prefix_of(View{out.head}.substr(kPrefixBytes), out.body()), out.head.data());
    return {};
  }

  alignas(std::max_align_t) std::array<char, kScratchBytes> memory{};
  google::protobuf::Arena arena{options(memory)};
};

Encoder::Encoder() : impl_(std::make_unique<Impl>()) {}
Encoder::~Encoder() = default;

Result<> Encoder::encode(replica::PeerMessage message, OutgoingFrame& out) {
  const auto one = [&](auto& alternative) {
    return impl_->encode(alternative, out);
  };
  const auto either = [&]<class Message>(Message& alternative) {
    if constexpr (std::is_same_v<Message, zab::Message>) {
      return std::visit(one, alternative);
    } else {
      return one(alternative);
    }
  };
  return std::visit(either, message);
}

void Encoder::encode(const Hello& hello, OutgoingFrame& out) {
  const auto done = impl_->encode(hello, out);
  PADDOCK_ASSERT(done.has_value());
}

void Encoder::encode(const Refusal& refusal, OutgoingFrame& out) {
  const auto done = impl_->encode(refusal, out);
  PADDOCK_ASSERT(done.has_value());
}

void Encoder::encode(Ping ping, OutgoingFrame& out) {
  const auto done = impl_->encode(ping, out);
  PADDOCK_ASSERT(done.has_value());
}

}  // namespace paddock::wire
