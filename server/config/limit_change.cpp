// SPDX-License-Identifier: Apache-2.0
#include "config/limit_change.h"

#include "config/limit_field.h"
#include "config/loading.h"

namespace paddock::config {

Result<> put_limit(const std::string& name,
                   std::span<const std::pair<std::string, std::string>> lines,
                   ClientLimitMap& limits) {
  const Sources no_sources;
  Loading loading{.sources = no_sources, .draft = {}, .result = {}, .environment_id = {}};
  ClientLimitMap& changed = loading.draft.config.limits.clients;
  changed = limits;
  changed.erase(name);
  for (const auto& [what, value] : lines) {
    std::string suffix = name;
    suffix += '.';
    suffix += what;
    if (auto parsed = parse_client_limit(suffix, value, loading.draft); !parsed) {
      return fail("paddock.limit." + suffix + ": " + parsed.error().message);
    }
  }
  check_client_limits(loading);
  if (!loading.result.errors.empty()) return fail(loading.result.errors.front());
  limits = std::move(changed);
  return {};
}

std::string match_text(const ClientLimit& limit) {
  return limit.pattern.empty() ? limit.scheme : limit.scheme + ":" + limit.pattern;
}

}  // namespace paddock::config
