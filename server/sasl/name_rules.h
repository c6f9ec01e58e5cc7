// SPDX-License-Identifier: Apache-2.0
//
// What ACLs call somebody whom Kerberos calls "alice/host@REALM": the rules of
// security.auth_to_local. Pure. Source: ZooKeeper KerberosName, SaslServerCallbackHandler.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/kerberos_name.h"
#include "base/error.h"

namespace paddock::sasl {

/// One rule: `DEFAULT`, or `RULE:[n:format](pattern)s/from/to/g`.
class NameRule {
 public:
  enum class Verdict : std::uint8_t {
    Foreign,   // the rule is not about such names
    Named,     // `name` is the short name
    Unusable,  // it is about them, and makes no simple name of this one
  };
  struct Outcome {
    Verdict verdict = Verdict::Foreign;
    std::string name{};
  };

  NameRule() = default;
  NameRule(const NameRule&) = delete;
  NameRule& operator=(const NameRule&) = delete;
  virtual ~NameRule() = default;

  [[nodiscard]] virtual Outcome apply(const auth::KerberosName& name,
                                      std::string_view default_realm) const = 0;
};

/// The rules, in the order in which they are tried.
class NameRules {
 public:
  /// *Errors*: which rule is none, and why.
  [[nodiscard]] static Result<NameRules> parse(std::string_view text);

  /// Nothing if no rule is about the name, or the one that is makes no simple name of it.
  [[nodiscard]] std::optional<std::string> short_name(const auth::KerberosName& name,
                                                      std::string_view default_realm) const;

 private:
  std::vector<std::unique_ptr<const NameRule>> rules_;
};

struct NameOptions {
  bool remove_host = false;
  bool remove_realm = false;
};

/// The id of whoever has authenticated as `name`; empty if it can be none. A name that no rule is
/// about stays whole, so that nobody is taken for somebody of another realm.
[[nodiscard]] std::string id_of(std::string_view name,
                                const NameRules& rules,
                                NameOptions options,
                                std::string_view default_realm);

}  // namespace paddock::sasl
