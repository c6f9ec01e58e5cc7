// SPDX-License-Identifier: Apache-2.0
#include "client_tls/loss.h"

#include <fmt/format.h>

#include "base/error.h"

namespace paddock::client {

namespace {

bool has(View text, View part) {
  return text.find(part) != View::npos;
}

/// OpenSSL's words say what happened and not who did it.
std::string in_plain_words(View complaint) {
  constexpr View kOurRefusal = "certificate verify failed";
  if (complaint.starts_with(kOurRefusal)) {
    const View why = complaint.substr(kOurRefusal.size());
    return fmt::format("its certificate is refused here{}", why);
  }
  if (has(complaint, "alert certificate required")) return "it wants a certificate of this client";
  if (has(complaint, "alert") && (has(complaint, "certificate") || has(complaint, "unknown ca"))) {
    return fmt::format("it refuses this client's certificate: {}", complaint);
  }
  if (has(complaint, "alert")) {
    return fmt::format("it refuses, perhaps for want of a certificate: {}", complaint);
  }
  if (has(complaint, "wrong version number")) return "it does not speak TLS on this port";
  return std::string(complaint);
}

}  // namespace

std::string why_lost(View server, const Ending& ending) {
  if (!ending.complaint.empty()) {
    return fmt::format("no TLS with {}: {}", server, in_plain_words(ending.complaint));
  }
  const std::string reason =
      ending.error == 0 ? "it closed the connection" : errno_text(ending.error);
  if (ending.is_tls && !ending.has_heard) {
    return fmt::format(
        "no TLS with {}: {} before it said anything; is this its port for TLS?", server, reason);
  }
  return fmt::format("lost the connection to {}: {}", server, reason);
}

bool is_tls_answer(View first_bytes) {
  return first_bytes.starts_with("\x15\x03") || first_bytes.starts_with("\x16\x03");
}

}  // namespace paddock::client
