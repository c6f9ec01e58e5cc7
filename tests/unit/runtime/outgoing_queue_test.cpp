// SPDX-License-Identifier: Apache-2.0
#include "runtime/outgoing_queue.h"

#include <array>

#include <gtest/gtest.h>

#include "base/prng.h"

namespace paddock::runtime {
namespace {

wire::OutgoingFrame frame(std::string head, std::string body) {
  return {.head = std::move(head), .shared_body = nullptr, .own_body = std::move(body)};
}

wire::OutgoingFrame shared_frame(std::string head, const std::string& payload) {
  auto batch = std::make_shared<zab::EntryBatch>();
  batch->add(Zxid{1}, payload);
  return {.head = std::move(head), .shared_body = std::move(batch), .own_body = {}};
}

std::string gathered(const OutgoingQueue& queue, std::size_t parts) {
  std::array<iovec, 8> into{};
  const std::size_t count = queue.gather(std::span(into).first(parts));
  std::string all;
  for (std::size_t i = 0; i < count; ++i) {
    all.append(static_cast<const char*>(into.at(i).iov_base), into.at(i).iov_len);
  }
  return all;
}

TEST(OutgoingQueue, SmallFramesAreOnePart) {
  OutgoingQueue queue;
  EXPECT_TRUE(queue.empty());
  auto one = frame("head", "body");
  auto two = shared_frame("HEAD", "BODY");
  queue.push(one);
  queue.push(two);
  EXPECT_EQ(queue.bytes(), 16U);
  EXPECT_EQ(gathered(queue, 1), "headbodyHEADBODY");
}

TEST(OutgoingQueue, BulkIsNotCopied) {
  OutgoingQueue queue;
  auto bulk = shared_frame("head", std::string(100000, 'b'));
  const char* const payload = bulk.body().data();
  queue.push(bulk);
  std::array<iovec, 2> parts{};
  ASSERT_EQ(queue.gather(parts), 2U);
  EXPECT_EQ(parts[1].iov_base, payload);
}

TEST(OutgoingQueue, BehavesLikeAString) {
  Prng prng(5);
  OutgoingQueue queue;
  std::string model;
  for (int step = 0; step < 3000; ++step) {
    if (prng.chance(1, 2)) {
      const std::string head(1 + prng.below(60), static_cast<char>('a' + prng.below(26)));
      const std::string body(prng.chance(1, 4) ? prng.below(20000) : prng.below(50), 'x');
      auto next = prng.chance(1, 2) ? frame(head, body) : shared_frame(head, body);
      queue.push(next);
      model += head + body;
    } else {
      const std::size_t count = prng.below(model.size() + 1);
      queue.consume(count);
      model.erase(0, count);
    }
    ASSERT_EQ(queue.bytes(), model.size());
    ASSERT_EQ(queue.empty(), model.empty());
    const std::string front = gathered(queue, 3);
    ASSERT_EQ(model.compare(0, front.size(), front), 0);
    ASSERT_EQ(front.empty(), model.empty());
  }
}

}  // namespace
}  // namespace paddock::runtime
