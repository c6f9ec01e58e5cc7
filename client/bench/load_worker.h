// SPDX-License-Identifier: Apache-2.0
//
// One thread of a load: some sessions, each with a fixed number of requests outstanding, or all
// together at a fixed rate. Created and connected by run_load(), then run() owns the thread.
// Without a rate a session sends its next request as it gets a reply; with one, requests fall due
// at even intervals and a latency counts from when its request was *due*, so that a stalled server
// is not flattered by requests that were not sent meanwhile. A request is measured if it was due
// (without a rate: sent) in the measured time, however late its answer comes; one that is not
// answered at all is an error. Nothing is allocated while it runs.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/prng.h"
#include "bench/connection.h"
#include "bench/key_space.h"
#include "bench/options.h"
#include "bench/report.h"
#include "bench/requests.h"

namespace paddock::bench {

/// The same for all workers of a run; outlives them.
struct LoadPlan {
  CommonOptions common;
  LoadOptions load;
  KeySpace keys;
  std::string value;
  /// Under which created znodes are put.
  std::string made_directory;
};

/// A worker's part of the load.
struct WorkerShare {
  std::uint32_t number = 0;
  std::uint32_t sessions = 0;
  std::uint64_t rate = 0;
  std::uint64_t operations = 0;
};

struct MeasuredTime {
  MonotonicTime from;
  MonotonicTime until;
};

class LoadWorker {
 public:
  LoadWorker(Poller poller, const LoadPlan& plan, WorkerShare share);

  /// Opens all sessions and waits until they stand. Before run(), on any thread.
  [[nodiscard]] Result<> connect();

  /// Loads the server until the time is over, the operations are done, nothing answers any more (if
  /// operations are counted) or `stop` is set; then waits for what is outstanding, for 10 s at
  /// most, and ends the sessions.
  void run(MeasuredTime measured, const std::atomic<bool>& stop);

  /// Any thread, while running. All answers, the warm-up's too.
  [[nodiscard]] std::uint64_t answers() const { return answers_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t errors() const { return errors_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool finished() const { return finished_.load(std::memory_order_acquire); }

  // The following after run().
  [[nodiscard]] const Row& row(Operation operation) const { return rows_[index(operation)]; }
  [[nodiscard]] Duration longest_silence() const { return longest_silence_; }
  [[nodiscard]] MonotonicTime last_answer() const { return last_answer_; }
  /// The end of the measured time: as planned, or when the run was stopped.
  [[nodiscard]] MonotonicTime measured_until() const { return measured_.until; }
  /// Paths that were created and not deleted again.
  void append_left_over(std::vector<std::string>& paths) const;

 private:
  struct Outstanding {
    MonotonicTime due;
    Operation operation = Operation::Get;
  };
  struct Session {
    Session(Poller& poller, std::uint64_t token) : connection(poller, token) {}
    Connection connection;
    /// A ring: requests `answered` to `sent`-1, indexed modulo its size.
    std::vector<Outstanding> outstanding;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    std::uint64_t created = 0;
    std::uint64_t deleted = 0;
    /// Makes the names of created znodes unique: the id of the first session.
    std::int64_t name = 0;
    Credentials credentials;
    std::size_t endpoint = 0;
    /// It has asked for linearizable reads and has no answer yet.
    bool awaits_wish = false;
    bool lost = false;
    MonotonicTime retry_at;
  };

  [[nodiscard]] Result<> open(Session& session);
  void serve(Session& session, std::uint32_t events);
  void on_frame(Session& session, View frame, MonotonicTime now);
  void on_handshake(Session& session, View frame);
  void on_wish(Session& session, ErrorCode error);
  void on_reply(Session& session, const Reply& reply, MonotonicTime now);
  void on_lost(Session& session, MonotonicTime now);
  void reconnect(MonotonicTime now);
  void ping_all(MonotonicTime now);

  /// How long nothing is to be done unless an event comes; to be called behind send_due(now).
  [[nodiscard]] Duration time_to_wait(MonotonicTime now) const;
  [[nodiscard]] bool is_time_to_end(MonotonicTime now, bool is_stopped) const;
  void stop_sending(MonotonicTime now, bool is_stopped);
  void give_up_unanswered();
  [[nodiscard]] bool may_send(const Session& session) const;
  void fill_pipeline(Session& session, MonotonicTime now);
  void send_due(MonotonicTime now);
  void send(Session& session, MonotonicTime due);
  void encode(Session& session, Operation operation, std::int32_t xid);
  [[nodiscard]] View made_path(const Session& session, std::uint64_t number);
  [[nodiscard]] View random_key() { return plan_->keys.path(prng_.below(plan_->keys.count())); }

  [[nodiscard]] bool is_measured(MonotonicTime due) const;
  void note_silence(MonotonicTime now);
  void count_error(Operation operation, ErrorCode code);
  void end_sessions();

  Poller poller_;
  const LoadPlan* plan_;
  WorkerShare share_;
  Prng prng_;
  std::deque<Session> sessions_;
  std::array<Row, kOperationCount> rows_;
  std::string path_;

  MeasuredTime measured_;
  bool sending_ = false;
  MonotonicTime drain_until_;
  std::uint64_t outstanding_ = 0;
  std::uint64_t measured_requests_ = 0;
  std::uint64_t disconnected_ = 0;
  bool refuses_wish_ = false;
  std::size_t next_session_ = 0;
  MonotonicTime next_due_;
  Duration interval_{0};
  MonotonicTime next_ping_;
  MonotonicTime last_answer_;
  Duration longest_silence_{0};

  std::atomic<std::uint64_t> answers_{0};
  std::atomic<std::uint64_t> errors_{0};
  std::atomic<bool> finished_{false};
};

}  // namespace paddock::bench
