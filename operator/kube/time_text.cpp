// SPDX-License-Identifier: Apache-2.0
#include "kube/time_text.h"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

namespace paddock::kube {

namespace {

using Milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

std::string seconds_text(WallTime at, int& millis) {
  const Milliseconds time{milliseconds(at.ms)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  millis = static_cast<int>(clock.subseconds().count());
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()),
                     clock.hours().count(),
                     clock.minutes().count(),
                     clock.seconds().count());
}

/// Reads a text from its beginning to its end.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  /// Exactly so many digits, and no more than `max`.
  int number(std::size_t digits, int max) {
    int value = 0;
    const std::string_view text = rest_.substr(0, digits);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = text.size() == digits && end == text.data() + digits && text[0] != '-';
    if (error != std::errc() || !is_whole || value > max) is_good_ = false;
    rest_.remove_prefix(text.size());
    return value;
  }
  bool accept(char letter) {
    if (rest_.empty() || rest_.front() != letter) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char letter) {
    if (!accept(letter)) is_good_ = false;
  }
  /// ".123456" as milliseconds, rounded down.
  std::int64_t fraction() {
    std::int64_t ms = 0;
    std::int64_t weight = 100;
    if (!accept('.')) return 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1)) {
      ms += (rest_.front() - '0') * weight;
      weight /= 10;
    }
    return ms;
  }
  /// How far the zone's clock is ahead.
  std::chrono::minutes zone() {
    if (accept('Z') || accept('z')) return {};
    const bool is_ahead = accept('+');
    if (!is_ahead) expect('-');
    const int hours = number(2, 23);
    expect(':');
    const std::chrono::minutes ahead(hours * 60 + number(2, 59));
    return is_ahead ? ahead : -ahead;
  }
  [[nodiscard]] bool is_done() const { return is_good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool is_good_ = true;
};

std::chrono::year_month_day read_date(Scanner& in) {
  const int year = in.number(4, 9999);
  in.expect('-');
  const auto month = static_cast<unsigned>(in.number(2, 31));
  in.expect('-');
  const auto day = static_cast<unsigned>(in.number(2, 31));
  return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
}

milliseconds read_clock(Scanner& in) {
  const std::chrono::hours hours(in.number(2, 23));
  in.expect(':');
  const std::chrono::minutes minutes(in.number(2, 59));
  in.expect(':');
  const seconds whole(in.number(2, 60));
  return hours + minutes + whole + milliseconds(in.fraction());
}

}  // namespace

std::string micro_time(WallTime at) {
  int millis = 0;
  const std::string text = seconds_text(at, millis);
  return fmt::format("{}.{:03}000Z", text, millis);
}

std::string time_text(WallTime at) {
  int millis = 0;
  return seconds_text(at, millis) + "Z";
}

std::optional<WallTime> parse_time(std::string_view text) {
  Scanner in(text);
  const auto date = read_date(in);
  in.expect('T');
  const milliseconds clock = read_clock(in);
  const std::chrono::minutes ahead = in.zone();
  if (!in.is_done() || !date.ok()) return std::nullopt;
  const Milliseconds time = std::chrono::sys_days(date) + clock - ahead;
  // By its zone it may be of a year that cannot be written.
  const auto year = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time)).year();
  if (year < std::chrono::year(0) || year > std::chrono::year(9999)) return std::nullopt;
  return WallTime{time.time_since_epoch().count()};
}

}  // namespace paddock::kube
