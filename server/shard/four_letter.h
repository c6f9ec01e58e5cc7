// SPDX-License-Identifier: Apache-2.0
//
// The four-letter words: which first four bytes of a connection are one, and which of them are
// enabled. Source: ZooKeeper FourLetterCommands.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace paddock::shard {

/// Whether four bytes are a word that servers know. Anything else is the length of a handshake.
[[nodiscard]] bool is_four_letter_word(View bytes);

/// Whether a word is in the whitelist; `srvr` always is, as ZooKeeper's own scripts need it.
[[nodiscard]] bool is_enabled(View word, const std::vector<std::string>& whitelist);

}  // namespace paddock::shard
