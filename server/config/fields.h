// SPDX-License-Identifier: Apache-2.0
//
// The kinds of values that keys take, as templates that make a Field of a path of member pointers:
// field<Flag, &ServerConfig::admin, &AdminConfig::enabled>(). For the key tables only.
// A kind has allowed(), parse(text, target) and show(value).
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/time.h"
#include "config/key.h"
#include "config/text.h"

namespace paddock::config {

inline constexpr std::int64_t kIntMax = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int64_t kLongMax = std::numeric_limits<std::int64_t>::max();

/// "a whole number", with the bounds that are worth telling.
[[nodiscard]] std::string number_in(std::int64_t min, std::int64_t max, std::string_view unit);

struct Flag {
  static std::string allowed() { return "true or false"; }
  static bool parse(std::string_view text, bool& target);
  static std::string show(bool value) { return value ? "true" : "false"; }
};

template <std::int64_t Min, std::int64_t Max = kIntMax>
struct Number {
  static std::string allowed() { return number_in(Min, Max, ""); }
  template <class T>
  static bool parse(std::string_view text, T& target) {
    const auto value = parse_integer(text);
    if (!value || *value < Min || *value > Max) return false;
    target = static_cast<T>(*value);
    return true;
  }
  template <class T>
  static std::string show(const T& value) {
    return fmt::format("{}", value);
  }
};

struct Port {
  static std::string allowed() { return number_in(0, 65535, ""); }
  template <class T>
  static bool parse(std::string_view text, T& target) {
    std::uint16_t port = 0;
    if (!Number<0, 65535>::parse(text, port)) return false;
    target = port;
    return true;
  }
  static std::string show(std::uint16_t value) { return fmt::format("{}", value); }
  static std::string show(const std::optional<std::uint16_t>& value) {
    return value ? show(*value) : "";
  }
};

/// A count of time units, as std::chrono spells them.
template <class Unit, std::int64_t Min, std::int64_t Max = kIntMax>
struct Time {
  static std::string allowed() {
    return number_in(Min, Max, std::is_same_v<Unit, seconds> ? "seconds" : "milliseconds");
  }
  static bool parse(std::string_view text, Unit& target) {
    std::int64_t count = 0;
    if (!Number<Min, Max>::parse(text, count)) return false;
    target = Unit(count);
    return true;
  }
  static std::string show(Unit value) { return fmt::format("{}", value.count()); }
};

template <std::int64_t Min, std::int64_t Max = kIntMax>
using Millis = Time<milliseconds, Min, Max>;

/// A span with an optional suffix ms, s, m, h or d; hours without one.
struct Interval {
  static std::string allowed() {
    return "a number of hours, or a number with the suffix ms, s, m, h or d; 0 switches it off";
  }
  static bool parse(std::string_view text, milliseconds& target);
  static std::string show(milliseconds value);
};

/// A size given in `Unit` bytes and kept in bytes; negative means off, kept as 0.
template <std::int64_t Unit, std::int64_t Min>
struct Size {
  static constexpr std::int64_t kMax = kIntMax;
  static std::string allowed() {
    return number_in(Min, kMax, Unit == 1024 ? "kilobytes" : "megabytes");
  }
  static bool parse(std::string_view text, std::uint64_t& target) {
    std::int64_t count = 0;
    if (!Number<Min, kMax>::parse(text, count)) return false;
    target = count < 0 ? 0 : static_cast<std::uint64_t>(count * Unit);
    return true;
  }
  static std::string show(std::uint64_t value) {
    if (Min < 0 && value == 0) return "-1";
    return fmt::format("{}", value / static_cast<std::uint64_t>(Unit));
  }
};

/// A number between 0 and 1.
struct Fraction {
  static std::string allowed() { return "a number from 0 to 1"; }
  static bool parse(std::string_view text, double& target);
  static std::string show(double value) { return fmt::format("{}", value); }
};

struct Text {
  static std::string allowed() { return "text that is not empty"; }
  static bool parse(std::string_view text, std::string& target);
  static std::string show(const std::string& value) { return value; }
};

/// Words between commas.
struct List {
  static std::string allowed() { return "names separated by commas"; }
  static bool parse(std::string_view text, std::vector<std::string>& target);
  static std::string show(const std::vector<std::string>& value);
};

/// Ids, which may hold commas, between semicolons.
struct Principals {
  static std::string allowed() { return "ids such as x509:CN=alice, separated by semicolons"; }
  static bool parse(std::string_view text, std::vector<std::string>& target);
  static std::string show(const std::vector<std::string>& value);
};

struct Hidden {
  static std::string allowed() { return "a secret text that is not empty"; }
  static bool parse(std::string_view text, Secret& target);
  static std::string show(const Secret& value) { return value.empty() ? "" : "(hidden)"; }
};

/// A bind address; the unspecified ones are kept as an empty text.
struct Address {
  static std::string allowed() { return "a host name or an address"; }
  static bool parse(std::string_view text, std::string& target);
  static std::string show(const std::string& value) { return value.empty() ? "0.0.0.0" : value; }
};

/// One of a few names, compared without case; the first name of a value is the one shown.
template <const auto& Names>
struct Choice {
  using Value = std::decay_t<decltype(Names[0].second)>;
  static std::string allowed() {
    std::string text = "one of";
    for (const auto& [name, value] : Names) text += fmt::format(" {}", name);
    return text;
  }
  static bool parse(std::string_view text, Value& target) {
    for (const auto& [name, value] : Names) {
      if (lower(name) != lower(text)) continue;
      target = value;
      return true;
    }
    return false;
  }
  static std::string show(Value shown) {
    for (const auto& [name, value] : Names) {
      if (value == shown) return std::string(name);
    }
    return {};
  }
};

template <class Value, std::size_t N>
using ChoiceNames = std::array<std::pair<std::string_view, Value>, N>;

inline constexpr ChoiceNames<ClientAuth, 3> kClientAuthNames{{
    {"none", ClientAuth::None},
    {"want", ClientAuth::Want},
    {"need", ClientAuth::Need},
}};

template <class Kind, auto... Path>
Result<> parse_field(std::string_view /*suffix*/, std::string_view value, Draft& draft) {
  if (Kind::parse(value, (draft.config.*....*Path))) return {};
  return fail("");
}

template <class Kind, auto... Path>
std::string show_field(const ServerConfig& config) {
  return Kind::show((config.*....*Path));
}

/// The field that `Path` leads to from a ServerConfig.
template <class Kind, auto... Path>
consteval Field field() {
  return {&Kind::allowed,
          &parse_field<Kind, Path...>,
          &show_field<Kind, Path...>,
          std::is_same_v<Kind, Hidden>};
}

/// A part that waits in the draft; `Show` tells what became of it.
template <class Kind, auto Part>
Result<> parse_part(std::string_view /*suffix*/, std::string_view value, Draft& draft) {
  if (Kind::parse(value, draft.*Part)) return {};
  return fail("");
}

template <class Kind, auto Part>
consteval Field part(std::string (*show)(const ServerConfig&)) {
  return {&Kind::allowed, &parse_part<Kind, Part>, show};
}

/// Anything: for keys without a field.
[[nodiscard]] std::string anything();

inline constexpr Field kNoField{&anything};

}  // namespace paddock::config
