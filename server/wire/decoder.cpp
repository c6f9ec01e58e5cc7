// SPDX-License-Identifier: Apache-2.0
#include "wire/decoder.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include "wire/from_wire.h"
#include "wire/peer.pb.h"

namespace paddock::wire {

namespace {

constexpr std::size_t kScratchBytes = std::size_t{16} << 10U;
/// An input buffer that has grown past this is given back once it is empty.
constexpr std::size_t kIdleBytesMax = std::size_t{1} << 20U;

}  // namespace

/// Where headers are parsed into; kept, so that small ones allocate nothing.
struct Decoder::Scratch {
  static google::protobuf::ArenaOptions options(std::array<char, kScratchBytes>& memory) {
    google::protobuf::ArenaOptions options;
    options.initial_block = memory.data();
    options.initial_block_size = memory.size();
    return options;
  }

  alignas(std::max_align_t) std::array<char, kScratchBytes> memory{};
  google::protobuf::Arena arena{options(memory)};
};

Decoder::Decoder(std::size_t frame_bytes_max)
    : frame_bytes_max_(frame_bytes_max), scratch_(std::make_unique<Scratch>()) {}

Decoder::~Decoder() = default;

char* Decoder::space(std::size_t count, std::size_t& room) {
  input_.shrink_if_idle(std::max(kIdleBytesMax, count));
  char* const at = input_.reserve_tail(count);
  room = input_.tail_room();
  return at;
}

std::expected<std::optional<LinkMessage>, FrameError> Decoder::next() {
  if (error_) return std::unexpected(*error_);
  // Other protocols are told by their first bytes: none of them need send sixteen.
  if (input_.size() < sizeof(FramePrefix::length)) return std::nullopt;
  if (const auto length = load_le<std::uint32_t>(input_.data()); length > frame_bytes_max_) {
    return refuse({FrameFault::Oversized,
                   fmt::format("a frame of {} bytes where {} are the most: another protocol?",
                               length,
                               frame_bytes_max_)});
  }
  if (input_.size() < kPrefixBytes) return std::nullopt;
  const FramePrefix prefix = load_prefix(input_.data());
  if (prefix.header_length > prefix.length) {
    return refuse({FrameFault::Damaged, "a frame with a header that is longer than itself"});
  }
  if (input_.size() < kPrefixBytes + prefix.length) return std::nullopt;
  auto message = parse(prefix);
  scratch_->arena.Reset();
  if (!message) return refuse(std::move(message).error());
  input_.consume(kPrefixBytes + prefix.length);
  return std::move(*message);
}

std::unexpected<FrameError> Decoder::refuse(FrameError error) {
  error_ = std::move(error);
  return std::unexpected(*error_);
}

std::expected<LinkMessage, FrameError> Decoder::parse(const FramePrefix& prefix) {
  const View whole = input_.view().substr(kPrefixBytes, prefix.length);
  const View header = whole.substr(0, prefix.header_length);
  const View body = whole.substr(prefix.header_length);
  if (prefix_of(header, body).checksum != prefix.checksum) {
    return std::unexpected(FrameError{FrameFault::Damaged, "a frame with a wrong checksum"});
  }
  auto& frame = *google::protobuf::Arena::CreateMessage<pb::Frame>(&scratch_->arena);
  if (!frame.ParseFromArray(header.data(), static_cast<int>(header.size()))) {
    return std::unexpected(FrameError{FrameFault::Malformed, "a frame without a readable header"});
  }
  auto message = from_wire(frame, header, body);
  if (!message) return std::unexpected(FrameError{FrameFault::Malformed, message.error().message});
  return std::move(*message);
}

}  // namespace paddock::wire
