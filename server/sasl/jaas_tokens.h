// SPDX-License-Identifier: Apache-2.0
//
// The words, quoted texts and signs of a JAAS file, as Java's StreamTokenizer reads them; where
// that would silently take something else than was meant, there is an error.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace paddock::sasl {

struct JaasToken {
  enum class Kind : std::uint8_t {
    Text,  // a word, or what stood between quotes
    Sign,  // { } ; =
    End
  };
  Kind kind = Kind::End;
  std::string text{};
  std::size_t line = 0;

  [[nodiscard]] bool is(char sign) const {
    return kind == Kind::Sign && text.size() == 1 && text.front() == sign;
  }
};

class JaasTokens {
 public:
  explicit JaasTokens(std::string_view text) : rest_(text) {}

  /// *Errors*: what is wrong in line().
  [[nodiscard]] Result<JaasToken> next();
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  [[nodiscard]] Result<> skip_blanks_and_comments();
  [[nodiscard]] Result<std::string> quoted(char quote);
  void append_escaped(std::string& text);
  char take();
  void drop(std::size_t count);

  std::string_view rest_;
  std::size_t line_ = 1;
};

}  // namespace paddock::sasl
