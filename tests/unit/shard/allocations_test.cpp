// SPDX-License-Identifier: Apache-2.0
//
// The promise of the hot path: a warm read allocates nothing and crosses no thread.
#include <cstdlib>
#include <cstring>
#include <new>

#include <gtest/gtest.h>

#include "harness.h"

namespace {

// This binary's operator new counts; the tests are on one thread.
std::size_t allocations = 0;

void* allocate(std::size_t count) {
  ++allocations;
  if (void* at = std::malloc(count == 0 ? 1 : count)) return at;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t count) {
  return allocate(count);
}
void* operator new[](std::size_t count) {
  return allocate(count);
}
void operator delete(void* at) noexcept {
  std::free(at);
}
void operator delete[](void* at) noexcept {
  std::free(at);
}
void operator delete(void* at, std::size_t) noexcept {
  std::free(at);
}
void operator delete[](void* at, std::size_t) noexcept {
  std::free(at);
}

namespace paddock::shard {
namespace {

/// Allocations of one warm round of requests: the call, and the shell's part after it.
std::size_t warm_allocations(Harness& harness, ConnectionId id, const std::string& requests) {
  std::size_t seen = 0;
  for (int round = 0; round < 10; ++round) {
    std::size_t room = 0;
    const std::size_t before = allocations;
    char* const space = harness.shard.input_space(id, std::size_t{64} << 10U, room);
    std::memcpy(space, requests.data(), requests.size());
    harness.shard.on_bytes(id, requests.size(), harness.now, harness.effects);
    harness.shard.output(id).clear();
    harness.shard.on_sent(id, harness.now, harness.effects);
    harness.shard.go_round(harness.now, harness.effects);
    seen = allocations - before;
    EXPECT_TRUE(harness.effects.core.empty());
    EXPECT_TRUE(harness.effects.slow.empty());
    harness.effects.flush.clear();
  }
  return seen;
}

TEST(ShardAllocations, TheCounterCounts) {
  const std::size_t before = allocations;
  const auto some = std::make_unique<std::string>(100, 'x');
  EXPECT_GE(allocations - before, 2U);
}

TEST(ShardAllocations, AWarmPipelineOfReadsAllocatesNothingAndNeedsNoOtherThread) {
  Harness harness;
  txn::pb::Acl acl;
  acl.set_perms(jute::kPermRead);
  acl.set_scheme("ip");
  acl.set_id("127.0.0.1");
  harness.apply_create("/a", std::string(100, 'x'));
  harness.apply_create("/a/b", std::string(100, 'x'), {acl});
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  std::string requests;
  for (std::int32_t xid = 1; xid <= 16; ++xid) {
    requests += get_data(xid, "/a") + get_data(xid, "/a/b") + exists(xid, "/a/b") +
                get_children(xid, "/a") + get_data(xid, "/none") + ping();
  }

  EXPECT_EQ(warm_allocations(harness, id, requests), 0U);
}

TEST(ShardAllocations, AReadThatArrivesInTwoPartsAllocatesNothing) {
  Harness harness;
  harness.apply_create("/a", std::string(100, 'x'));
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  const std::string request = get_data(1, "/a");
  std::size_t seen = 0;
  for (int round = 0; round < 10; ++round) {
    const std::size_t before = allocations;
    for (const View part : {View(request).substr(0, 9), View(request).substr(9)}) {
      std::size_t room = 0;
      std::memcpy(
          harness.shard.input_space(id, std::size_t{64} << 10U, room), part.data(), part.size());
      harness.shard.on_bytes(id, part.size(), harness.now, harness.effects);
    }
    harness.shard.output(id).clear();
    harness.shard.on_sent(id, harness.now, harness.effects);
    seen = allocations - before;
    harness.effects.flush.clear();
  }

  EXPECT_EQ(seen, 0U);
}

}  // namespace
}  // namespace paddock::shard
