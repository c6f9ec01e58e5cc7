// SPDX-License-Identifier: Apache-2.0
//
// A blocking TCP connection that carries frames: one for each session and server.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/byte_buffer.h"
#include "base/error.h"

namespace paddock::conformance {

/// Why no frame came.
enum class LinkEnd {
  Closed,
  NoAnswer
};

class Link {
 public:
  static Result<Link> open(const std::string& host, std::uint16_t port);

  Link(Link&& other) noexcept;
  Link& operator=(Link&& other) noexcept;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();

  /// Sends all bytes; a connection that was closed shows when receiving.
  void send(View bytes);

  /// The next frame without its length. The view holds until the next call.
  std::expected<View, LinkEnd> receive();

  /// True once the other side has closed; reads and drops whatever comes before that.
  bool wait_for_close();

 private:
  explicit Link(int descriptor) : descriptor_(descriptor) {}
  std::expected<void, LinkEnd> fill(std::size_t count);

  int descriptor_ = -1;
  ByteBuffer inbound_;
  std::size_t last_ = 0;  // Bytes of the frame that was handed out.
};

}  // namespace paddock::conformance
