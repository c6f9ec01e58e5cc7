// SPDX-License-Identifier: Apache-2.0
//
// A visitor of describe(): reads fields from JSON. What is not there keeps its default; what is of
// a wrong type, or known to nobody, is a problem. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "api/describe.h"
#include "api/validate.h"
#include "api/words.h"
#include "base/time.h"
#include "kube/object.h"

namespace paddock::resource {

namespace json = boost::json;

class SpecReader {
 public:
  /// `spec` must outlive it.
  SpecReader(const json::object& spec, std::vector<api::Problem>& problems)
      : in_(&spec), problems_(problems) {}

  void text(std::string_view name, std::string& to, std::string_view, const api::Bounds& bounds);
  template <class Number>
  void number(std::string_view name, Number& to, std::string_view, const api::Bounds&) {
    if (const auto number = number_of(name)) to = static_cast<Number>(*number);
  }
  void flag(std::string_view name, bool& to, std::string_view);
  template <class Enum>
  void choice(std::string_view name, Enum& to, std::string_view) {
    const json::value* const value = find(name);
    if (value == nullptr) return;
    const auto word =
        value->is_string() ? api::from_word<Enum>(value->get_string()) : std::optional<Enum>();
    if (word) {
      to = *word;
    } else {
      complain(name, fmt::format("write one of {}", words_of(api::Words<Enum>::kAll)));
    }
  }
  void texts(std::string_view name, api::Texts& to, std::string_view, const api::Bounds& bounds);
  void list(std::string_view name,
            std::vector<std::string>& to,
            std::string_view,
            const api::Bounds& bounds);
  void raw(std::string_view name, api::Raw& to, std::string_view);
  void raw_list(std::string_view name, api::Raw& to, std::string_view);

  template <class Members>
  void group(std::string_view name, std::string_view, Members members) {
    if (const json::object* const object = object_of(name)) within(name, *object, members);
  }
  template <class T, class Members>
  void maybe(std::string_view name, std::optional<T>& to, std::string_view, Members members) {
    const json::object* const object = object_of(name);
    to = object == nullptr ? std::nullopt : std::optional<T>(T{});
    if (object != nullptr) within(name, *object, [&] { members(*to); });
  }
  template <class Members>
  void one_of(std::string_view name, std::string_view meaning, Members members) {
    group(name, meaning, members);
  }

  /// At the end: members that no field has asked for.
  void complain_of_unknown();

 private:
  using Known = std::vector<std::string_view>;

  template <class Members>
  void within(std::string_view name, const json::object& object, Members members) {
    const json::object* const outer = std::exchange(in_, &object);
    Known outer_known = std::exchange(known_, {});
    const std::size_t length = path_.size();
    path_.append(".").append(name);
    members();
    complain_of_unknown();
    path_.resize(length);
    known_ = std::move(outer_known);
    in_ = outer;
  }
  template <class All>
  [[nodiscard]] static std::string words_of(const All& all) {
    std::string text;
    for (const std::string_view word : all) text.append(text.empty() ? "" : ", ").append(word);
    return text;
  }
  /// Null counts as absent.
  [[nodiscard]] const json::value* find(std::string_view name);
  [[nodiscard]] const json::object* object_of(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> number_of(std::string_view name);
  void complain(std::string_view name, std::string message);

  const json::object* in_;
  Known known_;
  std::string path_ = "spec";
  std::vector<api::Problem>& problems_;
};

/// Members in order, so that the same JSON is the same text.
[[nodiscard]] std::string canonical(const json::value& value);

/// Seconds are numbers here.
template <>
inline void SpecReader::number(std::string_view name,
                               seconds& to,
                               std::string_view,
                               const api::Bounds&) {
  if (const auto number = number_of(name)) to = seconds(*number);
}

}  // namespace paddock::resource
