// SPDX-License-Identifier: Apache-2.0
//
// The gate and the log thread with real threads: what a reader sees is whole, and mail is never
// behind it.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "fake_disk/fake_disk.h"
#include "gate/shared_tree.h"
#include "runtime/learner_read_thread.h"
#include "runtime/log_thread.h"
#include "storage/store.h"
#include "txn/txn.pb.h"

namespace paddock {
namespace {

constexpr int kReaders = 3;
constexpr int kWrites = 3000;

txn::pb::Txn create_txn(std::int64_t zxid, const std::string& path) {
  txn::pb::Txn txn;
  txn.set_zxid(zxid);
  auto& create = *txn.add_ops()->mutable_create();
  create.set_path(path);
  create.set_data(std::to_string(zxid));
  create.set_parent_cversion(1);
  auto& acl = *create.add_acl();
  acl.set_perms(jute::kPermAll);
  acl.set_scheme("world");
  acl.set_id("anyone");
  return txn;
}

txn::pb::Txn set_txn(std::int64_t zxid, const std::string& path) {
  txn::pb::Txn txn;
  txn.set_zxid(zxid);
  auto& set = *txn.add_ops()->mutable_set_data();
  set.set_path(path);
  set.set_data(std::to_string(zxid));
  set.set_version(static_cast<std::int32_t>(zxid));
  return txn;
}

TEST(GateStress, NoReaderSeesDataNewerThanItsMail) {
  gate::SharedTree shared(kReaders);
  tree::Changes changes;
  shared.write().tree().apply(create_txn(1, "/a"), changes);
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (std::size_t slot = 0; slot < kReaders; ++slot) {
    readers.emplace_back([&, slot] {
      std::int64_t told = 1;
      for (bool last = false; !last;) {
        last = done.load();
        const gate::SharedTree::ReadGate gate = shared.read(slot);
        gate.set_watch_count(1);
        for (const gate::MailEntry& entry : gate.mail().entries()) {
          EXPECT_GT(entry.zxid.value, told);
          told = entry.zxid.value;
        }
        gate.mail().clear();
        const tree::NodeView node = gate.tree().view(*gate.tree().find("/a"));
        EXPECT_EQ(node.data, std::to_string(node.stat.mzxid));
        if (told > 1) {
          EXPECT_EQ(node.stat.mzxid, told);
        }
      }
    });
  }
  for (std::int64_t zxid = 2; zxid <= kWrites; ++zxid) {
    const gate::SharedTree::WriteGate gate = shared.write();
    changes.clear();
    gate.tree().apply(set_txn(zxid, "/a"), changes);
    for (std::size_t slot = 0; slot < kReaders; ++slot) {
      if (!gate.wants_events(slot)) continue;
      gate.mail(slot).add({.kind = gate::MailKind::Event, .zxid = Zxid{zxid}}, "/a");
    }
  }
  done.store(true);
  for (std::thread& reader : readers) reader.join();
}

std::unique_ptr<storage::Store> new_store(fake_disk::FakeDisk& disk) {
  disk.create_directories("/data");
  storage::StoreOptions options;
  options.data_directory = "/data";
  options.segment_bytes = std::uint64_t{64} << 10U;
  options.space.reserve_bytes = 0;
  auto store = storage::Store::open(disk, options);
  EXPECT_TRUE(store.has_value());
  EXPECT_TRUE((*store)->initialize({.disk_id = std::string(16, 'd'), .ensemble_id = {}}));
  return std::move(*store);
}

TEST(LogThreadStress, ReportsEveryBatchDurableInOrder) {
  fake_disk::FakeDisk disk;
  const auto store = new_store(disk);
  std::atomic<std::int64_t> durable{0};
  {
    runtime::LogThread log(*store, {}, [&](const runtime::DiskReport& report) {
      const Zxid zxid = std::get<runtime::Durable>(report).zxid;
      EXPECT_GT(zxid.value, durable.load());
      durable.store(zxid.value);
    });
    storage::LogBatch batch;
    for (std::int64_t zxid = 1; zxid <= kWrites; ++zxid) {
      batch.add(Zxid{zxid}, std::string(100, 'x'));
      if (zxid % 7 == 0 || zxid == kWrites) log.put(batch);
    }
  }

  EXPECT_EQ(durable.load(), kWrites);
}

/// Adds what a learner's disk is asked for, and keeps the reports that must come, appends apart.
class TaskMaker {
 public:
  void add(int round) {
    for (int i = 0; i < 5; ++i) tasks_.records().add(Zxid{++last_}, std::string(100, 'x'));
    if (round % 11 == 0) {
      last_ -= 8;
      tasks_.add(runtime::Truncate{Zxid{last_}});
      expected_.emplace_back(runtime::Truncated{Zxid{last_}});
    }
    if (round % 7 == 0) {
      tasks_.add(runtime::PromiseEpochs{.accepted = round, .current = round});
      expected_.emplace_back(runtime::EpochsPromised{.accepted = round, .current = round});
    }
  }
  [[nodiscard]] runtime::DiskTasks& tasks() { return tasks_; }
  [[nodiscard]] Zxid last() const { return Zxid{last_}; }
  [[nodiscard]] const std::vector<runtime::DiskReport>& expected() const { return expected_; }

 private:
  runtime::DiskTasks tasks_;
  std::int64_t last_ = 0;
  std::vector<runtime::DiskReport> expected_;
};

TEST(LogThreadStress, KeepsAllTasksInOrderWhileLearnersRead) {
  fake_disk::FakeDisk disk;
  const auto store = new_store(disk);
  TaskMaker maker;
  std::vector<runtime::DiskReport> reports;
  std::atomic<bool> done{false};
  {
    runtime::LearnerReadThread learners(*store, {}, [&](runtime::LearnerReadThread::Answer answer) {
      if (done.load()) return;
      const auto& result = std::get<zab::LogReadResult>(answer);
      const bool at_end = !result.is_there || result.batch->empty();
      learners.put(zab::LogRead{.learner = result.learner,
                                .ticket = result.ticket + 1,
                                .after = at_end ? Zxid{0} : result.batch->last()});
    });
    learners.put(zab::LogRead{.learner = ServerId{2}, .ticket = 1, .after = Zxid{0}});
    runtime::LogThread log(*store, {}, [&](const runtime::DiskReport& report) {
      if (!std::holds_alternative<runtime::Durable>(report)) reports.push_back(report);
    });
    for (int round = 1; round <= 500; ++round) {
      maker.add(round);
      log.put(maker.tasks());
      if (store->log().wants_spare()) {
        EXPECT_TRUE(store->log().prepare_spare());
      }
    }
    log.stop();
    done.store(true);
    learners.stop();
  }

  EXPECT_EQ(reports, maker.expected());
  EXPECT_EQ(store->log().last(), maker.last());
}

}  // namespace
}  // namespace paddock
