// SPDX-License-Identifier: Apache-2.0
#include "runtime/outgoing_queue.h"

#include <utility>

#include "base/assert.h"

namespace paddock::runtime {

namespace {

/// Bodies from here on are sent from where they are: copying less is cheaper than one more part.
constexpr std::size_t kBulkBytesMin = 4096;
/// A buffer of small frames is full with this.
constexpr std::size_t kPartBytesMax = std::size_t{32} << 10U;

}  // namespace

void OutgoingQueue::push(wire::OutgoingFrame& frame) {
  bytes_ += frame.size();
  copy(frame.head);
  if (frame.body().size() < kBulkBytesMin) {
    copy(frame.body());
  } else if (frame.shared_body != nullptr) {
    parts_.push_back({.own = {}, .shared = std::move(frame.shared_body)});
  } else {
    parts_.push_back({.own = std::move(frame.own_body), .shared = nullptr});
  }
}

void OutgoingQueue::copy(View bytes) {
  if (bytes.empty()) return;
  if (parts_.empty() || parts_.back().shared != nullptr ||
      parts_.back().own.size() >= kPartBytesMax) {
    parts_.push_back({.own = std::exchange(spare_, {}), .shared = nullptr});
  }
  parts_.back().own.append(bytes);
}

std::size_t OutgoingQueue::gather(std::span<iovec> into) const {
  std::size_t count = 0;
  std::size_t skip = sent_;
  for (const Part& part : parts_) {
    if (count == into.size()) break;
    const View rest = part.view().substr(std::exchange(skip, 0));
    // The system only reads, and says so nowhere in its types.
    into[count++] = {const_cast<char*>(rest.data()), rest.size()};
  }
  return count;
}

void OutgoingQueue::consume(std::size_t count) {
  PADDOCK_ASSERT(count <= bytes_);
  bytes_ -= count;
  sent_ += count;
  while (!parts_.empty() && sent_ >= parts_.front().view().size()) {
    sent_ -= parts_.front().view().size();
    pop();
  }
  PADDOCK_ASSERT(!parts_.empty() || sent_ == 0);
}

void OutgoingQueue::pop() {
  std::string& own = parts_.front().own;
  if (own.capacity() > spare_.capacity() && own.capacity() <= kPartBytesMax * 4) {
    own.clear();
    spare_.swap(own);
  }
  parts_.pop_front();
}

}  // namespace paddock::runtime
