// SPDX-License-Identifier: Apache-2.0
#include "audit/portion.h"

namespace paddock::audit {

std::size_t portion_of(View text, std::uint64_t size, std::uint64_t size_max) {
  const std::uint64_t room = size < size_max ? size_max - size : 0;
  if (text.size() <= room) return text.size();
  const std::size_t end = room == 0 ? View::npos : text.rfind('\n', room - 1);
  if (end != View::npos) return end + 1;
  if (size > 0) return 0;
  const std::size_t first = text.find('\n');
  return first == View::npos ? text.size() : first + 1;
}

}  // namespace paddock::audit
