// SPDX-License-Identifier: Apache-2.0
//
// A visitor of describe(): rows of a Markdown table for docs/operator.md. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "api/describe.h"
#include "api/words.h"
#include "base/time.h"

namespace paddock::resource {

class SpecReference {
 public:
  void text(std::string_view name,
            const std::string& by_default,
            std::string_view meaning,
            const api::Bounds& bounds) {
    row(name, "text", bounds.is_required ? "required" : quoted(by_default), meaning);
  }
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
  void flag(std::string_view name, bool by_default, std::string_view meaning) {
    row(name, "`true`, `false`", by_default ? "`true`" : "`false`", meaning);
  }
  template <class Enum>
  void choice(std::string_view name, Enum by_default, std::string_view meaning) {
    std::string words;
    for (const std::string_view word : api::Words<Enum>::kAll) {
      words += fmt::format("{}`{}`", words.empty() ? "" : ", ", word);
    }
    row(name, words, quoted(api::word_of(by_default)), meaning);
  }
  void texts(std::string_view name,
             const api::Texts&,
             std::string_view meaning,
             const api::Bounds&) {
    row(name, "texts by name", "", meaning);
  }
  void list(std::string_view name,
            const std::vector<std::string>&,
            std::string_view meaning,
            const api::Bounds&) {
    row(name, "list of texts", "", meaning);
  }
  void raw(std::string_view name, const api::Raw&, std::string_view meaning) {
    row(name, "object", "", meaning);
  }
  void raw_list(std::string_view name, const api::Raw&, std::string_view meaning) {
    row(name, "list of objects", "", meaning);
  }
  template <class Members>
  void group(std::string_view name, std::string_view meaning, Members members) {
    row(name, "object", "", meaning);
    within(name, members);
  }
  template <class T, class Members>
  void maybe(std::string_view name,
             std::optional<T>& by_default,
             std::string_view meaning,
             Members members) {
    row(name, "object", by_default ? "there" : "absent", meaning);
    T value = by_default.value_or(T{});
    within(name, [&] { members(value); });
  }
  template <class Members>
  void one_of(std::string_view name, std::string_view meaning, Members members) {
    group(name, meaning, members);
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  template <class Members>
  void within(std::string_view name, Members members) {
    const std::size_t length = path_.size();
    path_.append(name).append(".");
    members();
    path_.resize(length);
  }
  static std::string quoted(std::string_view text) {
    return text.empty() ? "" : fmt::format("`{}`", text);
  }
  void row(std::string_view name,
           std::string_view type,
           std::string_view by_default,
           std::string_view meaning) {
    out_ += fmt::format("| `{}{}` | {} | {} | {} |\n", path_, name, type, by_default, meaning);
  }

  std::string out_ = "| field | is | default | meaning |\n|---|---|---|---|\n";
  std::string path_;
};

inline void SpecReference::number(std::string_view name,
                                  std::int64_t by_default,
                                  std::string_view meaning,
                                  const api::Bounds& bounds) {
  std::string type = "number";
  if (bounds.min && bounds.max) {
    type = fmt::format("{} to {}", *bounds.min, *bounds.max);
  } else if (bounds.min) {
    type = fmt::format("{} or more", *bounds.min);
  }
  row(name, type, fmt::format("`{}`", by_default), meaning);
}

}  // namespace paddock::resource
