// SPDX-License-Identifier: Apache-2.0
#include "kube/work_queue.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/prng.h"
#include "kube/backoff.h"
#include "kube/token_bucket.h"

namespace paddock::kube {
namespace {

using Urgency = WorkQueue::Urgency;

const ObjectKey kA{"n", "a"};
const ObjectKey kB{"n", "b"};
const ObjectKey kC{"n", "c"};
constexpr MonotonicTime kStart{seconds(100)};

TEST(WorkQueue, HoldsANameOnce) {
  WorkQueue queue;
  queue.add(kA, Urgency::Live, kStart);
  queue.add(kA, Urgency::Live, kStart);

  EXPECT_EQ(queue.depth(), 1U);
  EXPECT_EQ(queue.take(kStart), kA);
  EXPECT_EQ(queue.take(kStart), std::nullopt);
}

TEST(WorkQueue, GivesANameToOneAtATimeAndLosesNothing) {
  WorkQueue queue;
  queue.add(kA, Urgency::Live, kStart);
  EXPECT_EQ(queue.take(kStart), kA);
  queue.add(kA, Urgency::Live, kStart);
  EXPECT_EQ(queue.take(kStart), std::nullopt);

  queue.done(kA, kStart);

  EXPECT_EQ(queue.take(kStart), kA);
  queue.done(kA, kStart);
  EXPECT_EQ(queue.take(kStart), std::nullopt);
}

TEST(WorkQueue, PutsNewsBeforeRoutine) {
  WorkQueue queue;
  queue.add(kA, Urgency::Background, kStart);
  queue.add(kB, Urgency::Background, kStart);
  queue.add(kC, Urgency::Live, kStart);
  queue.add(kB, Urgency::Live, kStart);
  queue.check_invariants();

  EXPECT_EQ(queue.take(kStart), kC);
  EXPECT_EQ(queue.take(kStart), kB);
  EXPECT_EQ(queue.take(kStart), kA);
}

TEST(WorkQueue, WaitsTwiceAsLongAfterEachFailure) {
  WorkQueue queue({.first_delay = milliseconds(5), .delay_max = milliseconds(30)});
  std::vector<Duration> waits;
  MonotonicTime now = kStart;
  for (int round = 0; round < 5; ++round) {
    queue.add_failed(kA, now);
    waits.push_back(*queue.wake_at() - now);
    now = *queue.wake_at();
    EXPECT_EQ(queue.take(now), kA);
    queue.done(kA, now);
  }

  EXPECT_EQ(waits,
            (std::vector<Duration>{milliseconds(5),
                                   milliseconds(10),
                                   milliseconds(20),
                                   milliseconds(30),
                                   milliseconds(30)}));
  EXPECT_EQ(queue.failures_of(kA), 5U);
  queue.forget(kA);
  queue.add_failed(kA, now);
  EXPECT_EQ(*queue.wake_at() - now, milliseconds(5));
  EXPECT_EQ(queue.counters().retries, 6U);
}

TEST(WorkQueue, NewsEndsTheWaitAfterFailures) {
  WorkQueue queue;
  for (int round = 0; round < 20; ++round) queue.add_failed(kA, kStart);
  queue.add(kA, Urgency::Live, kStart);

  EXPECT_EQ(queue.take(kStart), kA);
  EXPECT_EQ(queue.failures_of(kA), 0U);
  EXPECT_EQ(queue.wake_at(), std::nullopt);
}

TEST(WorkQueue, RoutineDoesNotForgetFailures) {
  WorkQueue queue;
  queue.add_failed(kA, kStart);
  queue.add(kA, Urgency::Background, kStart);
  EXPECT_EQ(queue.failures_of(kA), 1U);
}

TEST(WorkQueue, KeepsTheEarlierOfTwoTimes) {
  WorkQueue queue;
  queue.add_after(kA, seconds(5), kStart);
  queue.add_after(kA, seconds(9), kStart);
  EXPECT_EQ(queue.wake_at(), kStart + seconds(5));
  queue.add_after(kA, seconds(2), kStart);
  EXPECT_EQ(queue.wake_at(), kStart + seconds(2));
  EXPECT_EQ(queue.take(kStart + seconds(1)), std::nullopt);
  EXPECT_EQ(queue.take(kStart + seconds(2)), kA);
  queue.done(kA, kStart + seconds(10));
  EXPECT_EQ(queue.take(kStart + seconds(10)), std::nullopt);
}

TEST(WorkQueue, HoldsANameOnceThatBecomesDueWhileItIsWorkedOn) {
  WorkQueue queue;
  queue.add(kA, Urgency::Background, kStart);
  EXPECT_EQ(queue.take(kStart), kA);
  queue.add_after(kA, seconds(1), kStart);
  queue.done(kA, kStart + seconds(2));
  queue.check_invariants();
  EXPECT_EQ(queue.depth(), 1U);
}

TEST(WorkQueue, SaysHowLongWorkHasBeenGoingOn) {
  WorkQueue queue;
  queue.add(kA, Urgency::Live, kStart);
  EXPECT_EQ(queue.longest_work(kStart), Duration::zero());
  EXPECT_EQ(queue.take(kStart), kA);
  EXPECT_EQ(queue.longest_work(kStart + seconds(3)), seconds(3));
}

TEST(WorkQueue, HoldsItsPromisesWhateverIsDone) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Prng random(seed);
    WorkQueue queue;
    MonotonicTime now = kStart;
    std::set<ObjectKey> working;
    std::set<ObjectKey> wanted;  // added, and not taken since
    for (int step = 0; step < 300; ++step) {
      const ObjectKey key{"n", std::string(1, static_cast<char>('a' + random.below(4)))};
      switch (random.below(6)) {
        case 0:
          queue.add(key, Urgency::Live, now);
          wanted.insert(key);
          break;
        case 1:
          queue.add(key, Urgency::Background, now);
          wanted.insert(key);
          break;
        case 2:
          queue.add_failed(key, now);
          wanted.insert(key);
          break;
        case 3:
          if (const auto taken = queue.take(now)) {
            EXPECT_TRUE(working.insert(*taken).second);
            wanted.erase(*taken);
          }
          break;
        case 4:
          if (working.erase(key) > 0) queue.done(key, now);
          break;
        default:
          now = now + milliseconds(random.below(20));
          break;
      }
      queue.check_invariants();
    }
    for (const ObjectKey& key : working) queue.done(key, now);
    now = now + seconds(2000);
    while (const auto taken = queue.take(now)) {
      wanted.erase(*taken);
      queue.done(*taken, now);
    }
    EXPECT_TRUE(wanted.empty());
  }
}

