// SPDX-License-Identifier: Apache-2.0
#include "auth/x509_name.h"

#include <gtest/gtest.h>

namespace paddock::auth {
namespace {

TEST(X509Name, IsAListOfAttributes) {
  for (const View name : {"CN=alice",
                          "cn=alice, o=Example; C = SE",
                          "CN=alice+UID=7,O=Example",
                          "1.2.840.113549.1.9.1=#1603614062,CN=alice",
                          "OID.2.5.4.3=alice",
                          R"(CN=a\,b,O="x, y")",
                          "CN=",
                          "EMAILADDRESS=a@b"}) {
    EXPECT_TRUE(is_x509_name(name)) << name;
  }
}

TEST(X509Name, IsNothingElse) {
  for (const View name : {"",
                          "alice",
                          "=alice",
                          "NAME=alice",
                          "CN=alice,",
                          "CN=alice,Example",
                          R"(CN="alice)",
                          R"(CN=alice\)",
                          "1..2=x",
                          ".1.2=x",
                          "12=x"}) {
    EXPECT_FALSE(is_x509_name(name)) << name;
  }
}

}  // namespace
}  // namespace paddock::auth
