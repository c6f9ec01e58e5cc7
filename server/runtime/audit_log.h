// SPDX-License-Identifier: Apache-2.0
//
// The audit log's thread: formats events and writes them, so that nobody who acts waits for a disk.
// While the disk fails, what is at hand is tried again and what comes waits in a bounded backlog;
// what finds no room there is counted, and told by the log itself once it is written again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "audit/backlog.h"
#include "audit/line.h"
#include "config/server_config.h"
#include "replica/effects.h"
#include "runtime/audit_file.h"

namespace paddock::runtime {

class AuditLog {
 public:
  /// Null unless it is enabled. *Errors*: the file cannot be written.
  [[nodiscard]] static Result<std::unique_ptr<AuditLog>> open(const config::AuditConfig& config);
  ~AuditLog() { stop(); }
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  /// Any thread; `events` is empty afterwards.
  void put(audit::Events& events);
  void put(audit::Event event);
  /// Something that the server itself does: as the user that runs it, now.
  void put_own(audit::Event event);
  /// The same, for nodes that went with their sessions.
  void put_ended(const std::vector<replica::EndedEphemeral>& nodes);
  /// Writes what waits, if that goes, and ends the thread.
  void stop();

  struct Counts {
    std::int64_t written = 0;
    std::int64_t lost = 0;
  };
  [[nodiscard]] Counts counts() const;

 private:
  AuditLog(const config::AuditConfig& config, AuditFile file);
  void run();
  void format(const audit::Events& events);
  [[nodiscard]] bool write_out();

  AuditFile file_;
  audit::Format format_;
  std::string prefix_;
  audit::User own_user_;
  std::string text_;  // lines at hand
  std::int64_t lines_ = 0;
  bool is_failing_ = false;

  mutable std::mutex mutex_;
  std::condition_variable wakeup_;
  audit::Backlog backlog_;
  bool stopping_ = false;
  std::atomic<std::int64_t> written_{0};
  std::atomic<std::int64_t> given_up_{0};  // when the server ended
  std::thread thread_;
};

}  // namespace paddock::runtime
