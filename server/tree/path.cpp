// SPDX-License-Identifier: Apache-2.0
#include "tree/path.h"

#include <cstddef>
#include <cstdint>

#include "base/assert.h"

namespace paddock::tree {
namespace {

constexpr std::uint32_t kMalformed = 0xfffd;  // what Java's decoder puts in place of bad bytes

[[nodiscard]] bool is_refused(std::uint32_t unit) {
  return unit <= 0x1f || (unit >= 0x7f && unit <= 0x9f) || (unit >= 0xd800 && unit <= 0xf8ff) ||
         unit >= 0xfff0;
}

[[nodiscard]] std::uint32_t byte_at(View bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

[[nodiscard]] bool is_continuation(std::uint32_t byte) {
  return (byte & 0xc0U) == 0x80U;
}

/// Decodes the character at `at` and moves `at` behind it. Malformed bytes and all that needs a
/// surrogate pair give a unit that is refused, so how far `at` moves then does not matter.
[[nodiscard]] std::uint32_t next_unit(View path, std::size_t& at) {
  const std::uint32_t first = byte_at(path, at++);
  if (first < 0x80) return first;
  const std::uint32_t second = byte_at(path, at++);
  if (first < 0xc2 || first > 0xef || !is_continuation(second)) return kMalformed;
  if (first < 0xe0) return (first & 0x1fU) << 6U | (second & 0x3fU);
  const std::uint32_t third = byte_at(path, at++);
  if (!is_continuation(third)) return kMalformed;
  const std::uint32_t unit = (first & 0xfU) << 12U | (second & 0x3fU) << 6U | (third & 0x3fU);
  return unit < 0x800 ? kMalformed : unit;
}

[[nodiscard]] bool is_valid_component(View name) {
  if (name.empty() || name == "." || name == "..") return false;
  for (std::size_t at = 0; at < name.size();) {
    if (is_refused(next_unit(name, at))) return false;
  }
  return true;
}

}  // namespace

bool is_valid_path(View path) {
  if (path.empty() || path.front() != '/') return false;
  if (path.size() == 1) return true;
  std::size_t start = 1;
  for (std::size_t slash = path.find('/', start); slash != View::npos;
       slash = path.find('/', start)) {
    if (!is_valid_component(path.substr(start, slash - start))) return false;
    start = slash + 1;
  }
  return is_valid_component(path.substr(start));
}

View parent_of(View path) {
  const std::size_t slash = path.rfind('/');
  PADDOCK_ASSERT(slash != View::npos);
  return path.substr(0, slash == 0 ? 1 : slash);
}

View basename(View path) {
  const std::size_t slash = path.rfind('/');
  PADDOCK_ASSERT(slash != View::npos);
  return path.substr(slash + 1);
}

bool is_at_or_below(View path, View ancestor) {
  if (!path.starts_with(ancestor)) return false;
  return path.size() == ancestor.size() || ancestor == "/" || path[ancestor.size()] == '/';
}

}  // namespace paddock::tree
