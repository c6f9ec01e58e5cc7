// SPDX-License-Identifier: Apache-2.0
//
// One HTTP request after the other, each on a connection of its own, by Boost.Beast; bodies come
// and go in pieces. Waits; one thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "backup/url.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace paddock::backup {

struct TlsFiles {
  /// Whose certificates are good, PEM; empty: what the system trusts.
  std::string trust{};
  /// Our own, PEM, with its key; empty: none.
  std::string certificate{};
};

struct HttpRequest {
  std::string method = "GET";
  Url url;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  /// A file that is the body, in place of `body`.
  std::string body_file{};
};

struct HttpAnswer {
  unsigned status = 0;
  /// By names in lower case; those behind the body as well.
  std::map<std::string, std::string> headers{};
  /// What did not go to the caller's sink: of answers that are no success, the first KiB.
  std::string body{};

  [[nodiscard]] bool is_success() const { return status >= 200 && status < 300; }
  [[nodiscard]] std::string header(const std::string& name) const;
};

using Sink = std::function<Result<>(View piece)>;

class HttpClient {
 public:
  explicit HttpClient(TlsFiles tls = {}) : tls_(std::move(tls)) {}

  /// The body of a success goes to `sink`, if there is one. *Errors*: there was no whole answer.
  [[nodiscard]] Result<HttpAnswer> ask(const HttpRequest& request, const Sink& sink = {});

 private:
  TlsFiles tls_;
};

}  // namespace paddock::backup
