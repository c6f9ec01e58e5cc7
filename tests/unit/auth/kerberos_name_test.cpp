// SPDX-License-Identifier: Apache-2.0
#include "auth/kerberos_name.h"

#include <gtest/gtest.h>

namespace paddock::auth {
namespace {

TEST(KerberosName, HasUpToThreeParts) {
  const auto full = KerberosName::parse("service/host@REALM");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->service, "service");
  EXPECT_EQ(full->host, "host");
  EXPECT_EQ(full->realm, "REALM");
  const auto user = KerberosName::parse("alice@REALM");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->service, "alice");
  EXPECT_FALSE(user->host);
  EXPECT_EQ(user->realm, "REALM");
  const auto bare = KerberosName::parse("@");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->service, "");
  EXPECT_EQ(bare->realm, "");
}

TEST(KerberosName, WithoutARealmIsOnePart) {
  for (const std::string_view text : {"alice", "a/b", "a/b/c", ""}) {
    const auto name = KerberosName::parse(text);
    ASSERT_TRUE(name) << text;
    EXPECT_EQ(name->service, text);
    EXPECT_FALSE(name->host);
    EXPECT_FALSE(name->realm);
  }
}

TEST(KerberosName, OtherNamesAreNone) {
  for (const std::string_view text : {"a/b/c@R", "a@R@S", "a@R/b", "@@"}) {
    EXPECT_FALSE(KerberosName::parse(text)) << text;
  }
}

}  // namespace
}  // namespace paddock::auth
