// SPDX-License-Identifier: Apache-2.0
#include "api/bounds.h"

#include <regex>

#include <fmt/format.h>

namespace paddock::api {
namespace {

bool matches(const std::string& text, std::string_view pattern) {
  return pattern.empty() ||
         std::regex_match(text, std::regex(pattern.begin(), pattern.end(), std::regex::ECMAScript));
}

}  // namespace

void BoundsCheck::complain(std::string_view name, std::string message) {
  problems_.push_back({fmt::format("{}.{}", path_, name), std::move(message)});
}

void BoundsCheck::text(std::string_view name,
                       const std::string& text,
                       std::string_view /*meaning*/,
                       const Bounds& bounds) {
  const auto length = static_cast<std::int64_t>(text.size());
  if ((bounds.is_required && text.empty()) || length < bounds.min.value_or(0)) {
    complain(name, "it must not be empty");
  } else if (length > bounds.length_max) {
    complain(name, fmt::format("more than {} characters are too many", bounds.length_max));
  } else if (!matches(text, bounds.pattern)) {
    complain(name, fmt::format("'{}' is not possible: write it as {}", text, bounds.example));
  }
}

void BoundsCheck::number(std::string_view name,
                         std::int64_t number,
                         std::string_view /*meaning*/,
                         const Bounds& bounds) {
  if (bounds.min && number < *bounds.min) {
    complain(name, fmt::format("{} is too small: write {} or more", number, *bounds.min));
  } else if (bounds.max && number > *bounds.max) {
    complain(name, fmt::format("{} is too large: write {} or less", number, *bounds.max));
  }
}

void BoundsCheck::texts(std::string_view name,
                        const Texts& texts,
                        std::string_view /*meaning*/,
                        const Bounds& bounds) {
  if (std::ssize(texts) > bounds.max.value_or(std::ssize(texts))) {
    complain(name, fmt::format("more than {} are too many", *bounds.max));
  }
  for (const auto& [key, value] : texts) {
    if (std::ssize(value) > bounds.length_max) {
      complain(fmt::format("{}.{}", name, key),
               fmt::format("more than {} characters are too many", bounds.length_max));
    }
  }
}

void BoundsCheck::list(std::string_view name,
                       const std::vector<std::string>& texts,
                       std::string_view meaning,
                       const Bounds& bounds) {
  if (std::ssize(texts) > bounds.max.value_or(std::ssize(texts))) {
    complain(name, fmt::format("more than {} are too many", *bounds.max));
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    text(fmt::format("{}[{}]", name, i),
         texts[i],
         meaning,
         {.pattern = bounds.pattern,
          .example = bounds.example,
          .length_max = bounds.length_max,
          .is_required = true});
  }
}

}  // namespace paddock::api
