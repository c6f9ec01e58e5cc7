// SPDX-License-Identifier: Apache-2.0
//
// Frames in pieces, damaged, impossible, and of another version.
#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/prng.h"
#include "wire/peer.pb.h"
#include "wire_samples/wire_samples.h"

namespace paddock::wire {
namespace {

std::string framed(const std::string& header, View body = kEmpty) {
  std::string bytes(kPrefixBytes, '\0');
  store(prefix_of(header, body), bytes.data());
  return bytes.append(header).append(body);
}

std::string framed(const pb::Frame& frame, View body = kEmpty) {
  return framed(frame.SerializeAsString(), body);
}

std::expected<std::optional<LinkMessage>, FrameError> decode(View bytes) {
  Decoder decoder;
  decoder.add(bytes);
  return decoder.next();
}

std::optional<FrameFault> fault_of(View bytes) {
  const auto message = decode(bytes);
  if (message.has_value()) return std::nullopt;
  EXPECT_FALSE(message.error().message.empty());
  return message.error().fault;
}

std::vector<std::string> sample_bytes() {
  std::vector<std::string> all;
  for (const replica::PeerMessage& message : samples()) all.push_back(encode(message));
  all.push_back(encode(hello()));
  all.push_back(encode(Refusal{"reason"}));
  all.push_back(encode(Ping{}));
  return all;
}

std::string encode_again(const LinkMessage& message) {
  if (const auto* peers = std::get_if<replica::PeerMessage>(&message)) return encode(*peers);
  if (const auto* greeting = std::get_if<Hello>(&message)) return encode(*greeting);
  if (const auto* refusal = std::get_if<Refusal>(&message)) return encode(*refusal);
  return encode(std::get<Ping>(message));
}

TEST(Frames, WhatIsDecodedIsEncodedToTheSameBytes) {
  for (const std::string& bytes : sample_bytes()) {
    const auto message = decode(bytes);
    ASSERT_TRUE(message.has_value() && message->has_value());
    EXPECT_EQ(encode_again(**message), bytes);
  }
}

TEST(Frames, ComeInAnyPieces) {
  const std::vector<std::string> frames = sample_bytes();
  std::string stream;
  for (const std::string& bytes : frames) stream += bytes;
  Prng prng(3);
  for (const std::size_t piece_max : {7U, 1000U, 100000U, 10000000U}) {
    Decoder decoder;
    std::size_t got = 0;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t count = std::min(stream.size() - at, 1 + prng.below(piece_max));
      std::size_t room = 0;
      char* const to = decoder.space(count, room);
      ASSERT_GE(room, count);
      std::memcpy(to, stream.data() + at, count);
      decoder.on_received(count);
      at += count;
      for (;;) {
        const auto message = decoder.next();
        ASSERT_TRUE(message.has_value());
        if (!*message) break;
        ASSERT_LT(got, frames.size());
        EXPECT_EQ(encode_again(**message), frames[got++]);
      }
    }
    EXPECT_EQ(got, frames.size());
    EXPECT_EQ(decoder.buffered(), 0U);
  }
}

TEST(Frames, TruncatedOnesAreNoMessages) {
  for (const std::string& bytes : sample_bytes()) {
    const std::size_t step = bytes.size() > 2000 ? 997 : 1;
    for (std::size_t size = 0; size < bytes.size(); size += step) {
      const auto message = decode(View{bytes}.substr(0, size));
      ASSERT_TRUE(message.has_value());
      EXPECT_FALSE(message->has_value());
    }
  }
}

/// A changed length may make the decoder wait for more; whatever comes then, it gives no message.
TEST(Frames, NoByteChangesUnnoticed) {
  const std::string more(1000, '\0');
  for (std::string bytes : sample_bytes()) {
    const std::size_t step = bytes.size() > 2000 ? 4999 : 1;
    for (std::size_t at = 0; at < bytes.size(); at += at < 200 ? 1 : step) {
      for (const int flip : {1, 0x80, 0xff}) {
        const char before = bytes[at];
        bytes[at] = static_cast<char>(bytes[at] ^ flip);
        const auto message = decode(bytes + more);
        EXPECT_FALSE(message.has_value() && message->has_value()) << "byte " << at;
        bytes[at] = before;
      }
    }
  }
}

TEST(Frames, AnErrorIsForEver) {
  std::string bytes = encode(hello());
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  Decoder decoder;
  decoder.add(bytes);
  EXPECT_FALSE(decoder.next().has_value());
  decoder.add(encode(Ping{}));
  const auto again = decoder.next();
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().fault, FrameFault::Damaged);
}

