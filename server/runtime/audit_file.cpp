// SPDX-License-Identifier: Apache-2.0
#include "runtime/audit_file.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/portion.h"

namespace paddock::runtime {

namespace {

/// How long a reader of standard output may take before that counts as a failure.
constexpr int kReaderWaitMs = 1000;

/// A pipe that is ready takes so much without a wait.
bool is_ready(int fd) {
  pollfd watched{.fd = fd, .events = POLLOUT, .revents = 0};
  return ::poll(&watched, 1, kReaderWaitMs) > 0;
}

}  // namespace

Result<AuditFile> AuditFile::open(const config::AuditConfig& config) {
  AuditFile file(config);
  if (file.is_standard_output()) {
    file.fd_ = net::Fd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    return file;
  }
  PADDOCK_TRY(file.open_file());
  return file;
}

Result<> AuditFile::open_file() {
  fd_ = net::Fd(::open(config_.file.c_str(),
                       O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                       S_IRUSR | S_IWUSR | S_IRGRP));
  struct stat found{};
  if (!fd_.is_open() || ::fstat(fd_.get(), &found) != 0) {
    return fail("cannot open the audit log " + config_.file + ": " + errno_text(errno));
  }
  size_ = static_cast<std::uint64_t>(found.st_size);
  return {};
}

/// Others may move or remove the file: what is written goes to whatever has the name.
Result<> AuditFile::follow_name() {
  struct stat ours{};
  struct stat named{};
  if (fd_.is_open() && ::fstat(fd_.get(), &ours) == 0 &&
      ::stat(config_.file.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
      ours.st_dev == named.st_dev) {
    return {};
  }
  return open_file();
}

Result<> AuditFile::write(View& text) {
  if (is_standard_output()) {
    while (!text.empty()) {
      if (!is_ready(fd_.get())) return fail("nobody reads standard output");
      PADDOCK_TRY(write_some(text, PIPE_BUF));
    }
    return {};
  }
  PADDOCK_TRY(follow_name());
  while (!text.empty()) {
    const std::size_t portion = is_within_line_
                                    ? text.find('\n') + 1
                                    : audit::portion_of(text, size_, config_.file_bytes_max);
    if (portion == 0) {
      PADDOCK_TRY(rotate());
      continue;
    }
    PADDOCK_TRY(write_some(text, portion));
  }
  return {};
}

Result<> AuditFile::write_some(View& text, std::size_t bytes_max) {
  const std::size_t wanted = std::min(text.size(), bytes_max);
  const ssize_t written = ::write(fd_.get(), text.data(), wanted);
  if (written < 0) {
    if (errno == EINTR) return {};
    return fail("cannot write to the audit log " +
                (is_standard_output() ? "on standard output" : config_.file) + ": " +
                errno_text(errno));
  }
  if (written == 0) return {};
  const auto count = static_cast<std::size_t>(written);
  size_ += count;
  is_within_line_ = text[count - 1] != '\n';
  text.remove_prefix(count);
  return {};
}

std::string AuditFile::old_name(int number) const {
  return number == 0 ? config_.file : config_.file + "." + std::to_string(number);
}

Result<> AuditFile::rotate() {
  fd_.reset();
  if (config_.old_files_max == 0) static_cast<void>(::unlink(config_.file.c_str()));
  for (int number = config_.old_files_max; number > 0; --number) {
    if (std::rename(old_name(number - 1).c_str(), old_name(number).c_str()) == 0) continue;
    if (errno == ENOENT) continue;
    return fail("cannot rename " + old_name(number - 1) + ": " + errno_text(errno));
  }
  return open_file();
}

}  // namespace paddock::runtime
