// SPDX-License-Identifier: Apache-2.0
#include "kube/object.h"

#include <boost/json/parse.hpp>

namespace paddock::kube {

namespace {

// Schemas within definitions of resources are the deepest that there is.
constexpr std::size_t kDepthMax = 128;

std::string_view text_of(const json::value& value) {
  if (!value.is_string()) return {};
  return {value.get_string().data(), value.get_string().size()};
}

}  // namespace

std::string to_text(const ObjectKey& key) {
  return key.ns.empty() ? key.name : key.ns + "/" + key.name;
}

const json::value* find(const json::value& in, Path path) {
  const json::value* at = &in;
  for (const std::string_view name : path) {
    if (!at->is_object()) return nullptr;
    at = at->get_object().if_contains(name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string_view text_at(const json::value& in, Path path) {
  const json::value* const value = find(in, path);
  return value == nullptr ? std::string_view() : text_of(*value);
}

std::optional<std::int64_t> number_at(const json::value& in, Path path) {
  const json::value* const value = find(in, path);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

ObjectKey key_of(const json::value& object) {
  return {std::string(text_at(object, {"metadata", "namespace"})),
          std::string(text_at(object, {"metadata", "name"}))};
}

std::string_view uid_of(const json::value& object) {
  return text_at(object, {"metadata", "uid"});
}

std::string_view resource_version_of(const json::value& object) {
  return text_at(object, {"metadata", "resourceVersion"});
}

std::string_view label_of(const json::value& object, std::string_view label) {
  return text_at(object, {"metadata", "labels", label});
}

bool is_being_deleted(const json::value& object) {
  return !text_at(object, {"metadata", "deletionTimestamp"}).empty();
}

std::string_view controller_uid_of(const json::value& object) {
  const json::value* const owners = find(object, {"metadata", "ownerReferences"});
  if (owners == nullptr || !owners->is_array()) return {};
  for (const json::value& owner : owners->get_array()) {
    const json::value* const controls = find(owner, {"controller"});
    if (controls != nullptr && controls->is_bool() && controls->get_bool()) {
      return text_at(owner, {"uid"});
    }
  }
  return {};
}

Result<json::value> parse_json(View text) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error) return fail("not the JSON that was expected: " + error.message());
  return value;
}

}  // namespace paddock::kube
