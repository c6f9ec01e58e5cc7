// SPDX-License-Identifier: Apache-2.0
#include "client_text/quota_text.h"

#include <charconv>

#include <fmt/format.h>

namespace paddock::client {

namespace {

Result<std::int64_t> parse_number(View text) {
  if (text.empty()) return -1;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail(fmt::format("the quota has '{}' where a number is expected", text));
  }
  return number;
}

Result<> apply(Quota& quota, View pair) {
  const std::size_t equals = pair.find('=');
  const View key = pair.substr(0, equals);
  View value = equals == View::npos ? View{} : pair.substr(equals + 1);
  value = value.substr(0, value.find('='));
  const auto number = parse_number(value);
  if (!number) return std::unexpected(number.error());
  if (key == "count") quota.count = *number;
  if (key == "bytes") quota.bytes = *number;
  if (key == "countHardLimit") quota.count_hard = *number;
  if (key == "byteHardLimit") quota.bytes_hard = *number;
  quota.has_hard = quota.has_hard || key == "countHardLimit" || key == "byteHardLimit";
  return {};
}

}  // namespace

Result<Quota> parse_quota(View text) {
  Quota quota;
  View rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find_first_of(",;");
    const View pair = rest.substr(0, end);
    rest = end == View::npos ? View{} : rest.substr(end + 1);
    if (pair.empty()) continue;
    PADDOCK_TRY(apply(quota, pair));
  }
  return quota;
}

std::string to_string(const Quota& quota) {
  std::string text = fmt::format("count={},bytes={}", quota.count, quota.bytes);
  // The extra '=' makes older parsers stop here.
  if (quota.has_hard) {
    text += fmt::format("=;byteHardLimit={};countHardLimit={}", quota.bytes_hard, quota.count_hard);
  }
  return text;
}

std::string quota_path(View path) {
  return fmt::format("{}{}", kQuotaRoot, path == "/" ? View{} : path);
}

std::string quota_limits_path(View path) {
  return fmt::format("{}/{}", quota_path(path), kQuotaLimitsName);
}

std::string quota_stats_path(View path) {
  return fmt::format("{}/{}", quota_path(path), kQuotaStatsName);
}

}  // namespace paddock::client
