// SPDX-License-Identifier: Apache-2.0
//
// A running server as what backups are taken from, by its admin port.
#pragma once

#include <string>

#include "backup/http_client.h"
#include "base/error.h"
#include "base/ids.h"

namespace paddock::backup {

struct SourceOptions {
  /// "http://host:8080".
  std::string url;
  /// user:password for HTTP's basic authentication, or empty.
  std::string auth{};
  /// A bearer token, or empty.
  std::string token{};
  TlsFiles tls{};
};

struct FetchedSnapshot {
  Zxid zxid;
  std::string sha256;
  std::string ensemble;
};

struct FetchedLog {
  /// The log does not reach back so far any more.
  bool is_gone = false;
  Zxid last{};
  Zxid committed{};
  std::string ensemble{};
  std::string transactions{};  // as data/transactions.h has them
};

class Source {
 public:
  [[nodiscard]] static Result<Source> create(const SourceOptions& options);

  /// A snapshot of now as a file, whose checksum was compared.
  [[nodiscard]] Result<FetchedSnapshot> fetch_snapshot(const std::string& file);
  /// Some of what was committed after `after`; nothing, if that is all.
  [[nodiscard]] Result<FetchedLog> fetch_log(Zxid after);

 private:
  Source(Url url, const SourceOptions& options);
  [[nodiscard]] Result<HttpAnswer> ask(const std::string& target, const Sink& sink = {});

  Url url_;
  HttpClient http_;
  std::string authorization_;
};

}  // namespace paddock::backup
