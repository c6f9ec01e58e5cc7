// SPDX-License-Identifier: Apache-2.0
//
// Why there is no connection any more, for the person who has to put it right: which side refused
// whom, and whether one of them speaks TLS and the other does not. Pure.
#pragma once

#include <string>

#include "base/bytes.h"

namespace paddock::client {

struct Ending {
  bool is_tls = false;
  /// Whether anything was received before, inside of TLS.
  bool has_heard = false;
  /// What OpenSSL complained of; empty: of nothing.
  std::string complaint{};
  /// Of the socket; 0: the other side has only gone away.
  int error = 0;
};

/// "no TLS with h:1: its certificate has expired".
[[nodiscard]] std::string why_lost(View server, const Ending& ending);

/// Whether the first bytes of a server that was spoken to plainly are TLS's. ZooKeeper's never are:
/// they would be the length of a frame of 352 MB.
[[nodiscard]] bool is_tls_answer(View first_bytes);

}  // namespace paddock::client
