// SPDX-License-Identifier: Apache-2.0
#include "session/password.h"

#include <string>

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace paddock::session {
namespace {

std::string hex(const Password& password) {
  static constexpr View kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : password) {
    const auto value = static_cast<unsigned char>(byte);
    text += kDigits[value >> 4U];
    text += kDigits[value & 15U];
  }
  return text;
}

struct Vector {
  std::int64_t id;
  View password;
};

class PasswordVector : public testing::TestWithParam<Vector> {};

TEST_P(PasswordVector, IsWhatAJavaServerComputes) {
  EXPECT_EQ(hex(password_of(SessionId{GetParam().id})), GetParam().password);
}

INSTANTIATE_TEST_SUITE_P(
    Golden,
    PasswordVector,
    testing::Values(Vector{0x0100000000000000, "f22acd4a97e69d6d20a49bb638eadb38"},
                    Vector{0x0100000000000001, "054cc74a37327db215e702e20c73f005"},
                    Vector{0x10000a2b3c4d0007, "e2892ef462600b6f0fd16f4716994367"},
                    Vector{0x0200001234567890, "9da8e91aee547be57a1b12a954f951c0"},
                    Vector{-1, "20f62cb5648dc2d771471c8a2486a9ee"}));

}  // namespace
}  // namespace paddock::session
