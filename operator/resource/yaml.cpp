// SPDX-License-Identifier: Apache-2.0
#include "resource/yaml.h"

#include <algorithm>
#include <array>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/number_text.h"

namespace paddock::resource {
namespace {

bool is_plain_character(char c) {
  constexpr std::string_view kOthers = "_-./ ";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

/// What YAML reads as a text without quotes. Careful rather than short.
bool is_plain(std::string_view text) {
  constexpr std::array<std::string_view, 10> kWords{
      "true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan"};
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const bool begins_well =
      !text.empty() && ((lower.front() >= 'a' && lower.front() <= 'z') || lower.front() == '/');
  return begins_well && text.back() != ' ' && std::ranges::all_of(text, is_plain_character) &&
         std::ranges::find(kWords, lower) == kWords.end();
}

class Writer {
 public:
  /// Behind "name:" or "-"; begins with the blank or newline that belongs there.
  void value(const json::value& value, std::size_t indent, bool is_in_list) {
    if (value.is_object() && !value.get_object().empty()) {
      object(value.get_object(), indent, is_in_list);
    } else if (value.is_array() && !value.get_array().empty()) {
      array(value.get_array(), is_in_list ? indent : indent - 2);
    } else if (value.is_string()) {
      text(value.get_string(), indent);
    } else {
      out_ += ' ' + json::serialize(value) + '\n';
    }
  }
  void object(const json::object& object, std::size_t indent, bool is_in_list) {
    bool is_first = true;
    if (!is_in_list && !out_.empty()) out_ += '\n';
    for (const auto& member : object) {
      out_ += is_in_list && is_first ? " " : std::string(indent, ' ');
      is_first = false;
      const std::string_view key = member.key();
      out_ += (is_plain(key) ? std::string(key) : json::serialize(member.key())) + ':';
      value(member.value(), indent + 2, false);
    }
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void array(const json::array& array, std::size_t indent) {
    out_ += '\n';
    for (const json::value& element : array) {
      out_ += std::string(indent, ' ') + '-';
      value(element, indent + 2, true);
    }
  }
  void text(std::string_view text, std::size_t indent) {
    const bool is_block = text.ends_with('\n') && text.front() != ' ' && text.front() != '\n' &&
                          !text.ends_with("\n\n") && text.find('\t') == std::string_view::npos;
    if (!is_block) {
      out_ +=
          ' ' + (is_plain(text) ? std::string(text) : json::serialize(json::value(text))) + '\n';
      return;
    }
    out_ += " |\n";
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      if (end > 0) out_ += std::string(indent, ' ');
      out_ += std::string(text.substr(0, end + 1));
      text.remove_prefix(end + 1);
    }
  }

  std::string out_;
};

json::value scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return json::value(text);  // in quotes
  if (text == "true" || text == "false") return text == "true";
  if (text == "null" || text == "~" || text.empty()) return nullptr;
  if (const auto number = parse_number<std::int64_t>(text)) return *number;
  return json::value(text);
}

json::value value_of(const YAML::Node& node) {
  if (node.IsMap()) {
    json::object object;
    for (const auto& member : node) object[member.first.Scalar()] = value_of(member.second);
    return object;
  }
  if (node.IsSequence()) {
    json::array array;
    for (const auto& element : node) array.push_back(value_of(element));
    return array;
  }
  return node.IsScalar() ? scalar(node) : json::value(nullptr);
}

}  // namespace

std::string to_yaml(const json::value& value) {
  Writer writer;
  if (value.is_object() && !value.get_object().empty()) {
    writer.object(value.get_object(), 0, false);
    return writer.take();
  }
  return json::serialize(value) + '\n';
}

Result<json::value> parse_yaml(const std::string& text) {
  try {
    return value_of(YAML::Load(text));
  } catch (const YAML::Exception& problem) {
    return fail(problem.what());
  }
}

}  // namespace paddock::resource
