// SPDX-License-Identifier: Apache-2.0
//
// The text of security.auth_to_local, rule by rule. Source: ZooKeeper KerberosName.parseRules.
#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "sasl/name_rules.h"

namespace paddock::sasl {

class NameRuleParser {
 public:
  explicit NameRuleParser(std::string_view text) : rest_(text) { skip_blanks(); }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  /// *Errors*: what is wrong with the rule that comes next.
  [[nodiscard]] Result<std::unique_ptr<const NameRule>> take_rule();

 private:
  void skip_blanks();
  [[nodiscard]] bool skip(std::string_view text);
  /// The text before `end`, which is skipped too.
  [[nodiscard]] Result<std::string_view> take_until(char end);
  [[nodiscard]] Result<std::unique_ptr<const NameRule>> take_rewriting_rule();

  std::string_view rest_;
};

}  // namespace paddock::sasl