TEST(Backoff, DoublesWithJitterAndStartsAgainAfterQuiet) {
  Prng random(1);
  Backoff backoff({.first = seconds(1), .max = seconds(4), .quiet = seconds(60)});
  MonotonicTime now = kStart;
  for (const Duration step : {seconds(1), seconds(2), seconds(4), seconds(4)}) {
    const Duration wait = backoff.next(now, random);
    EXPECT_GE(wait, step);
    EXPECT_LT(wait, 2 * step);
    now = now + seconds(10);
  }
  EXPECT_LT(backoff.next(now + seconds(60), random), seconds(2));
}

TEST(TokenBucket, AllowsABurstAndThenARate) {
  TokenBucket bucket(10U, 3);
  for (int taken = 0; taken < 3; ++taken) EXPECT_EQ(bucket.take(kStart), Duration::zero());
  EXPECT_EQ(bucket.take(kStart), milliseconds(100));
  EXPECT_EQ(bucket.take(kStart), milliseconds(200));
  EXPECT_EQ(bucket.take(kStart + milliseconds(300)), Duration::zero());
  EXPECT_FALSE(bucket.try_take(kStart + milliseconds(300)));
}

TEST(TokenBucket, FillsUpToItsSizeAndNoFurther) {
  TokenBucket bucket(Duration(seconds(300)), 2);
  EXPECT_TRUE(bucket.try_take(kStart));
  EXPECT_TRUE(bucket.try_take(kStart));
  EXPECT_FALSE(bucket.try_take(kStart + seconds(299)));
  EXPECT_TRUE(bucket.try_take(kStart + seconds(300)));
  const MonotonicTime later = kStart + seconds(100'000);
  EXPECT_TRUE(bucket.try_take(later));
  EXPECT_TRUE(bucket.try_take(later));
  EXPECT_FALSE(bucket.try_take(later));
}

}  // namespace
}  // namespace paddock::kube
