// SPDX-License-Identifier: Apache-2.0
//
// The four-letter words that a server answers without a session ("srvr", "ruok", "isro", …): one
// short connection each. Blocking; any thread.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "client_session/host_list.h"
#include "client_tls/tls_source.h"

namespace paddock::client {

/// The server's whole answer to `word` (four characters). `tls`: what to speak TLS with; null: it
/// is spoken plainly. Error: no connection, or no end of the answer within `limit`.
[[nodiscard]] Result<std::string> four_letter_word(const Host& host,
                                                   View word,
                                                   Duration limit,
                                                   const std::shared_ptr<TlsSource>& tls);

}  // namespace paddock::client
