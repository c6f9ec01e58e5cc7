// SPDX-License-Identifier: Apache-2.0
#include "kube/chunk_decoder.h"

#include <algorithm>

namespace paddock::kube {

namespace {

constexpr unsigned kDigitsMax = 15;
constexpr std::size_t kOverheadMax = 16384;  // extensions and trailers

int digit_of(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

}  // namespace

std::size_t ChunkDecoder::put(View bytes, std::string& body) {
  std::size_t used = 0;
  while (used < bytes.size() && state_ == State::Incomplete) {
    if (part_ == Part::Data) {
      used += take_data(bytes.substr(used), body);
      continue;
    }
    take(bytes[used++]);
  }
  return used;
}

std::size_t ChunkDecoder::take_data(View bytes, std::string& body) {
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), size_));
  body.append(bytes.substr(0, length));
  size_ -= length;
  if (size_ == 0) part_ = Part::DataEnd;
  return length;
}

void ChunkDecoder::take(char letter) {
  count_overhead();
  switch (part_) {
    case Part::Size:
      return take_size(letter);
    case Part::Extension:
      if (letter == '\r') part_ = Part::SizeEnd;
      return;
    case Part::SizeEnd:
      if (letter != '\n') state_ = State::Bad;
      return begin_chunk();
    case Part::DataEnd:
      return expect(letter, '\r', Part::DataLineFeed);
    case Part::DataLineFeed:
      overhead_ = 0;
      return expect(letter, '\n', Part::Size);
    case Part::TrailerStart:
      part_ = letter == '\r' ? Part::LastLineFeed : Part::Trailer;
      return;
    case Part::Trailer:
      if (letter == '\r') part_ = Part::TrailerEnd;
      return;
    case Part::TrailerEnd:
      return expect(letter, '\n', Part::TrailerStart);
    case Part::LastLineFeed:
      state_ = letter == '\n' ? State::Done : State::Bad;
      return;
    case Part::Data:
      return;  // take_data()
  }
}

void ChunkDecoder::take_size(char letter) {
  const int digit = digit_of(letter);
  if (digit >= 0 && digits_ < kDigitsMax) {
    size_ = size_ * 16 + static_cast<std::uint64_t>(digit);
    ++digits_;
    return;
  }
  const bool ends = letter == '\r' || letter == ';' || letter == ' ';
  if (digits_ == 0 || !ends) state_ = State::Bad;
  part_ = letter == '\r' ? Part::SizeEnd : Part::Extension;
}

void ChunkDecoder::begin_chunk() {
  part_ = size_ == 0 ? Part::TrailerStart : Part::Data;
  digits_ = 0;
}

void ChunkDecoder::expect(char letter, char wanted, Part next) {
  if (letter != wanted) state_ = State::Bad;
  part_ = next;
}

void ChunkDecoder::count_overhead() {
  if (++overhead_ > kOverheadMax) state_ = State::Bad;
}

}  // namespace paddock::kube
