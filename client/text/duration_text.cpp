// SPDX-License-Identifier: Apache-2.0
#include "client_text/duration_text.h"

#include <charconv>

#include <fmt/format.h>

namespace paddock::client {

Result<Duration> parse_duration(View text) {
  constexpr std::int64_t kDaysMax = 365;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const View unit = text.substr(static_cast<std::size_t>(end - text.data()));
  Duration one{0};
  if (unit == "ms") one = milliseconds(1);
  if (unit.empty() || unit == "s") one = seconds(1);
  if (unit == "m") one = std::chrono::minutes(1);
  if (unit == "h") one = std::chrono::hours(1);
  if (unit == "d") one = std::chrono::days(1);
  const bool is_valid = error == std::errc{} && one > Duration{0} && number > 0 &&
                        number <= Duration(std::chrono::days(kDaysMax)) / one;
  if (!is_valid) {
    return fail(fmt::format(
        "'{}' is not a time: write a number with ms, s, m, h or d, as in 500ms; a year at most",
        text));
  }
  return number * one;
}

}  // namespace paddock::client
