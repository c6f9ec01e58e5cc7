// SPDX-License-Identifier: Apache-2.0
#include "wire/from_wire.h"

#include <limits>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "wire/enums.h"
#include "wire/peer.pb.h"

namespace paddock::wire {

namespace {

constexpr std::int32_t kServerMax = 255;
/// An epoch is the high half of a zxid, which is never negative.
constexpr std::int64_t kEpochMax = std::numeric_limits<std::int32_t>::max();
/// Rounds are counted up from what others say: that must not overflow.
constexpr std::int64_t kRoundMax = std::numeric_limits<std::int64_t>::max() / 2;

/// Reads one message: remembers the first thing that cannot be, and takes the body apart.
class Reading {
 public:
  explicit Reading(View body) : body_(body) {}

  void fail(std::string_view what) {
    if (wrong_.empty()) wrong_ = what;
  }
  void expect(bool condition, std::string_view what) {
    if (!condition) fail(what);
  }

  [[nodiscard]] std::int64_t epoch(std::int64_t value, std::int64_t least = 0) {
    expect(value >= least && value <= kEpochMax, "an epoch out of range");
    return value;
  }
  [[nodiscard]] Zxid zxid(std::int64_t value) {
    expect(value >= 0, "a negative zxid");
    return Zxid{value};
  }
  [[nodiscard]] ServerId server(std::int32_t value) {
    expect(value >= 0 && value <= kServerMax, "a server id that is not 0 to 255");
    return ServerId{value};
  }
  [[nodiscard]] std::int32_t not_negative(std::int32_t value) {
    expect(value >= 0, "a negative number");
    return value;
  }
  template <class Ours, class Wire, std::size_t Count>
  [[nodiscard]] Ours one_of(const EnumTable<Ours, Wire, Count>& table, Wire value) {
    const std::optional<Ours> found = from_wire(table, value);
    expect(found.has_value(), "an enumerator that this version does not know");
    return found.value_or(table.front().first);
  }

  /// The next `length` bytes of the body.
  [[nodiscard]] View take(std::uint32_t length) {
    if (length > body_.size()) {
      fail("lengths beyond the body");
      return kEmpty;
    }
    const View part = body_.substr(0, length);
    body_.remove_prefix(length);
    return part;
  }
  [[nodiscard]] View take_all() { return std::exchange(body_, View{kEmpty}); }

  /// Nothing was wrong so far.
  [[nodiscard]] bool is_right() const { return wrong_.empty(); }
  /// Why the message cannot be; empty if it can. All of the body must have been taken.
  [[nodiscard]] std::string_view wrong() {
    expect(body_.empty(), "a body that is longer than its parts");
    return wrong_;
  }

