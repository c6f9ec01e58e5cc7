// SPDX-License-Identifier: Apache-2.0
//
// What we show to an API server and what we want to see of it, as bytes; and when to look for them
// again. Pure; who reads files and runs programs is elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "kube/kubeconfig.h"
#include "kube/object.h"

namespace paddock::kube {

/// Hold secrets: never shown.
struct Credentials {
  std::string authorization{};    // the header's value; empty: none
  std::string authority_pem{};    // whom to trust; empty: whom the system trusts
  std::string certificate_pem{};  // of ours; empty: none
  std::string key_pem{};
  std::optional<WallTime> expires{};

  [[nodiscard]] bool has_same_tls(const Credentials& other) const;
};

/// "Basic …" for a user with a password.
[[nodiscard]] std::string basic_authorization(const User& user);

/// What an exec plugin has printed: token or certificate, and when they end. *Errors*: it is no
/// ExecCredential of this version, or has neither.
[[nodiscard]] Result<Credentials> parse_exec_credential(View output, const ExecPlugin& plugin);

/// What an exec plugin is told in KUBERNETES_EXEC_INFO.
[[nodiscard]] std::string exec_info(const ExecPlugin& plugin,
                                    const ClusterAccess& access,
                                    const std::string& authority_pem);

/// Those in force, and whether it is time for others. Files may be written anew at any time; what a
/// plugin printed is good until it expires. What cannot be read leaves in force what was.
class CredentialCache {
 public:
  enum class Source : std::uint8_t {
    Files,
    Plugin,
  };

  explicit CredentialCache(Source source) : source_(source) {}

  [[nodiscard]] bool is_due(Now now) const;
  void on_read(Result<Credentials> credentials, Now now);
  /// The server did not take those of this version.
  void on_rejected(std::uint64_t version);

  /// Null until something has been read.
  [[nodiscard]] const Credentials* current() const;
  /// Rises with each change.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  /// Why the last reading failed; empty if it did not.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  Source source_;
  std::optional<Credentials> current_;
  std::uint64_t version_ = 0;
  bool is_rejected_ = false;
  std::optional<MonotonicTime> read_at_;    // or tried to
  std::optional<MonotonicTime> reread_at_;  // because of a rejection
  std::string problem_;
};

}  // namespace paddock::kube
