// SPDX-License-Identifier: Apache-2.0
#include "config/client_limits.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/ip_range.h"
#include "config/key.h"
#include "config/limit_field.h"
#include "config/loading.h"
#include "config/text.h"

namespace paddock::config {
namespace {

struct Number {
  std::string_view name;
  std::int64_t ClientLimit::* member;
};

constexpr std::array kNumbers{Number{"requestsPerSecond", &ClientLimit::requests_per_second},
                              Number{"bytesPerSecond", &ClientLimit::bytes_per_second},
                              Number{"connections", &ClientLimit::connections},
                              Number{"watches", &ClientLimit::watches},
                              Number{"sessions", &ClientLimit::sessions},
                              Number{"ephemerals", &ClientLimit::ephemerals}};

/// What a quota limits, and nothing else can.
constexpr std::array<std::string_view, 2> kOfQuotas{"znodes", "bytes"};
constexpr std::string_view kUseQuotas =
    "a znode does not say who made it; what a part of the tree may hold is a matter of quotas: "
    "setquota -N (znodes) or -B (bytes) with enforceQuota=true";

constexpr std::array<std::string_view, 7> kSchemes{
    "ip", "digest", "sasl", "x509", "san", "jwt", "path"};

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<> parse_match(std::string_view value, ClientLimit& limit) {
  const std::size_t colon = value.find(':');
  limit.scheme = value.substr(0, colon);
  limit.pattern = colon == std::string_view::npos ? "" : value.substr(colon + 1);
  if (value == "any") return {};
  if (std::ranges::find(kSchemes, limit.scheme) == kSchemes.end() || limit.pattern.empty()) {
    return fail(
        "expected any, or ip:, digest:, sasl:, x509:, san:, jwt: or path: and what to match");
  }
  if (limit.scheme == "ip" && !IpRange::parse(limit.pattern)) {
    return fail("expected an address, or one with a number of bits as 10.0.0.0/8");
  }
  if (limit.scheme == "path" && !limit.pattern.starts_with('/')) {
    return fail("expected a path that begins with /");
  }
  return {};
}

}  // namespace

std::string allowed_client_limit() {
  return "match, requestsPerSecond, bytesPerSecond, connections, watches, sessions or ephemerals "
         "behind the name";
}

Result<> parse_client_limit(std::string_view suffix, std::string_view value, Draft& draft) {
  const std::size_t dot = suffix.find('.');
  const std::string_view name = suffix.substr(0, dot);
  if (dot == std::string_view::npos || !is_name(name)) {
    return fail("expected paddock.limit.<name>.<what>, with a name of letters, digits and _");
  }
  ClientLimit& limit = draft.config.limits.clients[std::string(name)];
  const std::string_view what = suffix.substr(dot + 1);
  if (what == "match") return parse_match(value, limit);
  if (std::ranges::find(kOfQuotas, what) != kOfQuotas.end()) return fail(std::string(kUseQuotas));
  const auto number = std::ranges::find(kNumbers, what, &Number::name);
  if (number == kNumbers.end()) return fail("expected " + allowed_client_limit());
  const auto parsed = parse_integer(value);
  if (!parsed || *parsed < 0) return fail("expected a whole number of at least 0");
  limit.*(number->member) = *parsed;
  return {};
}

std::string show_client_limits(const ServerConfig& config) {
  std::string names;
  for (const auto& [name, limit] : config.limits.clients) {
    names += (names.empty() ? "" : ",") + name;
  }
  return names;
}

void check_client_limits(Loading& loading) {
  const ClientLimitMap& limits = loading.draft.config.limits.clients;
  if (limits.size() > kClientLimitsMax) {
    loading.error(fmt::format(
        "paddock.limit: there are {} names; {} are possible", limits.size(), kClientLimitsMax));
  }
  for (const auto& [name, limit] : limits) {
    if (limit.scheme.empty()) {
      loading.error(
          fmt::format("paddock.limit.{} needs a line paddock.limit.{}.match", name, name));
    }
    const bool is_held =
        limit.connections > 0 || limit.watches > 0 || limit.sessions > 0 || limit.ephemerals > 0;
    if (limit.scheme == "path" && is_held) {
      loading.error(fmt::format(
          "paddock.limit.{}: a path has no connections, watches, sessions and ephemerals of its "
          "own to be limited; requestsPerSecond and bytesPerSecond are possible, and quotas "
          "(setquota -N with enforceQuota=true) limit its znodes, ephemerals among them",
          name));
    }
  }
}

}  // namespace paddock::config
