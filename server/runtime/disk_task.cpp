// SPDX-License-Identifier: Apache-2.0
#include "runtime/disk_task.h"

#include <utility>

#include "base/assert.h"

namespace paddock::runtime {

using storage::LogBatch;

LogBatch& DiskTasks::records() {
  if (others_.empty()) return first_;
  if (auto* last = std::get_if<LogBatch>(&others_.back())) return *last;
  return std::get<LogBatch>(others_.emplace_back());
}

void DiskTasks::add(DiskTask task) {
  if (auto* batch = std::get_if<LogBatch>(&task)) {
    if (!batch->empty()) records().append(std::move(*batch));
  } else {
    others_.push_back(std::move(task));
  }
}

void DiskTasks::append(DiskTasks&& later) {
  PADDOCK_ASSERT(this != &later);
  if (!later.first_.empty()) records().append(std::move(later.first_));
  for (DiskTask& task : later.others_) add(std::move(task));
  later.others_.clear();
}

bool DiskTasks::take_first(DiskTask& task) {
  if (!first_.empty()) {
    if (!std::holds_alternative<LogBatch>(task)) task.emplace<LogBatch>();
    auto& batch = std::get<LogBatch>(task);
    batch.clear();
    swap(batch, first_);
    return true;
  }
  if (others_.empty()) return false;
  task = std::move(others_.front());
  others_.erase(others_.begin());
  return true;
}

void swap(DiskTasks& a, DiskTasks& b) noexcept {
  swap(a.first_, b.first_);
  std::swap(a.others_, b.others_);
}

}  // namespace paddock::runtime
