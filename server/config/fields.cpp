// SPDX-License-Identifier: Apache-2.0
#include "config/fields.h"

#include <algorithm>
#include <charconv>

namespace paddock::config {
namespace {

struct Suffix {
  std::string_view text;
  std::int64_t milliseconds;
};

constexpr std::int64_t kHour = 3600000;
constexpr std::array kSuffixes{Suffix{"ms", 1},
                               Suffix{"s", 1000},
                               Suffix{"m", 60000},
                               Suffix{"h", kHour},
                               Suffix{"d", 24 * kHour}};

}  // namespace

std::string number_in(std::int64_t min, std::int64_t max, std::string_view unit) {
  std::string text = unit.empty() ? "a whole number" : fmt::format("a whole number of {}", unit);
  if (max < kIntMax) return text + fmt::format(" from {} to {}", min, max);
  return text + fmt::format(", {} or more", min);
}

bool Flag::parse(std::string_view text, bool& target) {
  const std::string word = lower(text);
  target = word == "true" || word == "yes";
  return target || word == "false" || word == "no";
}

bool Interval::parse(std::string_view text, milliseconds& target) {
  std::int64_t unit = kHour;
  for (const Suffix& suffix : kSuffixes) {
    if (!lower(text).ends_with(suffix.text)) continue;
    unit = suffix.milliseconds;
    text.remove_suffix(suffix.text.size());
    break;
  }
  std::int64_t count = 0;
  if (!Number<0>::parse(text, count)) return false;
  target = milliseconds(count * unit);
  return true;
}

std::string Interval::show(milliseconds value) {
  if (value.count() % kHour == 0) return fmt::format("{}", value.count() / kHour);
  return fmt::format("{}ms", value.count());
}

bool Fraction::parse(std::string_view text, double& target) {
  double value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, status] = std::from_chars(text.data(), last, value);
  // Written so that not-a-number fails too.
  if (status != std::errc{} || end != last || !(value >= 0 && value <= 1)) return false;
  target = value;
  return true;
}

bool Text::parse(std::string_view text, std::string& target) {
  target = text;
  return !text.empty();
}

bool List::parse(std::string_view text, std::vector<std::string>& target) {
  target.clear();
  for (const std::string_view word : words(text, ", \t")) target.emplace_back(word);
  return !target.empty();
}

std::string List::show(const std::vector<std::string>& value) {
  return fmt::format("{}", fmt::join(value, ","));
}

bool Principals::parse(std::string_view text, std::vector<std::string>& target) {
  target.clear();
  for (const std::string_view one : split(text, ';')) {
    if (!one.empty()) target.emplace_back(one);
  }
  return !target.empty();
}

std::string Principals::show(const std::vector<std::string>& value) {
  constexpr std::string_view kDigest = "digest:";
  std::string text;
  for (const std::string& one : value) {
    if (!text.empty()) text += ';';
    const bool has_hash = one.starts_with(kDigest);
    text += has_hash ? one.substr(0, one.find(':', kDigest.size())) + ":(hidden)" : one;
  }
  return text;
}

bool Hidden::parse(std::string_view text, Secret& target) {
  target = Secret(std::string(text));
  return !text.empty();
}

bool Address::parse(std::string_view text, std::string& target) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  if (text.empty() || text.find_first_of(" \t[]/;|") != std::string_view::npos) return false;
  target = text == "0.0.0.0" || text == "::" || text == "*" ? std::string_view{} : text;
  return true;
}

std::string anything() {
  return "any text";
}

}  // namespace paddock::config
