// SPDX-License-Identifier: Apache-2.0
#include "config/properties.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "config/text.h"

namespace paddock::config {
namespace {

constexpr std::string_view kBlank = " \t\f";
constexpr char32_t kReplacement = 0xFFFD;

std::string_view without_indent(std::string_view line) {
  const std::size_t first = line.find_first_not_of(kBlank);
  return first == std::string_view::npos ? std::string_view{} : line.substr(first);
}

/// True if the line's last character is a backslash that is not itself escaped.
bool continues(std::string_view line) {
  const std::size_t last = line.find_last_not_of('\\');
  const std::size_t backslashes =
      last == std::string_view::npos ? line.size() : line.size() - last - 1;
  return backslashes % 2 == 1;
}

void append_utf8(std::string& text, char32_t point) {
  const auto put = [&](char32_t byte) {
    text += static_cast<char>(static_cast<unsigned char>(byte));
  };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | point >> 6U);
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0U | point >> 12U);
    put(0x80U | (point >> 6U & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | point >> 18U);
    put(0x80U | (point >> 12U & 0x3FU));
    put(0x80U | (point >> 6U & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

constexpr bool is_high_surrogate(char32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
constexpr bool is_low_surrogate(char32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

/// Reads natural lines and joins them into logical ones.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  struct Logical {
    std::string text;
    int line = 0;
  };

  /// The next line that is neither blank nor a comment; nothing at the end.
  std::optional<Logical> next() {
    while (!rest_.empty()) {
      std::string_view line = without_indent(take());
      if (line.empty() || line.front() == '#' || line.front() == '!') continue;
      Logical logical{std::string(line), number_};
      while (continues(logical.text)) {
        logical.text.pop_back();
        if (rest_.empty()) break;
        logical.text += without_indent(take());
      }
      return logical;
    }
    return std::nullopt;
  }

 private:
  std::string_view take() {
    ++number_;
    const std::size_t end = rest_.find_first_of("\r\n");
    const std::string_view line = rest_.substr(0, end);
    if (end == std::string_view::npos) {
      rest_ = {};
    } else {
      const bool two = rest_[end] == '\r' && rest_.substr(end + 1).starts_with('\n');
      rest_.remove_prefix(end + (two ? 2 : 1));
    }
    return line;
  }

  std::string_view rest_;
  int number_ = 0;
};

/// Replaces the escapes of a key or a value.
class Unescaper {
 public:
  explicit Unescaper(std::string_view text) : rest_(text) {}

  /// Nothing when a \u is not followed by four hexadecimal digits.
  std::optional<std::string> run() {
    while (!rest_.empty()) {
      const std::size_t plain = std::min(rest_.find('\\'), rest_.size());
      result_ += rest_.substr(0, plain);
      rest_.remove_prefix(plain);
      if (rest_.size() < 2) break;
      const char escaped = rest_[1];
      rest_.remove_prefix(2);
      if (escaped != 'u') {
        put(escaped);
      } else if (!put_unicode()) {
        return std::nullopt;
      }
    }
    return std::move(result_);
  }

 private:
  void put(char escaped) {
    switch (escaped) {
      case 't':
        result_ += '\t';
        return;
      case 'n':
        result_ += '\n';
        return;
      case 'r':
        result_ += '\r';
        return;
      case 'f':
        result_ += '\f';
        return;
      default:
        result_ += escaped;
        return;
    }
  }

  std::optional<char32_t> take_unit() {
    const std::string_view digits = rest_.substr(0, 4);
    std::uint32_t unit = 0;
    const char* const last = digits.data() + digits.size();
    const auto [end, status] = std::from_chars(digits.data(), last, unit, 16);
    if (digits.size() != 4 || status != std::errc{} || end != last) return std::nullopt;
    rest_.remove_prefix(4);
    return unit;
  }

  bool put_unicode() {
    const auto unit = take_unit();
    if (!unit) return false;
    if (is_high_surrogate(*unit) && rest_.starts_with("\\u")) {
      const std::string_view after = rest_;
      rest_.remove_prefix(2);
      const auto low = take_unit();
      if (!low) return false;
      if (is_low_surrogate(*low)) {
        append_utf8(result_, 0x10000 + ((*unit - 0xD800) << 10U) + (*low - 0xDC00));
        return true;
      }
      rest_ = after;
    }
    const bool lone = is_high_surrogate(*unit) || is_low_surrogate(*unit);
    append_utf8(result_, lone ? kReplacement : *unit);
    return true;
  }

  std::string_view rest_;
  std::string result_;
};

/// Splits a logical line at the first separator that is not escaped: '=', ':' or blanks, or one of
/// the first two with blanks around it.
std::pair<std::string_view, std::string_view> split_entry(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && kBlank.find(line[end]) == std::string_view::npos &&
         line[end] != '=' && line[end] != ':') {
    end += line[end] == '\\' ? 2U : 1U;
  }
  end = std::min(end, line.size());
  std::string_view value = without_indent(line.substr(end));
  if (value.starts_with('=') || value.starts_with(':')) value = without_indent(value.substr(1));
  return {line.substr(0, end), value};
}

}  // namespace

Properties parse_properties(std::string_view text) {
  Properties properties;
  Lines lines(text);
  while (auto logical = lines.next()) {
    const auto [raw_key, raw_value] = split_entry(logical->text);
    auto key = Unescaper(raw_key).run();
    auto value = Unescaper(raw_value).run();
    if (!key || !value) {
      properties.errors.push_back(
          {logical->line, "\\u is not followed by four hexadecimal digits"});
    } else if (logical->text.find('\0') != std::string::npos ||
               key->find('\0') != std::string::npos || value->find('\0') != std::string::npos) {
      properties.errors.push_back({logical->line, "the line holds a NUL character"});
    } else {
      properties.entries.push_back(
          {std::string(trimmed(*key)), std::string(trimmed(*value)), logical->line});
    }
  }
  return properties;
}

}  // namespace paddock::config
