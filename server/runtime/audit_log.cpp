// SPDX-License-Identifier: Apache-2.0
#include "runtime/audit_log.h"

#include <array>
#include <utility>

#include <pwd.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "net/event_loop.h"

namespace paddock::runtime {

namespace {

constexpr auto kTryAgainAfter = seconds(1);

std::string process_user() {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  const uid_t user = ::getuid();
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return found->pw_name;
  }
  return std::to_string(user);
}

}  // namespace

Result<std::unique_ptr<AuditLog>> AuditLog::open(const config::AuditConfig& config) {
  if (!config.enabled) return std::unique_ptr<AuditLog>();
  auto file = AuditFile::open(config);
  PADDOCK_TRY(file);
  return std::unique_ptr<AuditLog>(new AuditLog(config, std::move(*file)));
}

AuditLog::AuditLog(const config::AuditConfig& config, AuditFile file)
    : file_(std::move(file)),
      format_(config.format == config::LogFormat::Json ? audit::Format::Json : audit::Format::Text),
      prefix_(config.file.empty() && format_ == audit::Format::Text ? "AUDIT " : ""),
      own_user_{"os", process_user()},
      backlog_(audit::BacklogLimits{}),
      thread_([this] { run(); }) {}

void AuditLog::put(audit::Events& events) {
  {
    const std::lock_guard lock(mutex_);
    backlog_.put(events);
  }
  wakeup_.notify_one();
}

void AuditLog::put(audit::Event event) {
  audit::Events events;
  events.push_back(std::move(event));
  put(events);
}

void AuditLog::put_own(audit::Event event) {
  event.at = net::read_clocks().wall;
  event.users = {own_user_};
  put(std::move(event));
}

void AuditLog::put_ended(const std::vector<replica::EndedEphemeral>& nodes) {
  for (const replica::EndedEphemeral& node : nodes) {
    put_own({.session = node.session,
             .operation = audit::Operation::EphemeralDeletion,
             .znode = node.path});
  }
}

void AuditLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wakeup_.notify_one();
  if (thread_.joinable()) thread_.join();
}

AuditLog::Counts AuditLog::counts() const {
  const std::lock_guard lock(mutex_);
  return {.written = written_, .lost = backlog_.lost() + given_up_};
}

void AuditLog::run() {
  audit::Events events;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (is_failing_) {
        wakeup_.wait_for(lock, kTryAgainAfter, [this] { return stopping_; });
      } else {
        wakeup_.wait(lock, [this] { return stopping_ || !backlog_.empty(); });
      }
      if (text_.empty()) backlog_.take(events);
      if (events.empty() && text_.empty() && stopping_) return;
    }
    format(events);
    events.clear();
    if (write_out()) continue;
    const std::lock_guard lock(mutex_);
    if (!stopping_) continue;
    backlog_.take(events);
    given_up_ += lines_ + std::ssize(events);
    return;
  }
}

void AuditLog::format(const audit::Events& events) {
  for (const audit::Event& event : events) {
    text_ += prefix_;
    audit::append_line(event, format_, text_);
  }
  lines_ += std::ssize(events);
}

/// Whether nothing is left.
bool AuditLog::write_out() {
  View rest(text_);
  const Result<> written = file_.write(rest);
  if (!written && !is_failing_) {
    spdlog::error("{}; it is tried again, and up to {} events wait meanwhile",
                  written.error().message,
                  audit::BacklogLimits{}.events_max);
  }
  if (written && is_failing_) spdlog::info("the audit log can be written again");
  is_failing_ = !written;
  if (!written) {
    text_.erase(0, text_.size() - rest.size());
    return false;
  }
  written_ += std::exchange(lines_, 0);
  text_.clear();
  return true;
}

}  // namespace paddock::runtime
