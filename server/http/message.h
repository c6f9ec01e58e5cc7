// SPDX-License-Identifier: Apache-2.0
//
// A request and its answer as plain values, so that what answers them needs neither sockets nor
// Boost.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paddock::http {

/// Who asks, as the connection tells it and not the request: its headers can say anything.
struct Peer {
  std::string ip{};
  /// It is this machine.
  bool is_local = false;
  bool is_secure = false;
  /// Of its certificate; empty without one.
  std::string subject{};
  std::vector<std::string> names{};  // its alternative ones
};

struct Request {
  std::string method;
  std::string path;                            // decoded, without the query
  std::map<std::string, std::string> query;    // decoded; the last of several wins
  std::string authorization;                   // the header's value
  std::map<std::string, std::string> headers;  // names in lower case; the last of several wins
  std::string body;
  Peer peer;

  /// A header's value by its name in lower case; empty without.
  [[nodiscard]] std::string_view header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view{} : std::string_view(found->second);
  }
};

struct Response;
/// Takes the answer that was promised, once; any thread, for as long as the server lives.
using Reply = std::function<void(Response)>;

/// A body that is too large to be held, or comes by and by. Called on the server's thread.
struct Pieces {
  /// The next piece, once the one before has gone. Empty: that was all. None: it cannot go on, and
  /// the connection ends, so that the peer does not take what it has for the whole.
  std::function<std::optional<std::string>()> next{};
  /// Headers behind the last piece.
  std::function<std::vector<std::string>()> trailers{};
};

struct Response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
  /// Further headers, each without its line end: "Allow: GET".
  std::vector<std::string> headers{};
  /// In place of `body`, if it has a next().
  Pieces pieces{};
  /// Not empty: there is no answer yet. It is called once and sees to it that there will be one.
  std::function<void(Reply)> later{};
};

using Handler = std::function<Response(const Request&)>;

/// Splits a request target ("/a%20b?x=1&y") into path and query. A malformed escape stays as it is.
void parse_target(std::string_view target, Request& into);

/// Whether an address is the machine's own.
[[nodiscard]] bool is_loopback(std::string_view ip);

/// Whether a Host header names what is surely not this machine by its own name: a name with dots.
/// So a page of such a host, made to point at this machine, is not taken for a local client.
[[nodiscard]] bool is_foreign_host(std::string_view host);

/// Whether a browser sent it on behalf of a page that is not of this server.
[[nodiscard]] bool is_of_another_site(const Request& request);

/// Whether a browser sent it on behalf of a page.
[[nodiscard]] bool is_of_a_browser(const Request& request);

/// What goes over the wire, but for the pieces.
[[nodiscard]] std::string reply_text(const Response& response, bool keep_alive, bool has_body);
/// A piece as it goes over the wire, and what goes behind the last one.
[[nodiscard]] std::string chunk_text(std::string_view piece);
[[nodiscard]] std::string last_chunk_text(const std::vector<std::string>& trailers);

}  // namespace paddock::http
