// SPDX-License-Identifier: Apache-2.0
#include "admin/text.h"

#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace paddock::admin {

std::string java_double(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string hex(std::int64_t value) {
  return fmt::format("0x{:x}", static_cast<std::uint64_t>(value));
}

std::string java_date(std::int64_t wall_ms) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(wall_ms));
  const std::chrono::sys_seconds time(seconds);
  return fmt::format("{:%a %b %d %H:%M:%S} UTC {:%Y}",
                     fmt::gmtime(std::chrono::system_clock::time_point(time)),
                     fmt::gmtime(std::chrono::system_clock::time_point(time)));
}

}  // namespace paddock::admin
