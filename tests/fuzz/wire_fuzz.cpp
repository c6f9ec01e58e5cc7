// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a link between servers: as they come, or as frames whose checksums are right, since
// a fuzzer does not guess those. What decodes is encoded and decoded again and must then be the
// same bytes.
#include <optional>
#include <string>

#include "base/assert.h"
#include "input.h"
#include "wire/decoder.h"
#include "wire/encoder.h"

namespace paddock::fuzz {
namespace {

/// Low enough for the fuzzer to reach it.
constexpr std::size_t kFrameBytesMax = 4096;

std::string frame_of(View header, View body) {
  std::string bytes(wire::kPrefixBytes, '\0');
  store(wire::prefix_of(header, body), bytes.data());
  return bytes.append(header).append(body);
}

std::optional<std::string> encode(const wire::LinkMessage& message) {
  wire::Encoder encoder;
  wire::OutgoingFrame frame;
  if (std::holds_alternative<wire::UnknownKind>(message)) return std::nullopt;
  if (const auto* peers = std::get_if<replica::PeerMessage>(&message)) {
    PADDOCK_ASSERT(encoder.encode(*peers, frame).has_value());
  } else if (const auto* hello = std::get_if<wire::Hello>(&message)) {
    encoder.encode(*hello, frame);
  } else if (const auto* refusal = std::get_if<wire::Refusal>(&message)) {
    encoder.encode(*refusal, frame);
  } else {
    encoder.encode(std::get<wire::Ping>(message), frame);
  }
  return frame.head + std::string(frame.body());
}

void check(const wire::LinkMessage& message) {
  const std::optional<std::string> once = encode(message);
  if (!once) return;
  wire::Decoder decoder;
  decoder.add(*once);
  const auto again = decoder.next();
  PADDOCK_ASSERT(again.has_value() && again->has_value());
  PADDOCK_ASSERT(encode(**again) == once);
  PADDOCK_ASSERT(decoder.buffered() == 0);
}

/// False: the stream is out of step.
bool take_all(wire::Decoder& decoder) {
  for (;;) {
    const auto message = decoder.next();
    if (!message) {
      PADDOCK_ASSERT(!message.error().message.empty());
      return false;
    }
    if (!*message) return true;
    check(**message);
  }
}

void run(Input input) {
  wire::Decoder decoder(kFrameBytesMax);
  const bool is_framed = input.byte() % 2 == 1;
  while (!input.empty()) {
    const View part = input.part();
    decoder.add(is_framed ? frame_of(part, input.part()) : std::string(part));
    if (!take_all(decoder)) return;
  }
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::run(paddock::fuzz::Input(bytes, size));
  return 0;
}
