// SPDX-License-Identifier: Apache-2.0
//
// A visitor of describe(): the OpenAPI v3 schema of a spec, structural as CRDs want it. Defaults
// are those of the values that are described. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/describe.h"
#include "api/words.h"
#include "base/time.h"
#include "kube/object.h"

namespace paddock::resource {

namespace json = boost::json;

class SpecSchema {
 public:
  void text(std::string_view name,
            const std::string& by_default,
            std::string_view meaning,
            const api::Bounds& bounds);
  void number(std::string_view name,
              std::int64_t by_default,
              std::string_view meaning,
              const api::Bounds& bounds);
  void number(std::string_view name,
              seconds by_default,
              std::string_view meaning,
              const api::Bounds& bounds) {
    number(name, std::int64_t{by_default.count()}, meaning, bounds);
  }
  void flag(std::string_view name, bool by_default, std::string_view meaning);
  template <class Enum>
  void choice(std::string_view name, Enum by_default, std::string_view meaning) {
    const auto& all = api::Words<Enum>::kAll;
    add(name,
        {{"type", "string"},
         {"description", meaning},
         {"enum", json::array(all.begin(), all.end())},
         {"default", api::word_of(by_default)}});
  }
  void texts(std::string_view name,
             const api::Texts&,
             std::string_view meaning,
             const api::Bounds& bounds);
  void list(std::string_view name,
            const std::vector<std::string>&,
            std::string_view meaning,
            const api::Bounds& bounds);
  void raw(std::string_view name, const api::Raw&, std::string_view meaning);
  void raw_list(std::string_view name, const api::Raw&, std::string_view meaning);

  /// Absent, it is an object with the defaults of its members.
  template <class Members>
  void group(std::string_view name, std::string_view meaning, Members members) {
    json::object schema = object_of(meaning, members);
    if (!schema.contains("required")) schema["default"] = json::object();
    add(name, std::move(schema));
  }
  template <class T, class Members>
  void maybe(std::string_view name,
             std::optional<T>& by_default,
             std::string_view meaning,
             Members members) {
    T value = by_default.value_or(T{});
    add(name, object_of(meaning, [&] { members(value); }));
    if (by_default) chosen_ = name;
  }
  template <class Members>
  void one_of(std::string_view name, std::string_view meaning, Members members) {
    json::object schema = object_of(meaning, members);
    schema["default"] = json::object{{std::exchange(chosen_, {}), json::object()}};
    add(name, std::move(schema));
  }

  /// Of the whole spec.
  [[nodiscard]] json::object take(std::string_view meaning);

 private:
  struct Frame {
    json::object properties;
    json::array required;
  };

  template <class Members>
  json::object object_of(std::string_view meaning, Members members) {
    Frame outer = std::exchange(frame_, {});
    members();
    json::object schema = take(meaning);
    frame_ = std::move(outer);
    return schema;
  }
  void add(std::string_view name, json::object schema) {
    frame_.properties[name] = std::move(schema);
  }

  Frame frame_;
  std::string chosen_;
};

}  // namespace paddock::resource
