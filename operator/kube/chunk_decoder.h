// SPDX-License-Identifier: Apache-2.0
//
// The body of an HTTP message out of its chunks, a byte at a time if need be. Pure. Ours, because
// Beast's parser asserts that the last chunk comes in one piece. Source: RFC 9112 section 7.1.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace paddock::kube {

class ChunkDecoder {
 public:
  enum class State : std::uint8_t {
    Incomplete,
    Done,
    Bad,
  };

  /// Appends the bytes of the body to `body`. Returns how many of `bytes` belong to it: all, unless
  /// it is done or bad.
  std::size_t put(View bytes, std::string& body);
  [[nodiscard]] State state() const { return state_; }

 private:
  enum class Part : std::uint8_t {
    Size,
    Extension,  // of the size, up to the end of its line
    SizeEnd,    // the line feed of that line
    Data,
    DataEnd,
    DataLineFeed,
    TrailerStart,  // a line that may be the empty one
    Trailer,
    TrailerEnd,
    LastLineFeed,
  };

  void take(char letter);
  void take_size(char letter);
  void begin_chunk();
  void expect(char letter, char wanted, Part next);
  [[nodiscard]] std::size_t take_data(View bytes, std::string& body);
  void count_overhead();

  State state_ = State::Incomplete;
  Part part_ = Part::Size;
  std::uint64_t size_ = 0;    // of this chunk; what is left of it while its data comes
  unsigned digits_ = 0;       // of the size
  std::size_t overhead_ = 0;  // bytes of this chunk that are no data
};

}  // namespace paddock::kube