TEST(Frames, AreMeasuredBeforeTheyCome) {
  // What an Apache ZooKeeper server says first on its election port.
  EXPECT_EQ(fault_of(View{"\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", 16}),
            FrameFault::Oversized);
  EXPECT_EQ(fault_of("GET "), FrameFault::Oversized);

  std::string header_beyond(kPrefixBytes, '\0');
  store({.length = 10, .header_length = 11, .checksum = 0}, header_beyond.data());
  EXPECT_EQ(fault_of(header_beyond), FrameFault::Damaged);

  Decoder stranger(64);
  const std::string large = encode(Refusal{std::string(65, 'x')});
  stranger.add(View{large}.substr(0, kPrefixBytes));
  EXPECT_FALSE(stranger.next().has_value());
}

TEST(Frames, UnknownKindsAreToldApartFromDamage) {
  // Field 1000, as a newer version might have it.
  const std::string header("\xc2\x3e\x02hi", 5);
  Decoder decoder;
  decoder.add(framed(header, "and a body"));
  decoder.add(encode(Ping{}));

  const auto unknown = decoder.next();
  ASSERT_TRUE(unknown.has_value() && unknown->has_value());
  EXPECT_EQ(std::get<UnknownKind>(**unknown).kind, 1000U);
  const auto next = decoder.next();
  ASSERT_TRUE(next.has_value() && next->has_value());
  EXPECT_TRUE(std::holds_alternative<Ping>(**next));
}

TEST(Frames, UnknownFieldsArePassedOver) {
  pb::Frame frame;
  frame.mutable_new_epoch()->set_epoch(3);
  // Field 100 of NewEpoch, and one beside the message.
  const std::string inner = frame.new_epoch().SerializeAsString() + "\xa0\x06\x01";
  const std::string header =
      std::string("\x9a\x01") + static_cast<char>(inner.size()) + inner + "\xa0\x06\x01";
  const auto message = decode(framed(header));
  ASSERT_TRUE(message.has_value() && message->has_value());
  EXPECT_EQ(encode_again(**message), encode(zab::Message(zab::NewEpoch{.attempt = 0, .epoch = 3})));
}

TEST(Frames, WithoutAReadableHeaderAreMalformed) {
  EXPECT_EQ(fault_of(framed(std::string())), FrameFault::Malformed);
  EXPECT_EQ(fault_of(framed(std::string("\xff\xff\xff"))), FrameFault::Malformed);
}

pb::Frame append_frame(std::vector<std::uint64_t> steps, std::vector<std::uint32_t> lengths) {
  pb::Frame frame;
  for (const std::uint64_t step : steps) frame.mutable_append()->add_zxid_steps(step);
  for (const std::uint32_t length : lengths) frame.mutable_append()->add_lengths(length);
  return frame;
}

TEST(Frames, AppendsMustAddUp) {
  EXPECT_EQ(fault_of(framed(append_frame({5, 1}, {1, 2}), "abc")), std::nullopt);

  EXPECT_EQ(fault_of(framed(append_frame({}, {}))), FrameFault::Malformed);
  EXPECT_EQ(fault_of(framed(append_frame({5, 1}, {1}), "a")), FrameFault::Malformed);
  EXPECT_EQ(fault_of(framed(append_frame({5, 0}, {1, 2}), "abc")), FrameFault::Malformed);
  EXPECT_EQ(fault_of(framed(append_frame({5, 1}, {1, 1}), "abc")), FrameFault::Malformed);
  EXPECT_EQ(fault_of(framed(append_frame({5, 1}, {1, 3}), "abc")), FrameFault::Malformed);
  EXPECT_EQ(fault_of(framed(append_frame({5, 1}, {0xffffffff, 4}), "abc")), FrameFault::Malformed);
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(fault_of(framed(append_frame({kMax}, {0}))), std::nullopt);
  EXPECT_EQ(fault_of(framed(append_frame({kMax, 1}, {0, 0}))), FrameFault::Malformed);
  EXPECT_EQ(fault_of(framed(append_frame({kMax + 1}, {0}))), FrameFault::Malformed);
}

