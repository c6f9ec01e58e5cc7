// SPDX-License-Identifier: Apache-2.0
//
// The kinds of chunk in a snapshot file.
#pragma once

#include <cstdint>

namespace paddock::data {

/// A tree::pb::TreeChunk.
inline constexpr std::uint32_t kChunkTree = 1;
/// The sessions, data/snapshot_sessions.h.
inline constexpr std::uint32_t kChunkSessions = 2;
/// Transactions one after the other, data/transactions.h: of a backup's log.
inline constexpr std::uint32_t kChunkTransactions = 3;

}  // namespace paddock::data
