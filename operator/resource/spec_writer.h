// SPDX-License-Identifier: Apache-2.0
//
// A visitor of describe(): writes a spec as JSON, with all of its defaults. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/parse.hpp>

#include "api/describe.h"
#include "api/words.h"
#include "base/time.h"
#include "kube/object.h"

namespace paddock::resource {

namespace json = boost::json;

class SpecWriter {
 public:
  void text(std::string_view name, const std::string& text, std::string_view, const api::Bounds&) {
    if (!text.empty()) out_[name] = text;
  }
  void number(std::string_view name, std::int64_t number, std::string_view, const api::Bounds&) {
    out_[name] = number;
  }
  void number(std::string_view name, seconds time, std::string_view, const api::Bounds&) {
    out_[name] = std::int64_t{time.count()};
  }
  void flag(std::string_view name, bool value, std::string_view) { out_[name] = value; }
  template <class Enum>
  void choice(std::string_view name, Enum value, std::string_view) {
    out_[name] = api::word_of(value);
  }
  void texts(std::string_view name, const api::Texts& texts, std::string_view, const api::Bounds&) {
    json::object object;
    for (const auto& [key, value] : texts) object[key] = value;
    if (!object.empty()) out_[name] = std::move(object);
  }
  void list(std::string_view name,
            const std::vector<std::string>& texts,
            std::string_view,
            const api::Bounds&) {
    if (!texts.empty()) out_[name] = json::array(texts.begin(), texts.end());
  }
  void raw(std::string_view name, const api::Raw& raw, std::string_view) {
    if (!raw.json.empty()) out_[name] = json::parse(raw.json);
  }
  void raw_list(std::string_view name, const api::Raw& raw, std::string_view meaning) {
    this->raw(name, raw, meaning);
  }
  template <class Members>
  void group(std::string_view name, std::string_view, Members members) {
    json::object outer = std::exchange(out_, {});
    members();
    outer[name] = std::move(out_);
    out_ = std::move(outer);
  }
  template <class T, class Members>
  void maybe(std::string_view name,
             std::optional<T>& value,
             std::string_view meaning,
             Members members) {
    if (value) group(name, meaning, [&] { members(*value); });
  }
  template <class Members>
  void one_of(std::string_view name, std::string_view meaning, Members members) {
    group(name, meaning, members);
  }

  [[nodiscard]] json::object take() { return std::move(out_); }

 private:
  json::object out_;
};

}  // namespace paddock::resource
