// SPDX-License-Identifier: Apache-2.0
//
// A visitor of describe(): which fields are out of their bounds. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/describe.h"
#include "api/validate.h"
#include "base/time.h"

namespace paddock::api {

class BoundsCheck {
 public:
  explicit BoundsCheck(std::vector<Problem>& problems) : problems_(problems) {}

  void text(std::string_view name, const std::string& text, std::string_view, const Bounds& bounds);
  void number(std::string_view name, std::int64_t number, std::string_view, const Bounds& bounds);
  void number(std::string_view name, seconds time, std::string_view meaning, const Bounds& bounds) {
    number(name, std::int64_t{time.count()}, meaning, bounds);
  }
  void flag(std::string_view, bool, std::string_view) {}
  template <class Enum>
  void choice(std::string_view, Enum, std::string_view) {}
  void texts(std::string_view name, const Texts& texts, std::string_view, const Bounds& bounds);
  void list(std::string_view name,
            const std::vector<std::string>& texts,
            std::string_view,
            const Bounds& bounds);
  void raw(std::string_view, const Raw&, std::string_view) {}
  void raw_list(std::string_view, const Raw&, std::string_view) {}

  template <class Members>
  void group(std::string_view name, std::string_view, Members members) {
    const std::size_t length = path_.size();
    path_.append(".").append(name);
    members();
    path_.resize(length);
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

 private:
  void complain(std::string_view name, std::string message);

  std::vector<Problem>& problems_;
  std::string path_ = "spec";
};

}  // namespace paddock::api
