// SPDX-License-Identifier: Apache-2.0
#include "base/escape.h"

#include <cstddef>
#include <cstdint>
#include <iterator>

#include <fmt/format.h>

namespace paddock {

namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// How long a character that begins with `first` is; 0 if none does.
std::size_t length_of(unsigned first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/// The bytes of the UTF-8 character at `at`, or 0. Neither surrogates nor more bytes than needed.
std::size_t character_at(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  const std::size_t length = length_of(first);
  if (length == 0 || text.size() - at < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, at + i) & 0xc0U) != 0x80) return 0;
  }
  if (length < 3) return length;
  const unsigned second = byte_at(text, at + 1);
  const bool is_wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) ||
                        (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
  return is_wrong ? 0 : length;
}

/// C0, DEL and C1.
bool is_control(std::string_view character) {
  const unsigned first = byte_at(character, 0);
  return first < 0x20 || first == 0x7f || (first == 0xc2 && byte_at(character, 1) < 0xa0);
}

void escape(std::string& out, char character) {
  switch (character) {
    case '"':
    case '\\':
      out += '\\';
      out += character;
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(character));
  }
}

}  // namespace

std::string printable(std::string_view message) {
  std::string out;
  out.reserve(message.size());
  for (std::size_t at = 0; at < message.size();) {
    const std::size_t length = character_at(message, at);
    const std::string_view character = message.substr(at, length == 0 ? 1 : length);
    at += character.size();
    if (length != 0 && !is_control(character)) {
      out += character;
      continue;
    }
    for (const char byte : character) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
  }
  return out;
}

std::string json_escaped(std::string_view message) {
  std::string out;
  out.reserve(message.size());
  for (std::size_t at = 0; at < message.size();) {
    const std::size_t length = character_at(message, at);
    if (length == 0) {
      out += "\\ufffd";
      ++at;
      continue;
    }
    const std::string_view character = message.substr(at, length);
    at += length;
    const char first = character.front();
    if (length == 1 && (first == '"' || first == '\\' || is_control(character))) {
      escape(out, first);
    } else {
      out += character;
    }
  }
  return out;
}

}  // namespace paddock
