// SPDX-License-Identifier: Apache-2.0
//
// Path validation against a second one that is written as the rule reads: decode to UTF-16, then
// judge each unit.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/assert.h"
#include "input.h"
#include "request/path.h"

namespace paddock::fuzz {
namespace {

using Units = std::vector<char16_t>;

/// How many bytes a character that starts with `first` has; 0 if none can.
std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

std::optional<Units> to_utf16(View text) {
  Units units;
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = length_of(first);
    if (length == 0 || at + length > text.size()) return std::nullopt;
    char32_t code = length == 1 ? first : first & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      if ((next & 0xc0U) != 0x80U) return std::nullopt;
      code = code << 6U | (next & 0x3fU);
    }
    constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < kLeast[length] || code > 0x10ffff) return std::nullopt;
    if (code >= 0x10000) {
      units.push_back(static_cast<char16_t>(0xd800 + ((code - 0x10000) >> 10U)));
      units.push_back(static_cast<char16_t>(0xdc00 + (code & 0x3ffU)));
    } else {
      units.push_back(static_cast<char16_t>(code));
    }
    at += length;
  }
  return units;
}

bool is_bad_unit(char16_t unit) {
  return unit <= 0x1f || (unit >= 0x7f && unit <= 0x9f) || (unit >= 0xd800 && unit <= 0xf8ff) ||
         unit >= 0xfff0;
}

bool is_valid(View path) {
  const auto units = to_utf16(path);
  if (!units || units->empty() || units->front() != u'/') return false;
  if (units->size() == 1) return true;
  std::u16string name;
  for (std::size_t i = 1; i <= units->size(); ++i) {
    if (i < units->size() && (*units)[i] != u'/') {
      if (is_bad_unit((*units)[i])) return false;
      name.push_back((*units)[i]);
      continue;
    }
    if (name.empty() || name == u"." || name == u"..") return false;
    name.clear();
  }
  return true;
}

void check(View path) {
  PADDOCK_ASSERT(request::is_valid_path(path) == is_valid(path));
  if (!request::has_parent(path)) {
    PADDOCK_ASSERT(!request::is_valid_path(path));
    return;
  }
  const View parent = request::parent_of(path);
  PADDOCK_ASSERT(path.starts_with(parent));
  if (request::is_valid_path(path)) PADDOCK_ASSERT(request::is_valid_path(parent));
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size).rest());
  return 0;
}
