// SPDX-License-Identifier: Apache-2.0
#include "backup/url.h"

#include <string_view>

namespace paddock::backup {

std::string Url::authority() const {
  const bool is_usual = port == (is_secure ? "443" : "80");
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return is_usual ? name : name + ":" + port;
}

Result<Url> parse_url(const std::string& text) {
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    url.is_secure = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else if (rest.find("://") != std::string_view::npos) {
    return fail(text + ": expected http://host:port or https://host:port");
  }
  const std::size_t slash = rest.find('/');
  std::string_view place = rest.substr(0, slash);
  url.target = slash == std::string_view::npos ? "/" : std::string(rest.substr(slash));
  url.port = url.is_secure ? "443" : "80";
  const std::size_t bracket = place.starts_with('[') ? place.find(']') : std::string_view::npos;
  const std::size_t colon = place.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    url.port = place.substr(colon + 1);
    place = place.substr(0, colon);
  }
  url.host = bracket == std::string_view::npos ? place : place.substr(1, bracket - 1);
  const bool is_number = url.port.find_first_not_of("0123456789") == std::string::npos;
  if (url.host.empty() || url.port.empty() || !is_number) {
    return fail(text + ": expected http://host:port or https://host:port");
  }
  return url;
}

}  // namespace paddock::backup
