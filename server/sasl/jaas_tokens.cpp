// SPDX-License-Identifier: Apache-2.0
#include "sasl/jaas_tokens.h"

#include <algorithm>

namespace paddock::sasl {

namespace {

bool is_word(char c) {
  constexpr std::string_view kSigns = "$_-*.";
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter || (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) & 0x80U) != 0 ||
         kSigns.find(c) != std::string_view::npos;
}

bool is_blank(char c) {
  return static_cast<unsigned char>(c) <= ' ';
}

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

}  // namespace

char JaasTokens::take() {
  const char c = rest_.front();
  rest_.remove_prefix(1);
  if (c == '\n') ++line_;
  return c;
}

void JaasTokens::drop(std::size_t count) {
  line_ += static_cast<std::size_t>(std::ranges::count(rest_.substr(0, count), '\n'));
  rest_.remove_prefix(std::min(count, rest_.size()));
}

Result<> JaasTokens::skip_blanks_and_comments() {
  while (!rest_.empty()) {
    if (is_blank(rest_.front())) {
      take();
    } else if (rest_.starts_with("//")) {
      drop(std::min(rest_.find('\n'), rest_.size()));
    } else if (rest_.starts_with("/*")) {
      const std::size_t end = rest_.find("*/", 2);
      if (end == std::string_view::npos) return fail("the comment does not end");
      drop(end + 2);
    } else {
      return {};
    }
  }
  return {};
}

/// Behind a backslash: C's letters, up to three octal digits, else the character itself.
void JaasTokens::append_escaped(std::string& text) {
  constexpr std::string_view kLetters = "abfnrtv";
  constexpr std::string_view kMeant = "\a\b\f\n\r\t\v";
  const char c = take();
  if (const std::size_t letter = kLetters.find(c); letter != std::string_view::npos) {
    text += kMeant[letter];
  } else if (is_octal(c)) {
    const std::size_t digits_max = c <= '3' ? 3 : 2;
    unsigned value = static_cast<unsigned>(c - '0');
    for (std::size_t i = 1; i < digits_max && !rest_.empty() && is_octal(rest_.front()); ++i) {
      value = value * 8 + static_cast<unsigned>(take() - '0');
    }
    text += static_cast<char>(value);
  } else {
    text += c;
  }
}

Result<std::string> JaasTokens::quoted(char quote) {
  std::string text;
  take();
  while (!rest_.empty() && rest_.front() != '\n') {
    const char c = take();
    if (c == quote) return text;
    if (c != '\\') {
      text += c;
    } else if (!rest_.empty() && rest_.front() != '\n') {
      append_escaped(text);
    }
  }
  return fail("the quoted text does not end in its line");
}

Result<JaasToken> JaasTokens::next() {
  PADDOCK_TRY(skip_blanks_and_comments());
  JaasToken token{.line = line_};
  if (rest_.empty()) return token;
  const char c = rest_.front();
  if (c == '"' || c == '\'') {
    auto text = quoted(c);
    PADDOCK_TRY(text);
    token.kind = JaasToken::Kind::Text;
    token.text = std::move(*text);
  } else if (is_word(c)) {
    const auto end = std::ranges::find_if_not(rest_, is_word);
    token.kind = JaasToken::Kind::Text;
    token.text.assign(rest_.begin(), end);
    drop(token.text.size());
  } else if (c == '{' || c == '}' || c == ';' || c == '=') {
    token.kind = JaasToken::Kind::Sign;
    token.text = take();
  } else {
    // Not which one: it may be part of a password.
    return fail("there is a character that must stand between quotes");
  }
  return token;
}

}  // namespace paddock::sasl
