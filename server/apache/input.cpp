// SPDX-License-Identifier: Apache-2.0
#include "apache/input.h"

#include <string>

namespace paddock::apache {

View Input::text() {
  const std::int32_t length = int32();
  if (!ok_ || length == -1) return {};
  if (length < 0 || static_cast<std::size_t>(length) > left()) return fail<View>();
  if (length == 0) return kEmpty;
  const View text = bytes_.substr(at_, static_cast<std::size_t>(length));
  at_ += text.size();
  return text;
}

std::int32_t Input::count(std::size_t bytes_each) {
  const std::int32_t elements = int32();
  if (elements <= 0) return elements;
  if (static_cast<std::size_t>(elements) > left() / bytes_each) return fail<std::int32_t>();
  return elements;
}

AclList Input::acls() {
  AclList list;
  constexpr std::size_t kEntryBytes = 12;
  for (std::int32_t left_over = count(kEntryBytes); left_over > 0 && ok_; --left_over) {
    const std::int32_t perms = int32();
    const View scheme = text();
    const View id = text();
    list.push_back({perms, std::string(scheme), std::string(id)});
  }
  return list;
}

}  // namespace paddock::apache
