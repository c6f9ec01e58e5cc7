// SPDX-License-Identifier: Apache-2.0
#include "http/message.h"

#include <charconv>
#include <cstdint>

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

}  // namespace

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
