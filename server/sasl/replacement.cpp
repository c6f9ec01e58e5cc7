// SPDX-License-Identifier: Apache-2.0
#include "sasl/replacement.h"

#include <fmt/format.h>

namespace paddock::sasl {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t digit(char c) {
  return static_cast<std::size_t>(c - '0');
}

}  // namespace

Result<Replacement> Replacement::parse(std::string_view text, std::size_t groups) {
  Replacement result;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '$' && c != '\\') {
      result.pieces_.push_back({.text = std::string(1, c)});
      continue;
    }
    if (text.empty()) return fail(fmt::format("there is nothing behind its last '{}'", c));
    if (c == '\\') {
      result.pieces_.push_back({.text = std::string(1, text.front())});
      text.remove_prefix(1);
      continue;
    }
    if (!is_digit(text.front())) return fail("behind '$' there must be the number of a group");
    std::size_t group = digit(text.front());
    text.remove_prefix(1);
    if (group > groups) return fail(fmt::format("the pattern has no group {}", group));
    // More digits, as long as there is such a group.
    while (!text.empty() && is_digit(text.front()) && group * 10 + digit(text.front()) <= groups) {
      group = group * 10 + digit(text.front());
      text.remove_prefix(1);
    }
    result.pieces_.push_back({.group = group});
  }
  return result;
}

void Replacement::append_to(std::string& into,
                            const boost::match_results<const char*>& match) const {
  for (const Piece& piece : pieces_) {
    if (!piece.text.empty()) {
      into.append(piece.text);
    } else {
      const auto& group = match[static_cast<int>(piece.group)];
      into.append(group.first, group.second);
    }
  }
}

}  // namespace paddock::sasl