 private:
  View body_;
  std::string_view wrong_;
};

// --- Of the link itself.

Hello read(const pb::Hello& from, Reading& in) {
  Hello hello{.protocol = from.protocol(),
              .protocol_min = from.protocol_min(),
              .ensemble_id = from.ensemble_id(),
              .server = in.server(from.server()),
              .disk_id = from.disk_id(),
              .incarnation = from.incarnation(),
              .number = from.number(),
              .feature_level = from.feature_level(),
              .feature_level_in_force = from.feature_level_in_force(),
              .software = from.software(),
              .is_member = from.is_member(),
              .is_empty = from.is_empty(),
              .to = std::nullopt};
  if (from.has_to()) hello.to = in.server(from.to());
  return hello;
}

Refusal read(const pb::Refusal& from, Reading& in) {
  in.expect(from.reason().size() <= kReasonBytesMax, "a reason that is too long");
  return {from.reason()};
}

Ping read(const pb::Ping& /*from*/, Reading& /*in*/) {
  return {};
}

// --- Election and discovery.

zab::Message read(const pb::Notification& from, Reading& in) {
  in.expect(from.round() >= 0 && from.round() <= kRoundMax, "a round out of range");
  return zab::Notification{.standing = in.one_of(kStandings, from.standing()),
                           .round = from.round(),
                           .vote = {.epoch = in.epoch(from.vote().epoch(), -1),
                                    .zxid = in.zxid(from.vote().zxid()),
                                    .leader = in.server(from.vote().leader())},
                           .is_voter = from.is_voter()};
}

zab::Message read(const pb::JoinRequest& from, Reading& in) {
  return zab::JoinRequest{.attempt = from.attempt(),
                          .accepted_epoch = in.epoch(from.accepted_epoch()),
                          .may_vote = from.may_vote()};
}

zab::Message read(const pb::NotLeading& /*from*/, Reading& /*in*/) {
  return zab::NotLeading{};
}

zab::Message read(const pb::NewEpoch& from, Reading& in) {
  return zab::NewEpoch{
      .attempt = from.attempt(), .epoch = in.epoch(from.epoch()), .counts = from.counts()};
}

zab::Message read(const pb::EpochAck& from, Reading& in) {
  return zab::EpochAck{.epoch = in.epoch(from.epoch()),
                       .current_epoch = in.epoch(from.current_epoch()),
                       .last = in.zxid(from.last()),
                       .wants_snapshot = from.wants_snapshot(),
                       .snapshot_zxid = in.zxid(from.snapshot_zxid()),
                       .snapshot_offset = from.snapshot_offset(),
                       .refused_snapshot = in.zxid(from.refused_snapshot())};
}

// --- Synchronization.

zab::Message read(const pb::SyncFrom& from, Reading& in) {
  return zab::SyncFrom{.epoch = in.epoch(from.epoch()), .zxid = in.zxid(from.zxid())};
}

zab::Message read(const pb::SnapshotPiece& from, Reading& in) {
  const View bytes = in.take_all();
  in.expect(from.offset() <= from.size() && bytes.size() <= from.size() - from.offset(),
            "a piece beyond its snapshot");
  return zab::SnapshotPiece{.epoch = in.epoch(from.epoch()),
                            .zxid = in.zxid(from.zxid()),
                            .offset = from.offset(),
                            .size = from.size(),
                            .bytes = std::string(bytes)};
}

zab::Message read(const pb::SnapshotAck& from, Reading& in) {
  return zab::SnapshotAck{.epoch = in.epoch(from.epoch()),
                          .zxid = in.zxid(from.zxid()),
                          .offset = from.offset(),
                          .is_installed = from.is_installed()};
}

zab::Message read(const pb::NewLeader& from, Reading& in) {
  return zab::NewLeader{.epoch = in.epoch(from.epoch()), .last = in.zxid(from.last())};
}

zab::Message read(const pb::NewLeaderAck& from, Reading& in) {
  return zab::NewLeaderAck{in.epoch(from.epoch())};
}

zab::Message read(const pb::UpToDate& from, Reading& in) {
  return zab::UpToDate{.epoch = in.epoch(from.epoch()), .committed = in.zxid(from.committed())};
}

zab::Message read(const pb::Franchise& from, Reading& in) {
  return zab::Franchise{in.epoch(from.epoch())};
}

zab::Message read(const pb::FranchiseAck& from, Reading& in) {
  return zab::FranchiseAck{in.epoch(from.epoch())};
}

// --- Broadcast.

/// The entries, whose zxids rise and whose payloads are the body; null once something is wrong.
zab::SharedBatch read_batch(const pb::Append& from, Reading& in) {
  in.expect(from.zxid_steps_size() > 0, "no entries");
  in.expect(from.zxid_steps_size() == from.lengths_size(), "not one length for each entry");
  if (!in.is_right()) return nullptr;
  auto batch = std::make_shared<zab::EntryBatch>();
  std::uint64_t zxid = 0;
  for (int i = 0; i < from.zxid_steps_size(); ++i) {
    const std::uint64_t step = from.zxid_steps(i);
    in.expect(step > 0 || i == 0, "zxids that do not rise");
    in.expect(step <= std::numeric_limits<std::int64_t>::max() - zxid, "a zxid out of range");
    const View payload = in.take(from.lengths(i));
    if (!in.is_right()) return nullptr;
    zxid += step;
    batch->add(Zxid{static_cast<std::int64_t>(zxid)}, payload);
  }
  return batch;
}

zab::Message read(const pb::Append& from, Reading& in) {
  return zab::Append{.epoch = in.epoch(from.epoch()),
                     .previous = in.zxid(from.previous()),
                     .batch = read_batch(from, in),
                     .committed = in.zxid(from.committed()),
                     .beat = from.beat()};
}

zab::Message read(const pb::Ack& from, Reading& in) {
  return zab::Ack{
      .epoch = in.epoch(from.epoch()), .last = in.zxid(from.last()), .beat = from.beat()};
}

zab::Message read(const pb::Commit& from, Reading& in) {
  return zab::Commit{
      .epoch = in.epoch(from.epoch()), .committed = in.zxid(from.committed()), .beat = from.beat()};
}

zab::Message read(const pb::Handover& from, Reading& in) {
  return zab::Handover{.epoch = in.epoch(from.epoch()), .to = in.server(from.to())};
}

// --- Observers that followers feed.

zab::Message read(const pb::FeedFrom& from, Reading& in) {
  return zab::FeedFrom{
      .epoch = in.epoch(from.epoch()), .server = in.server(from.server()), .turn = from.turn()};
}

zab::Message read(const pb::FeedRequest& from, Reading& in) {
  return zab::FeedRequest{.epoch = in.epoch(from.epoch()),
                          .turn = from.turn(),
                          .last = in.zxid(from.last()),
                          .durable = in.zxid(from.durable())};
}

zab::Message read(const pb::FeedEnd& from, Reading& in) {
  return zab::FeedEnd{.epoch = in.epoch(from.epoch()), .turn = from.turn()};
}

// --- Requests and sessions.

SessionId session(std::uint64_t value) {
  return SessionId{static_cast<std::int64_t>(value)};
}

replica::Forwarded read(const pb::Forwarded& from, Reading& in) {
  return {.id = replica::RequestId{from.id()},
          .kind = in.one_of(kRequestKinds, from.kind()),
          .opcode = jute::Opcode{from.opcode()},
          .xid = from.xid(),
          .timeout_ms = in.not_negative(from.timeout_ms()),
          .session = session(from.session()),
          .payload = std::string(in.take(from.payload_length())),
          .identities = std::string(in.take(from.identities_length())),
          .identities_count = in.not_negative(from.identities_count()),
          .is_local = from.is_local()};
}

replica::Requests read(const pb::Requests& from, Reading& in) {
  replica::Requests message{.epoch = in.epoch(from.epoch()), .requests = {}};
  message.requests.reserve(static_cast<std::size_t>(from.requests_size()));
  for (const pb::Forwarded& request : from.requests()) {
    message.requests.push_back(read(request, in));
  }
  return message;
}

replica::Outcome read(const pb::Outcome& from, Reading& in) {
  return {.id = replica::RequestId{from.id()},
          .kind = in.one_of(kOutcomeKinds, from.kind()),
          .err = ErrorCode{from.err()},
          .close_connection = from.close_connection(),
          .after = in.zxid(from.after()),
          .body = std::string(in.take(from.body_length()))};
}

replica::Outcomes read(const pb::Outcomes& from, Reading& in) {
  replica::Outcomes message{.epoch = in.epoch(from.epoch()), .outcomes = {}};
  message.outcomes.reserve(static_cast<std::size_t>(from.outcomes_size()));
  for (const pb::Outcome& outcome : from.outcomes()) message.outcomes.push_back(read(outcome, in));
  return message;
}

template <class Wire>
std::vector<SessionId> sessions_of(const Wire& from) {
  std::vector<SessionId> sessions;
  sessions.reserve(static_cast<std::size_t>(from.sessions_size()));
  for (const std::uint64_t id : from.sessions()) sessions.push_back(session(id));
  return sessions;
}

replica::SessionTouches read(const pb::SessionTouches& from, Reading& in) {
  return {.epoch = in.epoch(from.epoch()), .sessions = sessions_of(from)};
}

// --- Which one it is.

replica::TreeDigest read(const pb::TreeDigest& from, Reading& in) {
  return {.epoch = in.epoch(from.epoch()), .zxid = in.zxid(from.zxid()), .digest = from.digest()};
}

replica::Rebuild read(const pb::Rebuild& from, Reading& in) {
  return {.epoch = in.epoch(from.epoch()), .zxid = in.zxid(from.zxid())};
}

replica::DiskSpace read(const pb::DiskSpace& from, Reading& in) {
  return {.epoch = in.epoch(from.epoch()), .is_nearly_full = from.is_nearly_full()};
}

template <class Message>
LinkMessage wrapped(Message message) {
  if constexpr (std::is_constructible_v<replica::PeerMessage, Message>) {
    return replica::PeerMessage(std::move(message));
  } else {
    return message;
  }
}

/// The number of the first field of an encoded message.
std::uint32_t first_field(View bytes) {
  std::uint32_t tag = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 5; ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    tag |= (byte & 0x7fU) << (7 * i);
    if (byte < 0x80) break;
  }
  return tag >> 3U;
}

LinkMessage read_unknown(View header, Reading& in) {
  static_cast<void>(in.take_all());
  in.expect(!header.empty(), "nothing in it");
  return UnknownKind{first_field(header)};
}

LinkMessage read(const pb::Frame& frame,
                 Reading& in) {  // NOLINT(readability-function-size): a table
  switch (frame.message_case()) {
    case pb::Frame::kHello:
      return wrapped(read(frame.hello(), in));
    case pb::Frame::kRefusal:
      return wrapped(read(frame.refusal(), in));
    case pb::Frame::kPing:
      return wrapped(read(frame.ping(), in));
    case pb::Frame::kNotification:
      return wrapped(read(frame.notification(), in));
    case pb::Frame::kJoinRequest:
      return wrapped(read(frame.join_request(), in));
    case pb::Frame::kNotLeading:
      return wrapped(read(frame.not_leading(), in));
    case pb::Frame::kNewEpoch:
      return wrapped(read(frame.new_epoch(), in));
    case pb::Frame::kEpochAck:
      return wrapped(read(frame.epoch_ack(), in));
    case pb::Frame::kSyncFrom:
      return wrapped(read(frame.sync_from(), in));
    case pb::Frame::kSnapshotPiece:
      return wrapped(read(frame.snapshot_piece(), in));
    case pb::Frame::kSnapshotAck:
      return wrapped(read(frame.snapshot_ack(), in));
    case pb::Frame::kNewLeader:
      return wrapped(read(frame.new_leader(), in));
    case pb::Frame::kNewLeaderAck:
      return wrapped(read(frame.new_leader_ack(), in));
    case pb::Frame::kUpToDate:
      return wrapped(read(frame.up_to_date(), in));
    case pb::Frame::kFranchise:
      return wrapped(read(frame.franchise(), in));
    case pb::Frame::kFranchiseAck:
      return wrapped(read(frame.franchise_ack(), in));
    case pb::Frame::kAppend:
      return wrapped(read(frame.append(), in));
    case pb::Frame::kAck:
      return wrapped(read(frame.ack(), in));
    case pb::Frame::kCommit:
      return wrapped(read(frame.commit(), in));
    case pb::Frame::kHandover:
      return wrapped(read(frame.handover(), in));
    case pb::Frame::kFeedFrom:
      return wrapped(read(frame.feed_from(), in));
    case pb::Frame::kFeedRequest:
      return wrapped(read(frame.feed_request(), in));
    case pb::Frame::kFeedEnd:
      return wrapped(read(frame.feed_end(), in));
    case pb::Frame::kRequests:
      return wrapped(read(frame.requests(), in));
    case pb::Frame::kOutcomes:
      return wrapped(read(frame.outcomes(), in));
    case pb::Frame::kSessionTouches:
      return wrapped(read(frame.session_touches(), in));
    case pb::Frame::kTreeDigest:
      return wrapped(read(frame.tree_digest(), in));
    case pb::Frame::kRebuild:
      return wrapped(read(frame.rebuild(), in));
    case pb::Frame::kDiskSpace:
      return wrapped(read(frame.disk_space(), in));
    case pb::Frame::MESSAGE_NOT_SET:
      break;
  }
  PADDOCK_UNREACHABLE();
}

}  // namespace

Result<LinkMessage> from_wire(const pb::Frame& frame, View header, View body) {
  Reading in(body);
  const bool is_known = frame.message_case() != pb::Frame::MESSAGE_NOT_SET;
  LinkMessage message = is_known ? read(frame, in) : read_unknown(header, in);
  if (const std::string_view wrong = in.wrong(); !wrong.empty()) {
    return fail(fmt::format("a message with {}", wrong));
  }
  return message;
}

}  // namespace paddock::wire
