// SPDX-License-Identifier: Apache-2.0
#include "runtime/disk_task.h"

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/inbox.h"
#include "disk_fixture.h"

namespace {

// This binary's operator new counts.
std::atomic<std::size_t> allocations{0};

void* allocate(std::size_t count) {
  allocations.fetch_add(1, std::memory_order_relaxed);
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

namespace paddock::runtime {
namespace {

using storage::LogBatch;
using testing::batch_of;

/// What a queue holds, as text: "1-3 truncate(2) 3-4".
std::string contents(DiskTasks& tasks) {
  std::string text;
  DiskTask task;
  while (tasks.take_first(task)) {
    if (!text.empty()) text += ' ';
    if (const auto* batch = std::get_if<LogBatch>(&task)) {
      text += std::to_string(batch->first_zxid().value) + "-" +
              std::to_string(batch->last_zxid().value);
    } else if (const auto* truncate = std::get_if<Truncate>(&task)) {
      text += "truncate(" + std::to_string(truncate->zxid.value) + ")";
    } else if (const auto* promise = std::get_if<PromiseEpochs>(&task)) {
      text += "promise(" + std::to_string(promise->accepted) + ")";
    } else if (const auto* note = std::get_if<NoteCommitted>(&task)) {
      text += "committed(" + std::to_string(note->zxid.value) + ")";
    } else {
      text += "piece(" + std::to_string(std::get<ReceivedPiece>(task).offset) + ")";
    }
  }
  EXPECT_TRUE(tasks.empty());
  return text;
}

void add_records(DiskTasks& tasks, std::int64_t first, std::int64_t last) {
  for (std::int64_t zxid = first; zxid <= last; ++zxid) tasks.records().add(Zxid{zxid}, "x");
}

TEST(DiskTasks, AreEmptyAtFirst) {
  DiskTasks tasks;
  DiskTask task;
  EXPECT_TRUE(tasks.empty());
  EXPECT_FALSE(tasks.take_first(task));
}

TEST(DiskTasks, AreOneTaskForRecordsThatFollowOneAnother) {
  DiskTasks tasks;
  add_records(tasks, 1, 3);
  tasks.add(batch_of(4, 6));
  DiskTasks later;
  add_records(later, 7, 8);
  tasks.append(std::move(later));

  EXPECT_TRUE(tasks.has_only_records());
  EXPECT_EQ(tasks.record_count(), 8U);
  EXPECT_TRUE(later.empty());  // NOLINT(bugprone-use-after-move): append() says so
  EXPECT_EQ(contents(tasks), "1-8");
}

TEST(DiskTasks, StayInOrder) {
  DiskTasks tasks;
  add_records(tasks, 1, 3);
  tasks.add(Truncate{Zxid{2}});
  add_records(tasks, 3, 3);
  DiskTasks later;
  add_records(later, 4, 5);
  later.add(PromiseEpochs{.accepted = 7, .current = 6});
  later.add(NoteCommitted{Zxid{4}});
  add_records(later, 6, 6);
  tasks.append(std::move(later));
  later.add(ReceivedPiece{.epoch = 1, .zxid = Zxid{9}, .offset = 5, .size = 9, .bytes = "x"});
  tasks.append(std::move(later));

  EXPECT_FALSE(tasks.has_only_records());
  EXPECT_EQ(contents(tasks), "1-3 truncate(2) 3-5 promise(7) committed(4) 6-6 piece(5)");
}

TEST(DiskTasks, StayInOrderWhenNoRecordsComeFirst) {
  DiskTasks tasks;
  tasks.add(Truncate{Zxid{0}});
  tasks.add(LogBatch{});
  DiskTasks later;
  add_records(later, 1, 2);
  tasks.append(std::move(later));

  EXPECT_EQ(contents(tasks), "truncate(0) 1-2");
}

/// What the core, the inbox and the log thread do with a batch of records, as with a bare LogBatch.
TEST(DiskTasks, AllocateNothingForRecordsOnceWarm) {
  Inbox<DiskTasks> inbox([] {});
  LogBatch cores;
  DiskTasks outgoing;
  DiskTasks tasks;
  DiskTask task;
  std::int64_t zxid = 0;
  std::size_t seen = 0;
  for (int round = 0; round < 20; ++round) {
    const std::size_t before = allocations;
    for (int put = 0; put < 2; ++put) {
      for (int i = 0; i < 50; ++i) cores.add(Zxid{++zxid}, "some bytes of a transaction");
      outgoing.records().append(std::move(cores));
      inbox.put(outgoing);
    }
    inbox.take(tasks);
    while (tasks.take_first(task)) std::get<LogBatch>(task).clear();
    seen = allocations - before;
  }

  EXPECT_EQ(seen, 0U);
}

}  // namespace
}  // namespace paddock::runtime
