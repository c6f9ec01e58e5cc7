// SPDX-License-Identifier: Apache-2.0
#include "http/message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>
#include <unistd.h>

namespace paddock::http {

namespace {

enum class PlusMeans : std::uint8_t {
  Itself,
  Space
};

std::string decode(std::string_view text, PlusMeans plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const char* first = text.data() + i + 1;
      const auto parsed = std::from_chars(first, first + 2, value, 16);
      if (parsed.ec == std::errc{} && parsed.ptr == first + 2) {
        out.push_back(static_cast<char>(value));
        i += 2;
        continue;
      }
    }
    out.push_back(text[i] == '+' && plus == PlusMeans::Space ? ' ' : text[i]);
  }
  return out;
}

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 308:
      return "Permanent Redirect";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Unknown";
  }
}

std::string own_host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

}  // namespace

bool is_loopback(std::string_view ip) {
  return ip == "::1" || ip.starts_with("127.");
}

bool is_foreign_host(std::string_view host) {
  if (host.starts_with('[')) return false;  // an IPv6 address
  const std::string_view name = host.substr(0, host.find(':'));
  const bool is_address =
      std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return !is_address && name.find('.') != std::string_view::npos && name != own_host_name();
}

bool is_of_another_site(const Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  return !site.empty() && site != "same-origin" && site != "none";
}

bool is_of_a_browser(const Request& request) {
  return !request.header("origin").empty() || !request.header("sec-fetch-site").empty();
}

std::string reply_text(const Response& response, bool keep_alive, bool has_body) {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n",
                                 response.status,
                                 reason_of(response.status),
                                 response.content_type);
  bool may_be_kept = false;
  for (const std::string& header : response.headers) {
    may_be_kept = may_be_kept || header.starts_with("Cache-Control:");
    text.append(header).append("\r\n");
  }
  if (!may_be_kept) text += "Cache-Control: no-store\r\n";
  if (!keep_alive) text += "Connection: close\r\n";
  // What has not changed has no length of its own.
  if (response.status == 304) return text + "\r\n";
  if (response.pieces.next) return text + "Transfer-Encoding: chunked\r\n\r\n";
  text += fmt::format("Content-Length: {}\r\n\r\n", response.body.size());
  return has_body ? text + response.body : text;
}

std::string chunk_text(std::string_view piece) {
  return fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
}

std::string last_chunk_text(const std::vector<std::string>& trailers) {
  std::string text = "0\r\n";
  for (const std::string& trailer : trailers) text.append(trailer).append("\r\n");
  return text + "\r\n";
}

void parse_target(std::string_view target, Request& into) {
  const std::size_t mark = target.find('?');
  into.path = decode(target.substr(0, mark), PlusMeans::Itself);
  if (mark == std::string_view::npos) return;
  std::string_view rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    const std::size_t equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    if (!pair.empty()) {
      into.query[decode(pair.substr(0, equals), PlusMeans::Space)] =
          decode(value, PlusMeans::Space);
    }
    if (end == std::string_view::npos) return;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace paddock::http
