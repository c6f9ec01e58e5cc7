// SPDX-License-Identifier: Apache-2.0
#include "client_text/acl_text.h"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace paddock::client {

namespace {

constexpr auto kLetters = std::to_array<std::pair<char, std::int32_t>>({
    {'c', jute::kPermCreate},
    {'d', jute::kPermDelete},
    {'r', jute::kPermRead},
    {'w', jute::kPermWrite},
    {'a', jute::kPermAdmin},
});

Result<std::int32_t> parse_permissions(View letters) {
  std::int32_t perms = 0;
  for (const char letter : letters) {
    std::int32_t bit = 0;
    for (const auto& [known, value] : kLetters) {
      if (known == letter) bit = value;
    }
    if (bit == 0) return fail(fmt::format("'{}' is no permission: use letters of cdrwa", letter));
    perms |= bit;
  }
  return perms;
}

Result<Acl> parse_entry(View text) {
  const std::size_t first = text.find(':');
  const std::size_t last = text.rfind(':');
  if (first == last || first == 0) {
    return fail(fmt::format("{} does not have the form scheme:id:perm", text));
  }
  const auto perms = parse_permissions(text.substr(last + 1));
  if (!perms) return std::unexpected(perms.error());
  return Acl{*perms,
             std::string(text.substr(0, first)),
             std::string(text.substr(first + 1, last - first - 1))};
}

}  // namespace

Result<std::vector<Acl>> parse_acl(View text) {
  std::vector<Acl> acl;
  View rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    auto entry = parse_entry(rest.substr(0, comma));
    if (!entry) return std::unexpected(std::move(entry).error());
    acl.push_back(std::move(*entry));
    if (comma == View::npos) return acl;
    rest.remove_prefix(comma + 1);
  }
}

std::string permission_letters(std::int32_t perms) {
  std::string letters;
  for (const auto& [letter, bit] : kLetters) {
    if ((perms & bit) != 0) letters += letter;
  }
  return letters;
}

}  // namespace paddock::client
