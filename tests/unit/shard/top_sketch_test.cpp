// SPDX-License-Identifier: Apache-2.0
#include "shard/top_sketch.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "shard/sampler.h"

namespace paddock::shard {
namespace {

using Sketch = TopSketch<SessionId>;

std::map<std::int64_t, Sketch::Entry> by_key(const Sketch& sketch) {
  std::map<std::int64_t, Sketch::Entry> found;
  for (const Sketch::Entry& entry : sketch.entries()) found[raw(entry.key)] = entry;
  return found;
}

TEST(TopSketch, FewKeysAreCountedExactly) {
  Sketch sketch;
  for (int i = 0; i < 5; ++i) sketch.add(SessionId{1});
  sketch.add(SessionId{2});
  const auto found = by_key(sketch);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found.at(1).count, 5U);
  EXPECT_EQ(found.at(1).error, 0U);
  EXPECT_EQ(found.at(2).count, 1U);
}

TEST(TopSketch, WhatComesOftenIsFoundAmongManyOthers) {
  Sketch sketch;
  int frequent = 0;
  for (std::int64_t i = 0; i < 6000; ++i) {
    const bool is_frequent = i % 10 == 0;
    frequent += is_frequent ? 1 : 0;
    sketch.add(SessionId{is_frequent ? 7 : 1000 + i});
  }
  const auto found = by_key(sketch);
  ASSERT_TRUE(found.contains(7));
  const Sketch::Entry entry = found.at(7);
  EXPECT_GE(entry.count, static_cast<std::uint32_t>(frequent));
  EXPECT_LE(entry.count - entry.error, static_cast<std::uint32_t>(frequent));
}

TEST(TopSketch, OldCountsFade) {
  Sketch sketch;
  for (int i = 0; i < 1000; ++i) sketch.add(SessionId{1});
  for (std::uint32_t i = 0; i < 2 * Sketch::kFadeAfter; ++i) sketch.add(SessionId{2});
  const auto found = by_key(sketch);
  EXPECT_EQ(found.at(1).count, 250U);
  EXPECT_LT(found.at(2).count, Sketch::kFadeAfter + Sketch::kFadeAfter / 2);
}

TEST(TopSketch, LongPathsAreCutOff) {
  const std::string path = "/" + std::string(500, 'x');
  EXPECT_EQ(ShortPath::of(path).view(), path.substr(0, ShortPath::kBytesMax));
  EXPECT_EQ(ShortPath::of("/a"), ShortPath::of("/a"));
}

TEST(Sampler, TakesOneInSixtyFour) {
  Sampler sampler;
  int taken = 0;
  constexpr int kRequests = 640000;
  for (int i = 0; i < kRequests; ++i) taken += sampler.takes_next() ? 1 : 0;
  const int expected = kRequests / static_cast<int>(Sampler::kOneIn);
  EXPECT_GT(taken, expected * 95 / 100);
  EXPECT_LT(taken, expected * 105 / 100);
}

}  // namespace
}  // namespace paddock::shard
