// SPDX-License-Identifier: Apache-2.0
//
// From messages to frames. Bulk bytes are not copied: a batch that goes to five peers is shared by
// five frames, a piece of a snapshot is moved. Keeps memory to work with; one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "replica/peer_message.h"
#include "wire/link_message.h"
#include "zab/entries.h"

namespace paddock::wire {

/// A frame in the order in which it is sent; at most one of the bodies has something.
struct OutgoingFrame {
  /// Prefix and header.
  std::string head;
  /// Its payloads are the body.
  zab::SharedBatch shared_body;
  std::string own_body;

  [[nodiscard]] View body() const {
    return shared_body == nullptr ? View{own_body} : shared_body->payloads();
  }
  [[nodiscard]] std::size_t size() const { return head.size() + body().size(); }
};

class Encoder {
 public:
  Encoder();
  ~Encoder();
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  /// Writes the frame of `message` to `out`, whose memory is reused. An Append has a batch that is
  /// not empty, an Outcome a kind that is sent. *Errors*: it is too large for a frame; `out` is
  /// then not to be used.
  [[nodiscard]] Result<> encode(replica::PeerMessage message, OutgoingFrame& out);
  void encode(const Hello& hello, OutgoingFrame& out);
  /// A reason that is too long is cut.
  void encode(const Refusal& refusal, OutgoingFrame& out);
  void encode(Ping ping, OutgoingFrame& out);

 private:
  struct Impl;

  std::unique_ptr<Impl> impl_;
};

}  // namespace paddock::wire
