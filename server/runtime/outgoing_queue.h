// SPDX-License-Identifier: Apache-2.0
//
// Frames on their way into one link: small ones are gathered in one buffer, bulk is sent from where
// it is, so that one system call takes many. Owned by PeerLink.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>

#include <sys/uio.h>

#include "base/bytes.h"
#include "wire/encoder.h"
#include "zab/entries.h"

namespace paddock::runtime {

class OutgoingQueue {
 public:
  /// The frame's head is copied and stays; its body may be taken.
  void push(wire::OutgoingFrame& frame);

  [[nodiscard]] bool empty() const { return bytes_ == 0; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// The first parts in order, as many as fit; returns how many that are.
  [[nodiscard]] std::size_t gather(std::span<iovec> into) const;
  /// The first `count` bytes are sent.
  void consume(std::size_t count);

 private:
  struct Part {
    std::string own;
    zab::SharedBatch shared;

    [[nodiscard]] View view() const { return shared == nullptr ? View{own} : shared->payloads(); }
  };

  void copy(View bytes);
  void pop();

  std::deque<Part> parts_;  // none is empty
  std::size_t sent_ = 0;    // of the first one
  std::size_t bytes_ = 0;
  std::string spare_;  // memory for the next part
};

}  // namespace paddock::runtime
