// SPDX-License-Identifier: Apache-2.0
//
// Who may do what on the admin port and by four-letter words: one layer for all ways in. Everything
// that is answered has a class, and a class has those who may. Pure. What a request says of where
// it comes from is never believed (CVE-2024-51504); what it proves, and its connection, are.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "auth/identities.h"
#include "base/bytes.h"
#include "base/time.h"

namespace paddock::admin {

enum class Access : std::uint8_t {
  Probe,             // anybody: whether it lives
  Read,              // anybody: numbers and state, which name nobody
  ConfidentialRead,  // who is connected, what is watched, how it is configured
  Change,
};

struct Rule {
  std::string scheme;
  std::string id;
};

struct AuthorityOptions {
  /// For ConfidentialRead; operators may too.
  std::vector<Rule> readers;
  std::vector<Rule> operators;
  /// Whoever connects from this machine may do everything.
  bool trust_loopback = true;
};

/// Who asks, as the connection tells it.
struct Caller {
  View ip{};
  bool is_local = false;
  View subject{};                        // of a certificate; empty without
  std::span<const std::string> names{};  // its alternative ones
  /// "digest user:password", as ZooKeeper's Authorization header has it, "Basic …" or, with a
  /// token, "Bearer …"; empty without.
  View authorization{};
  WallTime now{};
};

enum class Verdict : std::uint8_t {
  Allowed,
  Unknown,    // it may be somebody who may, and has not said who
  Forbidden,  // it has
};

struct Decision {
  Verdict verdict{};
  auth::IdentitySet identities{};  // whom it has proven to be
};

class Authority {
 public:
  Authority(AuthorityOptions options, const auth::Authenticator& authenticator)
      : options_(std::move(options)), authenticator_(authenticator) {}

  [[nodiscard]] Decision decide(Access access, const Caller& caller) const;

 private:
  [[nodiscard]] bool permits(Access access,
                             const Caller& caller,
                             const auth::IdentitySet& identities) const;

  AuthorityOptions options_;
  const auth::Authenticator& authenticator_;
};

/// What is said to somebody who may not: what is needed.
[[nodiscard]] std::string refusal(Access access, Verdict verdict, View what);

}  // namespace paddock::admin
