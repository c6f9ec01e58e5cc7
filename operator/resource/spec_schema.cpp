// SPDX-License-Identifier: Apache-2.0
#include "resource/spec_schema.h"

namespace paddock::resource {

json::object SpecSchema::take(std::string_view meaning) {
  json::object schema{{"type", "object"}, {"description", meaning}};
  Frame frame = std::exchange(frame_, {});
  if (!frame.required.empty()) schema["required"] = std::move(frame.required);
  schema["properties"] = std::move(frame.properties);
  return schema;
}

void SpecSchema::text(std::string_view name,
                      const std::string& by_default,
                      std::string_view meaning,
                      const api::Bounds& bounds) {
  json::object schema{{"description", meaning}};
  if (bounds.may_be_number) {
    schema["anyOf"] = json::array{{{"type", "integer"}}, {{"type", "string"}}};
    schema["x-kubernetes-int-or-string"] = true;
  } else {
    schema["type"] = "string";
  }
  schema["maxLength"] = bounds.length_max;
  if (bounds.min) schema["minLength"] = *bounds.min;
  if (!bounds.pattern.empty()) schema["pattern"] = bounds.pattern;
  if (!by_default.empty()) schema["default"] = by_default;
  if (bounds.is_required) frame_.required.emplace_back(name);
  add(name, std::move(schema));
}

void SpecSchema::number(std::string_view name,
                        std::int64_t by_default,
                        std::string_view meaning,
                        const api::Bounds& bounds) {
  json::object schema{{"type", "integer"}, {"format", "int32"}, {"description", meaning}};
  if (bounds.min) schema["minimum"] = *bounds.min;
  if (bounds.max) schema["maximum"] = *bounds.max;
  schema["default"] = by_default;
  add(name, std::move(schema));
}

void SpecSchema::flag(std::string_view name, bool by_default, std::string_view meaning) {
  add(name, {{"type", "boolean"}, {"description", meaning}, {"default", by_default}});
}

void SpecSchema::texts(std::string_view name,
                       const api::Texts& /*by_default*/,
                       std::string_view meaning,
                       const api::Bounds& bounds) {
  json::object value{{"maxLength", bounds.length_max}};
  if (bounds.may_be_number) {
    value["anyOf"] = json::array{{{"type", "integer"}}, {{"type", "string"}}};
    value["x-kubernetes-int-or-string"] = true;
  } else {
    value["type"] = "string";
  }
  json::object schema{
      {"type", "object"}, {"description", meaning}, {"additionalProperties", std::move(value)}};
  if (bounds.max) schema["maxProperties"] = *bounds.max;
  add(name, std::move(schema));
}

void SpecSchema::list(std::string_view name,
                      const std::vector<std::string>& /*by_default*/,
                      std::string_view meaning,
                      const api::Bounds& bounds) {
  json::object item{{"type", "string"}, {"minLength", 1}, {"maxLength", bounds.length_max}};
  if (!bounds.pattern.empty()) item["pattern"] = bounds.pattern;
  json::object schema{{"type", "array"}, {"description", meaning}, {"items", std::move(item)}};
  if (bounds.max) schema["maxItems"] = *bounds.max;
  add(name, std::move(schema));
}

void SpecSchema::raw(std::string_view name, const api::Raw& /*none*/, std::string_view meaning) {
  add(name,
      {{"type", "object"},
       {"description", meaning},
       {"x-kubernetes-preserve-unknown-fields", true}});
}

void SpecSchema::raw_list(std::string_view name,
                          const api::Raw& /*none*/,
                          std::string_view meaning) {
  add(name,
      {{"type", "array"},
       {"description", meaning},
       {"maxItems", 64},
       {"items", {{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}}}});
}

}  // namespace paddock::resource
