// SPDX-License-Identifier: Apache-2.0
//
// The four-letter words as text, byte for byte as ZooKeeper's scripts and exporters expect them.
// Pure: called by the runtime with a report that it gathered. Source: ZooKeeper server.command.*.
#pragma once

#include <string>

#include "admin/authority.h"
#include "admin/server_report.h"
#include "base/bytes.h"

namespace paddock::admin {

/// What must be in the report that a word is answered from.
[[nodiscard]] Parts parts_of_word(View word);

/// Who may ask it.
[[nodiscard]] Access access_of_word(View word);

/// The answer to a word that is_four_letter_word(). `report.serving` false gives the text that says
/// so for all words that need a serving server. `crst` and `srst` only say that the caller has
/// reset the counters, `stmk` that it has set `report.trace_mask`.
[[nodiscard]] std::string answer_word(View word, const ServerReport& report);

}  // namespace paddock::admin
