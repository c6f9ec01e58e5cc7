// SPDX-License-Identifier: Apache-2.0
#include "resource/spec_reader.h"

#include <algorithm>
#include <limits>

#include <boost/json/serialize.hpp>

namespace paddock::resource {
namespace {

/// A number where YAML has left out the quotes.
std::optional<std::string> text_of(const json::value& value, bool may_be_number) {
  if (value.is_string()) return std::string(value.get_string());
  if (may_be_number && value.is_int64()) return fmt::format("{}", value.get_int64());
  return std::nullopt;
}

json::value sorted(const json::value& value) {
  if (const json::array* const array = value.if_array()) {
    json::array result;
    for (const json::value& element : *array) result.push_back(sorted(element));
    return result;
  }
  const json::object* const object = value.if_object();
  if (object == nullptr) return value;
  std::vector<std::string_view> names;
  for (const auto& member : *object) names.emplace_back(member.key());
  std::ranges::sort(names);
  json::object result;
  for (const std::string_view name : names) result[name] = sorted(object->at(name));
  return result;
}

}  // namespace

std::string canonical(const json::value& value) {
  return json::serialize(sorted(value));
}

const json::value* SpecReader::find(std::string_view name) {
  known_.push_back(name);
  const json::value* const value = in_->if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const json::object* SpecReader::object_of(std::string_view name) {
  const json::value* const value = find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) complain(name, "write an object here");
  return value->if_object();
}

std::optional<std::int64_t> SpecReader::number_of(std::string_view name) {
  const json::value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  const bool is_number = value->is_int64() && value->get_int64() <= kMax &&
                         value->get_int64() >= std::numeric_limits<std::int32_t>::min();
  if (!is_number) {
    complain(name, "write a whole number here");
    return std::nullopt;
  }
  return value->get_int64();
}

void SpecReader::complain(std::string_view name, std::string message) {
  problems_.push_back({fmt::format("{}.{}", path_, name), std::move(message)});
}

void SpecReader::complain_of_unknown() {
  for (const auto& member : *in_) {
    const std::string_view name = member.key();
    if (std::ranges::find(known_, name) == known_.end()) complain(name, "nobody knows this field");
  }
}

void SpecReader::text(std::string_view name,
                      std::string& to,
                      std::string_view /*meaning*/,
                      const api::Bounds& bounds) {
  const json::value* const value = find(name);
  if (value == nullptr) return;
  if (auto text = text_of(*value, bounds.may_be_number)) {
    to = std::move(*text);
  } else {
    complain(name, "write a text here");
  }
}

void SpecReader::flag(std::string_view name, bool& to, std::string_view /*meaning*/) {
  const json::value* const value = find(name);
  if (value == nullptr) return;
  if (value->is_bool()) {
    to = value->get_bool();
  } else {
    complain(name, "write true or false");
  }
}

void SpecReader::texts(std::string_view name,
                       api::Texts& to,
                       std::string_view /*meaning*/,
                       const api::Bounds& bounds) {
  const json::object* const object = object_of(name);
  if (object == nullptr) return;
  to.clear();
  for (const auto& member : *object) {
    if (auto text = text_of(member.value(), bounds.may_be_number)) {
      to.insert_or_assign(std::string(member.key()), std::move(*text));
    } else {
      complain(fmt::format("{}.{}", name, std::string_view(member.key())), "write a text here");
    }
  }
}

void SpecReader::list(std::string_view name,
                      std::vector<std::string>& to,
                      std::string_view /*meaning*/,
                      const api::Bounds& bounds) {
  const json::value* const value = find(name);
  if (value == nullptr) return;
  const json::array* const array = value->if_array();
  if (array == nullptr) return complain(name, "write a list here");
  to.clear();
  for (const json::value& element : *array) {
    if (auto text = text_of(element, bounds.may_be_number)) {
      to.push_back(std::move(*text));
    } else {
      complain(name, "write texts into this list");
    }
  }
}

void SpecReader::raw(std::string_view name, api::Raw& to, std::string_view /*meaning*/) {
  const json::object* const object = object_of(name);
  if (object != nullptr) to.json = object->empty() ? "" : canonical(*object);
}

void SpecReader::raw_list(std::string_view name, api::Raw& to, std::string_view /*meaning*/) {
  const json::value* const value = find(name);
  if (value == nullptr) return;
  if (!value->is_array()) return complain(name, "write a list here");
  to.json = value->get_array().empty() ? "" : canonical(*value);
}

}  // namespace paddock::resource
