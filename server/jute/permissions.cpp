// SPDX-License-Identifier: Apache-2.0
#include "jute/permissions.h"

#include <algorithm>
#include <array>

#include "jute/opcode.h"

namespace paddock::jute {
namespace {

struct Permission {
  char letter;
  std::int32_t bit;
};
constexpr std::array kPermissions{Permission{'c', kPermCreate},
                                  Permission{'d', kPermDelete},
                                  Permission{'r', kPermRead},
                                  Permission{'w', kPermWrite},
                                  Permission{'a', kPermAdmin}};

}  // namespace

std::string permission_letters(std::int32_t perms) {
  std::string letters;
  for (const auto& [letter, bit] : kPermissions) {
    if ((perms & bit) != 0) letters += letter;
  }
  return letters;
}

std::expected<std::int32_t, char> parse_permissions(View letters) {
  std::int32_t perms = 0;
  for (const char letter : letters) {
    const auto found = std::ranges::find(kPermissions, letter, &Permission::letter);
    if (found == kPermissions.end()) return std::unexpected(letter);
    perms |= found->bit;
  }
  return perms;
}

}  // namespace paddock::jute
