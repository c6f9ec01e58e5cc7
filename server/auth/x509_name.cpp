// SPDX-License-Identifier: Apache-2.0
#include "auth/x509_name.h"

#include <algorithm>
#include <array>
#include <optional>

namespace paddock::auth {

namespace {

/// Those that Java knows; any case.
constexpr std::array<View, 21> kAttributes{"CN",          "C",         "L",          "S",
                                           "ST",          "O",         "OU",         "T",
                                           "IP",          "STREET",    "DC",         "DNQ",
                                           "DNQUALIFIER", "SURNAME",   "UID",        "EMAIL",
                                           "INITIALS",    "GIVENNAME", "GENERATION", "EMAILADDRESS",
                                           "SERIALNUMBER"};

bool is_same_letter(char upper, char any) {
  return upper == (any >= 'a' && any <= 'z' ? static_cast<char>(any - 'a' + 'A') : any);
}

bool is_keyword(View text, View keyword) {
  return std::ranges::equal(keyword, text, is_same_letter);
}

bool is_number(View text) {
  constexpr View kPrefix = "OID.";
  if (is_keyword(text.substr(0, kPrefix.size()), kPrefix)) text.remove_prefix(kPrefix.size());
  if (text.find('.') == View::npos || text.front() == '.' || text.back() == '.') return false;
  return text.find_first_not_of("0123456789.") == View::npos && text.find("..") == View::npos;
}

View trimmed(View text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == View::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

bool is_attribute(View text) {
  const View name = trimmed(text);
  return std::ranges::any_of(kAttributes, [&](View one) { return is_keyword(name, one); }) ||
         is_number(name);
}

/// Where a value ends: before a separator that is neither quoted nor escaped, or with the text.
/// Nothing if it has no end.
std::optional<std::size_t> end_of_value(View text) {
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      if (++i == text.size()) return std::nullopt;
    } else if (text[i] == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (text[i] == ',' || text[i] == ';' || text[i] == '+')) {
      return i;
    }
  }
  return is_quoted ? std::nullopt : std::optional(text.size());
}

}  // namespace

bool is_x509_name(View text) {
  for (;;) {
    const std::size_t equals = text.find('=');
    if (equals == View::npos || !is_attribute(text.substr(0, equals))) return false;
    text.remove_prefix(equals + 1);
    const auto end = end_of_value(text);
    if (!end) return false;
    if (*end == text.size()) return true;
    text.remove_prefix(*end + 1);
  }
}

}  // namespace paddock::auth
