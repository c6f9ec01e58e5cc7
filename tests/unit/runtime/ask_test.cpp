// SPDX-License-Identifier: Apache-2.0
#include "runtime/ask.h"

#include <thread>

#include <gtest/gtest.h>

namespace paddock::runtime {
namespace {

constexpr MonotonicTime kNever{Duration::max()};

TEST(Ask, IsAnsweredOnTheLoopsThread) {
  const auto loop = net::EventLoop::create();
  ASSERT_TRUE(loop);
  std::thread running([&] { (*loop)->run([] { return kNever; }); });
  const auto answer = ask(**loop, [] { return std::this_thread::get_id(); });

  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, running.get_id());
  (*loop)->stop();
  running.join();
}

TEST(Ask, ALoopThatHasEndedAnswersNothingAndKeepsNothing) {
  const auto loop = net::EventLoop::create();
  ASSERT_TRUE(loop);
  const auto token = std::make_shared<int>(7);
  (*loop)->post([token] { ADD_FAILURE() << "the loop ended before its first turn"; });
  (*loop)->stop();
  (*loop)->run([] { return kNever; });

  EXPECT_FALSE(ask(**loop, [token] { return *token; }));
  EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace paddock::runtime
