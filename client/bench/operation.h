// SPDX-License-Identifier: Apache-2.0
//
// The kinds of request that the load generator sends, and mixes of them ("get=90,set=10").
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/prng.h"

namespace paddock::bench {

enum class Operation : std::uint8_t {
  Get,
  Exists,
  Set,
  Create,
  Delete,
  Children,
  Multi,
  Sync
};

inline constexpr std::size_t kOperationCount = 8;
inline constexpr std::array kOperations = {Operation::Get,
                                           Operation::Exists,
                                           Operation::Set,
                                           Operation::Create,
                                           Operation::Delete,
                                           Operation::Children,
                                           Operation::Multi,
                                           Operation::Sync};

[[nodiscard]] std::string_view name(Operation operation);

[[nodiscard]] constexpr std::size_t index(Operation operation) {
  return static_cast<std::size_t>(operation);
}

/// Shares of the operations in a load.
class Mix {
 public:
  /// Text like "get=90,set=10"; a name alone ("get") has the share 1. Shares need not add up to
  /// 100.
  [[nodiscard]] static Result<Mix> parse(std::string_view text);

  [[nodiscard]] Operation pick(Prng& prng) const {
    if (only_one_) return first_;
    std::uint64_t at = prng.below(total_);
    std::size_t i = 0;
    while (at >= shares_[i]) at -= shares_[i++];
    return kOperations[i];
  }

  [[nodiscard]] bool contains(Operation operation) const { return shares_[index(operation)] > 0; }

 private:
  std::array<std::uint64_t, kOperationCount> shares_{};
  std::uint64_t total_ = 0;
  Operation first_ = Operation::Get;
  bool only_one_ = false;
};

}  // namespace paddock::bench
