// SPDX-License-Identifier: Apache-2.0
//
// Where the lines of the audit log go: a file that is replaced when it is full, or standard output.
// The audit log's thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "config/server_config.h"
#include "net/fd.h"

namespace paddock::runtime {

class AuditFile {
 public:
  /// *Errors*: which file, and why it cannot be written.
  [[nodiscard]] static Result<AuditFile> open(const config::AuditConfig& config);

  /// Takes from `text` what it has written, whole lines and all of them if nothing fails. *Errors*:
  /// why the rest is still there; it may go another time.
  [[nodiscard]] Result<> write(View& text);

 private:
  explicit AuditFile(const config::AuditConfig& config) : config_(config) {}
  [[nodiscard]] bool is_standard_output() const { return config_.file.empty(); }
  [[nodiscard]] Result<> open_file();
  [[nodiscard]] Result<> follow_name();
  [[nodiscard]] Result<> rotate();
  [[nodiscard]] Result<> write_some(View& text, std::size_t bytes_max);
  [[nodiscard]] std::string old_name(int number) const;

  config::AuditConfig config_;
  net::Fd fd_;
  std::uint64_t size_ = 0;
  bool is_within_line_ = false;  // the last write has not taken all
};

}  // namespace paddock::runtime
