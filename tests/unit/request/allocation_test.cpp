// SPDX-License-Identifier: Apache-2.0
//
// A warm read allocates nothing: the heap of this program counts what is taken from it.
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "world.h"

namespace {

std::size_t allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace paddock::request {
namespace {

using enum jute::Opcode;

class WarmRead : public testing::TestWithParam<jute::Opcode> {};

TEST_P(WarmRead, AllocatesNothing) {
  World world;
  ASSERT_EQ(world.act(Create, create("/node-with-a-long-name-that-fits-no-small-string", "data")),
            ErrorCode::Ok);
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(world.act(Create,
                        create("/node-with-a-long-name-that-fits-no-small-string/child-" +
                               std::to_string(i))),
              ErrorCode::Ok);
  }
  const std::string payload = watch("/node-with-a-long-name-that-fits-no-small-string", true);
  const ReadRequest request{.opcode = GetParam(),
                            .payload = payload,
                            .session = kBob,
                            .identities = world.identities_of(kAlice)};
  ByteBuffer out;
  jute::Writer writer(out);
  ASSERT_EQ(read(world.tree, request, writer).err, ErrorCode::Ok);
  const std::size_t length = out.size();
  out.clear();

  const std::size_t before = allocations;
  const ReadOutcome outcome = read(world.tree, request, writer);
  const std::size_t after = allocations;

  EXPECT_EQ(outcome.err, ErrorCode::Ok);
  EXPECT_EQ(out.size(), length);
  EXPECT_GT(before, 0U) << "the counter counts";
  EXPECT_EQ(after - before, 0U);
}

INSTANTIATE_TEST_SUITE_P(Opcodes,
                         WarmRead,
                         testing::Values(GetData, Exists, GetChildren, GetChildren2));

}  // namespace
}  // namespace paddock::request
