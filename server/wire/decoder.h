// SPDX-License-Identifier: Apache-2.0
//
// From received bytes to messages, in whatever pieces the bytes come. Whatever they are, the result
// is a message or an error: never an assertion, and never memory for more than has come. Bulk bytes
// are copied once, into the message. Keeps memory to work with; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "base/byte_buffer.h"
#include "wire/frame.h"
#include "wire/link_message.h"

namespace paddock::wire {

enum class FrameFault : std::uint8_t {
  Oversized,  // it says that it is longer than a frame may be: mostly another protocol
  Damaged,    // the checksum is wrong, or cannot be right
  Malformed,  // it came as it was sent, and means nothing
};

struct FrameError {
  FrameFault fault{};
  /// What is wrong, for the log.
  std::string message;
};

class Decoder {
 public:
  /// Longer frames are refused; see set_limit().
  explicit Decoder(std::size_t frame_bytes_max = kFrameBytesMax);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  /// From the next frame on. A stranger's is kept low, so that it cannot make the server keep much.
  void set_limit(std::size_t frame_bytes_max) { frame_bytes_max_ = frame_bytes_max; }

  /// Where the next bytes go: at least `count`, `room` of them; say with on_received() how many
  /// came.
  [[nodiscard]] char* space(std::size_t count, std::size_t& room);
  void on_received(std::size_t count) { input_.commit(count); }
  /// The same for bytes that are somewhere else.
  void add(View bytes) { input_.append(bytes); }

  /// The next message; nothing if more bytes must come first. An error is for ever: the stream is
  /// out of step. A frame of an unknown kind is a message, UnknownKind, and the next one follows.
  [[nodiscard]] std::expected<std::optional<LinkMessage>, FrameError> next();

  /// Bytes that wait for the rest of their frame.
  [[nodiscard]] std::size_t buffered() const { return input_.size(); }

 private:
  struct Scratch;

  [[nodiscard]] std::unexpected<FrameError> refuse(FrameError error);
  [[nodiscard]] std::expected<LinkMessage, FrameError> parse(const FramePrefix& prefix);

  ByteBuffer input_;
  std::size_t frame_bytes_max_;
  std::optional<FrameError> error_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace paddock::wire
