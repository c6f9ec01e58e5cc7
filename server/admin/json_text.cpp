// SPDX-License-Identifier: Apache-2.0
#include "admin/json_text.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "admin/text.h"
#include "base/escape.h"

namespace paddock::admin {

namespace {

namespace json = boost::json;

void append(std::string& out, const json::value& value, std::size_t level);

/// Strings may hold what clients sent, which need not be UTF-8.
void append_string(std::string& out, json::string_view text) {
  out.append(1, '"').append(json_escaped({text.data(), text.size()})).append(1, '"');
}

void append_object(std::string& out, const json::object& object, std::size_t level) {
  if (object.empty()) {
    out += "{ }";
    return;
  }
  out += '{';
  bool first = true;
  for (const auto& member : object) {
    if (!first) out += ',';
    first = false;
    out.append(1, '\n').append(2 * (level + 1), ' ');
    append_string(out, member.key());
    out += " : ";
    append(out, member.value(), level + 1);
  }
  out.append(1, '\n').append(2 * level, ' ').append(1, '}');
}

void append_array(std::string& out, const json::array& array, std::size_t level) {
  out += '[';
  bool first = true;
  for (const json::value& element : array) {
    out += first ? " " : ", ";
    first = false;
    append(out, element, level);
  }
  out += " ]";
}

// Documents are made here, three levels deep, so the recursion is bounded.
void append(std::string& out, const json::value& value, std::size_t level) {
  if (value.is_object()) return append_object(out, value.get_object(), level);
  if (value.is_array()) return append_array(out, value.get_array(), level);
  if (value.is_string()) return append_string(out, value.get_string());
  out += value.is_double() ? java_double(value.get_double()) : json::serialize(value);
}

}  // namespace

std::string json_text(const boost::json::value& document) {
  std::string out;
  append(out, document, 0);
  return out;
}

}  // namespace paddock::admin
