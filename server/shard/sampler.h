// SPDX-License-Identifier: Apache-2.0
//
// Which requests are looked at to tell what most of them are about: about one in kOneIn, at gaps
// that do not keep time with anything. One shard's thread.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/ids.h"
#include "shard/top_sketch.h"

namespace paddock::shard {

class Sampler {
 public:
  static constexpr std::uint32_t kOneIn = 64;

  /// Whether this request is one of those.
  [[nodiscard]] bool takes_next() {
    if (--left_ > 0) return false;
    // Gaps of 33 to 95: any generator will do.
    state_ = state_ * 1664525U + 1013904223U;
    left_ = kOneIn / 2 + 1 + (state_ >> 16U) % (kOneIn - 1);
    return true;
  }
  /// `path`: empty if the request has none.
  void note(SessionId session, View path) {
    sessions_.add(session);
    if (!path.empty()) paths_.add(ShortPath::of(path));
  }

  [[nodiscard]] const TopSketch<ShortPath>& paths() const { return paths_; }
  [[nodiscard]] const TopSketch<SessionId>& sessions() const { return sessions_; }

 private:
  std::uint32_t left_ = kOneIn;
  std::uint32_t state_ = 1;
  TopSketch<ShortPath> paths_;
  TopSketch<SessionId> sessions_;
};

}  // namespace paddock::shard
