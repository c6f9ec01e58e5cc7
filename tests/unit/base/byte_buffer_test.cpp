// SPDX-License-Identifier: Apache-2.0
#include "base/byte_buffer.h"

#include <string>

#include <gtest/gtest.h>

#include "base/prng.h"

namespace paddock {
namespace {

TEST(ByteBuffer, BehavesLikeAStringUnderRandomAppendsAndConsumes) {
  Prng prng(7);
  ByteBuffer buffer;
  std::string model;
  for (int step = 0; step < 20000; ++step) {
    if (prng.chance(1, 2)) {
      const std::string bytes(prng.below(200), static_cast<char>('a' + prng.below(26)));
      buffer.append(bytes);
      model += bytes;
    } else {
      const std::size_t count = prng.below(model.size() + 1);
      buffer.consume(count);
      model.erase(0, count);
    }
    ASSERT_EQ(buffer.view(), model);
  }
}

TEST(ByteBuffer, KeepsItsMemoryOnceWarm) {
  ByteBuffer buffer;
  buffer.append(std::string(1000, 'x'));
  buffer.consume(1000);
  const std::size_t capacity = buffer.capacity();

  for (int round = 0; round < 100; ++round) {
    buffer.append(std::string(1000, 'y'));
    buffer.consume(1000);
  }

  EXPECT_EQ(buffer.capacity(), capacity);
}

TEST(ByteBuffer, GivesMemoryBackWhenIdleAndLarge) {
  ByteBuffer buffer;
  buffer.append(std::string(100000, 'x'));
  buffer.shrink_if_idle(1000);
  EXPECT_GE(buffer.capacity(), 100000U);

  buffer.consume(100000);
  buffer.shrink_if_idle(1000);
  EXPECT_EQ(buffer.capacity(), 0U);
}

}  // namespace
}  // namespace paddock
