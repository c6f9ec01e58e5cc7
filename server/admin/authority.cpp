// SPDX-License-Identifier: Apache-2.0
#include "admin/authority.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "auth/access.h"
#include "auth/base64.h"
#include "auth/ip_address.h"
#include "base/assert.h"

namespace paddock::admin {

namespace {

bool is_ignoring_case(View a, View b) {
  return std::ranges::equal(a, b, [](unsigned char left, unsigned char right) {
    return std::tolower(left) == std::tolower(right);
  });
}

bool matches(const Rule& rule, const jute::Id& identity) {
  if (rule.scheme != identity.scheme) return false;
  return rule.scheme == "ip" ? auth::is_ip_in_range(identity.id, rule.id) : rule.id == identity.id;
}

bool names(const std::vector<Rule>& rules, const auth::IdentitySet& identities) {
  return std::ranges::any_of(rules, [&](const Rule& rule) {
    if (rule.scheme == "world") return true;
    return std::ranges::any_of(identities.view(),
                               [&](const jute::Id& identity) { return matches(rule, identity); });
  });
}

struct Credential {
  View scheme;
  std::string proof;
};

/// What stands behind the first space; Basic is the web's way to say a user and a password.
Credential credential_of(View authorization) {
  const std::size_t space = authorization.find(' ');
  const View scheme = authorization.substr(0, space);
  View rest = space == View::npos ? View{} : authorization.substr(space + 1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (is_ignoring_case(scheme, "basic")) return {"digest", auth::from_base64(rest)};
  if (is_ignoring_case(scheme, "digest")) return {"digest", std::string(rest)};
  if (is_ignoring_case(scheme, "bearer")) return {"jwt", std::string(rest)};
  return {scheme, std::string(rest)};
}

/// Whether the credential, if there is one, is good.
bool authenticate(const auth::Authenticator& authenticator,
                  const Caller& caller,
                  auth::IdentitySet& identities) {
  if (caller.authorization.empty()) return true;
  const Credential credential = credential_of(caller.authorization);
  // They are known from the connection; ZooKeeper has clients name them.
  if (credential.scheme == "ip" || credential.scheme == "x509") return true;
  const bool is_digest = credential.scheme == "digest";
  if (is_digest && credential.proof.find(':') == std::string::npos) return false;
  return authenticator.authenticate(credential.scheme, credential.proof, caller.now, identities) ==
         ErrorCode::Ok;
}

}  // namespace

Decision Authority::decide(Access access, const Caller& caller) const {
  Decision decision;
  decision.identities.add("ip", caller.ip);
  authenticator_.add_certificate(caller.subject, caller.names, decision.identities);
  const bool is_good = authenticate(authenticator_, caller, decision.identities);
  if (permits(access, caller, decision.identities)) {
    decision.verdict = Verdict::Allowed;
  } else {
    const bool has_said = is_good && decision.identities.view().count() > 1;
    decision.verdict = has_said ? Verdict::Forbidden : Verdict::Unknown;
  }
  return decision;
}

bool Authority::permits(Access access,
                        const Caller& caller,
                        const auth::IdentitySet& identities) const {
  switch (access) {
    case Access::Probe:
    case Access::Read:
      return true;
    case Access::ConfidentialRead:
    case Access::Change:
      break;
  }
  if (caller.is_local && options_.trust_loopback) return true;
  if (auth::is_super(identities.view()) || names(options_.operators, identities)) return true;
  return access == Access::ConfidentialRead && names(options_.readers, identities);
}

std::string refusal(Access access, Verdict verdict, View what) {
  PADDOCK_ASSERT(verdict != Verdict::Allowed);
  return fmt::format(
      "{} {}: it is for {}{}, and for clients on the server's own machine unless "
      "paddock.admin.trustLoopback is false. {}",
      what,
      access == Access::Change ? "changes the server" : "is confidential",
      access == Access::Change ? "" : "those that paddock.admin.readers names, for ",
      "those that paddock.admin.operators names",
      verdict == Verdict::Unknown ? "Say who you are: by a certificate, or 'Authorization: digest "
                                    "user:password'"
                                  : "You are none of them");
}

}  // namespace paddock::admin
