// SPDX-License-Identifier: Apache-2.0
#include "kube/server_url.h"

#include <charconv>
#include <optional>

namespace paddock::kube {

namespace {

std::optional<std::uint16_t> parse_port(View text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  return is_whole && port > 0 ? std::optional(port) : std::nullopt;
}

bool has_odd_letters(View text) {
  for (const char letter : text) {
    if (static_cast<unsigned char>(letter) <= ' ' || letter == 0x7F) return true;
  }
  return false;
}

/// "host", "host:port", "[address]:port".
Result<> read_authority(View text, ServerUrl& url) {
  const bool is_bracketed = text.starts_with('[');
  const std::size_t host_end = is_bracketed ? text.find(']') : text.find(':');
  if (is_bracketed && host_end == View::npos) return fail("an address without its bracket");
  url.host = text.substr(0, host_end).substr(is_bracketed ? 1 : 0);
  if (url.host.empty()) return fail("no host");
  const View rest =
      host_end == View::npos ? View() : text.substr(host_end + (is_bracketed ? 1U : 0U));
  if (rest.empty()) return {};
  const auto port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
  if (!port) return fail("no port that there could be");
  url.port = *port;
  return {};
}

}  // namespace

Result<ServerUrl> parse_server_url(View text) {
  constexpr View kSecure = "https://";
  constexpr View kPlain = "http://";
  ServerUrl url;
  if (has_odd_letters(text)) return fail("blanks in a URL");
  url.is_secure = text.starts_with(kSecure);
  if (!url.is_secure && !text.starts_with(kPlain)) {
    return fail("neither https:// nor http:// is in front");
  }
  text.remove_prefix(url.is_secure ? kSecure.size() : kPlain.size());
  url.port = url.is_secure ? 443 : 80;
  if (text.find_first_of("?#@") != View::npos) return fail("more than host, port and path");
  const std::size_t slash = text.find('/');
  PADDOCK_TRY(read_authority(text.substr(0, slash), url));
  if (slash == View::npos) return url;
  url.base_path = text.substr(slash);
  while (url.base_path.ends_with('/')) url.base_path.pop_back();
  return url;
}

std::string host_and_port(const ServerUrl& url) {
  const bool is_v6 = url.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

}  // namespace paddock::kube
