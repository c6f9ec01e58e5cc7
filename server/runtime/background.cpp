// SPDX-License-Identifier: Apache-2.0
#include "runtime/background.h"

#include <algorithm>
#include <future>
#include <utility>

#include <spdlog/spdlog.h>

#include "net/event_loop.h"
#include "runtime/snapshot_job.h"

namespace paddock::runtime {

namespace {

constexpr auto kStepEvery = std::chrono::seconds(1);
constexpr auto kStopCheckEvery = std::chrono::milliseconds(100);

}  // namespace

Background::Background(storage::Store& store,
                       gate::SharedTree& tree,
                       std::size_t slot,
                       Core& core,
                       const LogThread& log,
                       SnapshotSchedule schedule)
    : store_(store),
      tree_(tree),
      slot_(slot),
      core_(core),
      log_(log),
      schedule_(std::move(schedule)) {}

void Background::start() {
  thread_ = std::thread([this] { run(); });
}

Background::~Background() {
  stop();
}

void Background::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wakeup_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Background::wake() {
  {
    const std::lock_guard lock(mutex_);
    has_work_ = true;
  }
  wakeup_.notify_one();
}

void Background::request_snapshot(SnapshotTaken taken) {
  {
    const std::lock_guard lock(mutex_);
    has_work_ = snapshot_requested_ = true;
    if (taken) snapshot_requesters_.push_back(std::move(taken));
  }
  wakeup_.notify_one();
}

SnapshotReport Background::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

void Background::run() {
  check_space();
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wakeup_.wait_for(lock, kStepEvery, [this] { return has_work_ || stopping_; });
      has_work_ = false;
      if (stopping_) return;
    }
    step();
  }
}

void Background::step() {
  if (store_.log().wants_spare()) prepare_spare();
  check_space();
  do_further_work();
  if (snapshot_due()) take_snapshot();
}

/// Not with every commit that wakes this thread.
void Background::do_further_work() {
  const MonotonicTime now = net::read_monotonic();
  if (!further_work_ || now < next_further_work_) return;
  next_further_work_ = now + kStepEvery;
  further_work_();
}

/// Called after each commit while there is none: a disk that refused one is left alone for a while.
void Background::prepare_spare() {
  const MonotonicTime now = net::read_monotonic();
  if (now < next_spare_attempt_) return;
  const Result<> made = store_.log().prepare_spare();
  if (made) {
    if (next_spare_attempt_ != MonotonicTime{}) spdlog::info("there is a spare log segment again");
    next_spare_attempt_ = MonotonicTime{};
    return;
  }
  if (next_spare_attempt_ == MonotonicTime{}) {
    spdlog::error(
        "no spare log segment could be made: {}; the server stops when the log has filled the one "
        "that it has",
        made.error().message);
  }
  next_spare_attempt_ = now + kStepEvery;
}

void Background::check_space() {
  const auto state = store_.space().check();
  if (!state) {
    // Once, not every second for as long as it lasts.
    if (state.error().message == space_error_) return;
    space_error_ = state.error().message;
    spdlog::error("the free space cannot be watched: {}", space_error_);
    return;
  }
  space_error_.clear();
  if (*state == space_) return;
  space_ = *state;
  core_.loop().post([this, is_nearly_full = space_ == storage::SpaceState::ReadOnly] {
    core_.replica().set_nearly_full(is_nearly_full);
    say_space(is_nearly_full);
  });
}

/// Once it is true.
void Background::say_space(bool is_nearly_full) const {
  if (!is_nearly_full) {
    spdlog::info("there is room on the disk again");
  } else if (core_.replica().peer().is_alone()) {
    spdlog::error(
        "the disk is nearly full: writes are refused until there is room; free some space, or "
        "release the reserve file");
  } else {
    spdlog::error(
        "the disk is nearly full: free some space, or release the reserve file. This server stops "
        "when its log has no room left; writes are refused while it leads, and when those with "
        "room are no quorum");
  }
}

bool Background::snapshot_due() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(snapshot_requested_, false)) return true;
  }
  return schedule_.is_due(logged());
}

Logged Background::logged() const {
  return {.transactions = log_.stats().transactions.load(std::memory_order_relaxed),
          .bytes = log_.stats().bytes.load(std::memory_order_relaxed)};
}

void Background::take_snapshot() {
  schedule_.on_begun(logged());
  std::vector<SnapshotTaken> requesters;
  {
    const std::lock_guard lock(mutex_);
    requesters.swap(snapshot_requesters_);
  }
  const MonotonicTime start = net::read_monotonic();
  const Result<Zxid> written = write_snapshot();
  const Now end = net::read_clocks();
  if (!written && is_stopping()) return;
  note_snapshot(written, std::chrono::duration_cast<milliseconds>(end.monotonic - start), end.wall);
  for (const SnapshotTaken& requester : requesters) requester(written);
}

void Background::note_snapshot(const Result<Zxid>& written, milliseconds took, WallTime end) {
  const std::lock_guard lock(mutex_);
  if (!written) {
    ++report_.errors;
    spdlog::error("no snapshot could be taken: {}; the log keeps everything meanwhile",
                  written.error().message);
    return;
  }
  spdlog::info("snapshot at zxid 0x{:x} taken in {} ms", written->value, took.count());
  report_ = {.zxid = *written,
             .taken_s = end.ms / 1000,
             .count = report_.count + 1,
             .errors = report_.errors,
             .took_min = report_.count == 0 ? took : std::min(report_.took_min, took),
             .took_max = std::max(report_.took_max, took),
             .took_sum = report_.took_sum + took};
}

/// Null: not now. The log has to reach as far as the snapshot, and a configuration that is not in
/// force alone yet is only in the log.
std::unique_ptr<SnapshotJob> Background::begin_snapshot() {
  const replica::Replica& replica = core_.replica();
  if (replica.configuration().pending) return nullptr;
  if (!replica.peer().state().is_durable(replica.last_applied())) return nullptr;
  return std::make_unique<SnapshotJob>(tree_, slot_, replica.sessions(), replica.charter());
}

Result<Zxid> Background::write_snapshot() {
  std::unique_ptr<SnapshotJob> job;
  while (job == nullptr) {
    auto promise = std::make_shared<std::promise<std::unique_ptr<SnapshotJob>>>();
    auto future = promise->get_future();
    core_.loop().post([this, promise] { promise->set_value(begin_snapshot()); });
    // While the server ends, the core's loop may be gone before it sees this.
    while (future.wait_for(kStopCheckEvery) != std::future_status::ready) {
      if (is_stopping()) return fail("the server is ending");
    }
    job = future.get();
    if (job == nullptr) wait_a_while();
  }
  const Zxid zxid = job->zxid();
  for (bool more = true; more;) {
    if (is_stopping()) return fail("the server is ending");
    const auto stepped = job->step(store_, net::read_clocks().wall);
    PADDOCK_TRY(stepped);
    more = *stepped;
  }
  return zxid;
}

void Background::wait_a_while() {
  std::unique_lock lock(mutex_);
  wakeup_.wait_for(lock, kStopCheckEvery, [this] { return stopping_; });
}

bool Background::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

}  // namespace paddock::runtime
