// SPDX-License-Identifier: Apache-2.0
//
// What stands for a match in Java's Matcher.replaceAll: text in which $1 is the match's first group
// and a backslash takes the next character's meaning away.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/regex.hpp>

#include "base/error.h"

namespace paddock::sasl {

class Replacement {
 public:
  /// `groups`: how many the pattern has. *Errors*: a group that it has not.
  [[nodiscard]] static Result<Replacement> parse(std::string_view text, std::size_t groups);

  void append_to(std::string& into, const boost::match_results<const char*>& match) const;

 private:
  struct Piece {
    std::string text{};
    std::size_t group = 0;  // if there is no text
  };
  std::vector<Piece> pieces_;
};

}  // namespace paddock::sasl
