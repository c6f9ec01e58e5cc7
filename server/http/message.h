// SPDX-License-Identifier: Apache-2.0
//
// A request and its answer as plain values, so that what answers them needs neither sockets nor
// Boost.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace paddock::http {

struct Request {
  std::string method;
  std::string path;                          // decoded, without the query
  std::map<std::string, std::string> query;  // decoded; the last of several wins
  std::string body;
  /// It comes from this machine.
  bool is_local = false;
};

struct Response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

using Handler = std::function<Response(const Request&)>;

/// Splits a request target ("/a%20b?x=1&y") into path and query. A malformed escape stays as it is.
void parse_target(std::string_view target, Request& into);

}  // namespace paddock::http
