// SPDX-License-Identifier: Apache-2.0
#include "jwt/base64url.h"

#include <gtest/gtest.h>

namespace paddock::jwt {
namespace {

TEST(Base64Url, DecodesWhatRfc4648Has) {
  EXPECT_EQ(decode_base64url(""), "");
  EXPECT_EQ(decode_base64url("Zg"), "f");
  EXPECT_EQ(decode_base64url("Zm8"), "fo");
  EXPECT_EQ(decode_base64url("Zm9vYmFy"), "foobar");
  EXPECT_EQ(decode_base64url("-_-_"), "\xfb\xff\xbf");
}

TEST(Base64Url, RefusesWhatNoEncoderMakes) {
  for (const View text : {"Z", "Zg==", "Zm9v\n", "Zm 8", "Zm9+", "Zm9/", "Zh", "Zm9vY"}) {
    EXPECT_EQ(decode_base64url(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace paddock::jwt
