// SPDX-License-Identifier: Apache-2.0
#include "objects/merge.h"

#include <array>
#include <utility>

namespace paddock::objects {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kMergeKeys{{
    {"containers", "name"},
    {"initContainers", "name"},
    {"volumes", "name"},
    {"imagePullSecrets", "name"},
    {"env", "name"},
    {"ports", "containerPort"},
    {"volumeMounts", "mountPath"},
    {"hostAliases", "ip"},
}};

const json::value* member(const json::value& element, std::string_view key) {
  const json::object* const object = element.if_object();
  return object == nullptr ? nullptr : object->if_contains(key);
}

json::array merge_lists(const json::array& base, const json::array& over, std::string_view key) {
  json::array result = base;
  for (const json::value& element : over) {
    const json::value* const name = member(element, key);
    json::value* same = nullptr;
    for (json::value& candidate : result) {
      const json::value* const other = member(candidate, key);
      if (name != nullptr && other != nullptr && *name == *other) same = &candidate;
    }
    if (same == nullptr) {
      result.push_back(element);
    } else {
      *same = merge(*same, element);
    }
  }
  return result;
}

json::value merge_members(std::string_view name, const json::value& base, const json::value& over) {
  const std::string_view key = merge_key_of(name);
  if (!key.empty() && base.is_array() && over.is_array()) {
    return merge_lists(base.get_array(), over.get_array(), key);
  }
  return merge(base, over);
}

}  // namespace

std::string_view merge_key_of(std::string_view list) {
  for (const auto& [name, key] : kMergeKeys) {
    if (name == list) return key;
  }
  return {};
}

json::value merge(const json::value& base, const json::value& over) {
  if (!base.is_object() || !over.is_object()) return over;
  json::object result = base.get_object();
  for (const auto& [name, value] : over.get_object()) {
    json::value* const there = result.if_contains(name);
    if (there == nullptr) {
      result[name] = value;
    } else {
      *there = merge_members(name, *there, value);
    }
  }
  return result;
}

}  // namespace paddock::objects