TEST(Frames, NumbersMustBeInRange) {
  pb::Frame frame;
  for (const std::int32_t server : {-1, 256}) {
    frame.mutable_handover()->set_to(server);
    EXPECT_EQ(fault_of(framed(frame)), FrameFault::Malformed);
    frame.mutable_hello()->set_server(server);
    EXPECT_EQ(fault_of(framed(frame)), FrameFault::Malformed);
    frame.mutable_hello()->set_server(0);
    frame.mutable_hello()->set_to(server);
    EXPECT_EQ(fault_of(framed(frame)), FrameFault::Malformed);
  }
  for (const std::int64_t epoch : {std::int64_t{-1}, std::int64_t{1} << 31U}) {
    frame.mutable_new_epoch()->set_epoch(epoch);
    EXPECT_EQ(fault_of(framed(frame)), FrameFault::Malformed);
  }
  frame.mutable_sync_from()->set_zxid(-1);
  EXPECT_EQ(fault_of(framed(frame)), FrameFault::Malformed);
  frame.mutable_requests()->add_requests()->set_timeout_ms(-1);
  EXPECT_EQ(fault_of(framed(frame)), FrameFault::Malformed);
}

TEST(Frames, EnumeratorsMustBeKnown) {
  pb::Frame frame;
  frame.mutable_notification()->set_standing(pb::STANDING_LEADING);
  EXPECT_EQ(fault_of(framed(frame)), std::nullopt);
  for (const int standing : {0, 5}) {
    frame.mutable_notification()->set_standing(static_cast<pb::Standing>(standing));
    EXPECT_EQ(fault_of(framed(frame)), FrameFault::Malformed);
  }
  frame.mutable_requests()->add_requests()->set_kind(static_cast<pb::RequestKind>(4));
  EXPECT_EQ(fault_of(framed(frame)), FrameFault::Malformed);
  frame.mutable_outcomes()->add_outcomes()->set_kind(pb::OUTCOME_KIND_UNSPECIFIED);
  EXPECT_EQ(fault_of(framed(frame)), FrameFault::Malformed);
}

TEST(Frames, BodiesMustBelongToSomething) {
  pb::Frame frame;
  frame.mutable_ping();
  EXPECT_EQ(fault_of(framed(frame, "x")), FrameFault::Malformed);

  frame.mutable_snapshot_piece()->set_size(5);
  frame.mutable_snapshot_piece()->set_offset(3);
  EXPECT_EQ(fault_of(framed(frame, "ab")), std::nullopt);
  EXPECT_EQ(fault_of(framed(frame, "abc")), FrameFault::Malformed);
  frame.mutable_snapshot_piece()->set_offset(~std::uint64_t{0});
  EXPECT_EQ(fault_of(framed(frame, "abc")), FrameFault::Malformed);

  pb::Forwarded& request = *frame.mutable_requests()->add_requests();
  request.set_kind(pb::REQUEST_KIND_WRITE);
  request.set_payload_length(2);
  request.set_identities_length(1);
  EXPECT_EQ(fault_of(framed(frame, "abc")), std::nullopt);
  EXPECT_EQ(fault_of(framed(frame, "ab")), FrameFault::Malformed);
  EXPECT_EQ(fault_of(framed(frame, "abcd")), FrameFault::Malformed);
}

/// Any bytes behind a right checksum: what decodes is encoded, decoded and encoded again alike.
TEST(Frames, RandomHeadersAndBodiesAreHandled) {
  Prng prng(11);
  const std::vector<std::string> frames = sample_bytes();
  int decoded = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::string& from = frames[prng.below(frames.size())];
    if (from.size() > 2000) continue;
    const FramePrefix prefix = load_prefix(from.data());
    std::string header = from.substr(kPrefixBytes, prefix.header_length);
    const std::string body = from.substr(kPrefixBytes + prefix.header_length);
    for (std::uint64_t i = 0; i <= prng.below(3) && !header.empty(); ++i) {
      header[prng.below(header.size())] = static_cast<char>(prng());
    }
    const auto message = decode(framed(header, body));
    if (!message.has_value() || std::holds_alternative<UnknownKind>(**message)) continue;
    ++decoded;
    const std::string once = encode_again(**message);
    const auto again = decode(once);
    ASSERT_TRUE(again.has_value() && again->has_value());
    EXPECT_EQ(encode_again(**again), once);
  }
  EXPECT_GT(decoded, 1000);
}

}  // namespace
}  // namespace paddock::wire
