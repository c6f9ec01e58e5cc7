// SPDX-License-Identifier: Apache-2.0
#include "tls/either_stream.h"

#include <array>
#include <utility>

#include "base/bytes.h"
#include "tls/tls_stream.h"

namespace paddock::tls {

namespace {

/// A handshake's first record. As the length of a greeting between servers it would be more than
/// any has: its third byte is not 0.
bool is_tls(View start) {
  constexpr View kRecord = "\x16\x03";
  constexpr std::size_t kEnough = 3;
  if (start.size() < kEnough) return start == kRecord.substr(0, start.size());
  return start.starts_with(kRecord) && start[2] != 0;
}

}  // namespace

net::IoState EitherStream::decide() {
  std::array<char, 3> start{};
  const net::IoResult got = net::peek(stream_->socket(), start.data(), start.size());
  if (got.state != net::IoState::Ok) return got.state;
  const auto context = std::exchange(undecided_, nullptr);
  if (is_tls({start.data(), got.count})) {
    net::Fd socket = static_cast<net::TcpStream&>(*stream_).release();
    stream_ = std::make_unique<TlsStream>(*context, std::move(socket), net::Side::Accepted, "");
  }
  return net::IoState::Ok;
}

net::IoResult EitherStream::receive(char* into, std::size_t room) {
  if (undecided_ != nullptr) {
    if (const net::IoState state = decide(); state != net::IoState::Ok) return {state, 0};
  }
  return stream_->receive(into, room);
}

}  // namespace paddock::tls
