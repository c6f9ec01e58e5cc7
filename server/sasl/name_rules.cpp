// SPDX-License-Identifier: Apache-2.0
#include "sasl/name_rules.h"

#include "sasl/name_rule_parser.h"

namespace paddock::sasl {

Result<NameRules> NameRules::parse(std::string_view text) {
  NameRules rules;
  NameRuleParser parser(text);
  while (!parser.at_end()) {
    auto rule = parser.take_rule();
    PADDOCK_TRY(rule);
    rules.rules_.push_back(std::move(*rule));
  }
  return rules;
}

std::optional<std::string> NameRules::short_name(const auth::KerberosName& name,
                                                 std::string_view default_realm) const {
  if (!name.host && !name.realm) return std::string(name.service);
  for (const auto& rule : rules_) {
    NameRule::Outcome outcome = rule->apply(name, default_realm);
    if (outcome.verdict == NameRule::Verdict::Foreign) continue;
    if (outcome.verdict == NameRule::Verdict::Unusable) return std::nullopt;
    return std::move(outcome.name);
  }
  return std::nullopt;
}

std::string id_of(std::string_view name,
                  const NameRules& rules,
                  NameOptions options,
                  std::string_view default_realm) {
  const auto parts = auth::KerberosName::parse(name);
  if (!parts) return {};
  auto id = rules.short_name(*parts, default_realm);
  if (!id) return std::string(name);
  if (id->empty()) return {};
  if (parts->host && !options.remove_host) id->append("/").append(*parts->host);
  if (parts->realm && !options.remove_realm) id->append("@").append(*parts->realm);
  return std::move(*id);
}

}  // namespace paddock::sasl
