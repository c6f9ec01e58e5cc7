// SPDX-License-Identifier: Apache-2.0
//
// Decisions about links between servers, apart from sockets: who dials whom, whom a server talks
// to, and which of two links to one server stays. Pure. Both ends decide alike: between two
// servers that dial each other at once it is the larger one's link that stays, and otherwise the
// newest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "wire/link_message.h"

namespace paddock::runtime {

/// How long `self` waits to be dialed by `peer` before it dials itself. None for the larger one and
/// for a joiner. The smaller member waits `patience`: the other may not know it, or not reach it.
[[nodiscard]] Duration dial_patience(const wire::Hello& self, ServerId peer, Duration patience);

/// Why `self` does not talk to who said `other`; nothing if it does. `dialed`: whom it meant to
/// dial; none if it was dialed itself. One sentence for the logs of both: what is wrong and what to
/// do.
[[nodiscard]] std::optional<std::string> objection(const wire::Hello& self,
                                                   const wire::Hello& other,
                                                   std::optional<ServerId> dialed);

enum class Newcomer : std::uint8_t {
  Stays,      // and the link that stands is closed
  Older,      // it is closed: a remnant of before the link that stands
  OtherDisk,  // it is refused: two servers claim one id
};

/// A second link to the server that said `standing`, on which `newcomer` was said.
[[nodiscard]] Newcomer judge_newcomer(const wire::Hello& standing, const wire::Hello& newcomer);
/// What the server that is refused as OtherDisk is told.
[[nodiscard]] std::string other_disk_text(const wire::Hello& self, const wire::Hello& other);

/// `peer` has dialed while this server is dialing it; `is_greeted`: this server's Hello is on its
/// way.
[[nodiscard]] bool own_attempt_stays(ServerId self, ServerId peer, bool is_greeted);

}  // namespace paddock::runtime
