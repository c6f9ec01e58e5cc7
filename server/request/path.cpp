// SPDX-License-Identifier: Apache-2.0
#include "request/path.h"

#include <cstddef>

#include "base/assert.h"
#include "tree/data_tree.h"

namespace paddock::request {

namespace {

constexpr unsigned char byte_at(View text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

constexpr bool is_continuation(unsigned char byte) {
  return (byte & 0xc0U) == 0x80;
}

/// U+0080–U+07FF without the control characters up to U+009F.
bool is_allowed_pair(View text, std::size_t at) {
  if (at + 2 > text.size() || !is_continuation(byte_at(text, at + 1))) return false;
  const unsigned char first = byte_at(text, at);
  return first > 0xc2 || (first == 0xc2 && byte_at(text, at + 1) >= 0xa0);
}

/// U+0800–U+FFFF without surrogates, the private use area and the last sixteen.
bool is_allowed_triple(View text, std::size_t at) {
  if (at + 3 > text.size()) return false;
  const unsigned second = byte_at(text, at + 1);
  const unsigned third = byte_at(text, at + 2);
  if (!is_continuation(static_cast<unsigned char>(second)) ||
      !is_continuation(static_cast<unsigned char>(third))) {
    return false;
  }
  const unsigned code =
      (byte_at(text, at) & 0x0fU) << 12U | (second & 0x3fU) << 6U | (third & 0x3fU);
  return code >= 0x800 && (code < 0xd800 || code > 0xf8ff) && code < 0xfff0;
}

/// The length of the character at `at` if a path may hold it, or 0.
std::size_t allowed_character(View text, std::size_t at) {
  const unsigned char first = byte_at(text, at);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  if (first < 0xe0) return is_allowed_pair(text, at) ? 2 : 0;
  if (first < 0xf0) return is_allowed_triple(text, at) ? 3 : 0;
  return 0;
}

bool is_allowed_name(View name) {
  return !name.empty() && name != "." && name != "..";
}

}  // namespace

bool is_valid_path(View path) {
  if (path.empty() || path.front() != '/') return false;
  if (path.size() == 1) return true;
  std::size_t name_start = 1;
  std::size_t at = 1;
  while (at < path.size()) {
    const std::size_t length = allowed_character(path, at);
    if (length == 0) return false;
    if (path[at] == '/') {
      if (!is_allowed_name(path.substr(name_start, at - name_start))) return false;
      name_start = at + 1;
    }
    at += length;
  }
  return is_allowed_name(path.substr(name_start));
}

bool has_parent(View path) {
  return path.find('/') != View::npos && path.find('\0') == View::npos;
}

View parent_of(View path) {
  const std::size_t slash = path.rfind('/');
  PADDOCK_ASSERT(slash != View::npos);
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

bool is_special_path(View path) {
  return path == "/" || path == "/zookeeper" || path == "/zookeeper/quota" ||
         path == tree::kConfigPath;
}

}  // namespace paddock::request
