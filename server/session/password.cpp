// SPDX-License-Identifier: Apache-2.0
#include "session/password.h"

#include <cstdint>

namespace paddock::session {

namespace {

constexpr std::uint64_t kSecret = 0xb3415c00U;

// java.util.Random: a linear congruential generator of 48 bits that gives its upper 32.
constexpr std::uint64_t kMultiplier = 0x5deece66dU;
constexpr std::uint64_t kIncrement = 0xb;
constexpr std::uint64_t kStateMask = (std::uint64_t{1} << 48U) - 1;

}  // namespace

Password password_of(SessionId id) {
  const std::uint64_t seed = static_cast<std::uint64_t>(raw(id)) ^ kSecret;
  std::uint64_t state = (seed ^ kMultiplier) & kStateMask;
  Password password{};
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < password.size(); ++i) {
    if (i % 4 == 0) {
      state = (state * kMultiplier + kIncrement) & kStateMask;
      word = state >> 16U;
    }
    password[i] = static_cast<char>(word & 0xffU);
    word >>= 8U;
  }
  return password;
}

}  // namespace paddock::session
