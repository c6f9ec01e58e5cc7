// SPDX-License-Identifier: Apache-2.0
#include "sasl/login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::sasl {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kDigest = "org.apache.zookeeper.server.auth.DigestLoginModule";
constexpr const char* kKerberos = "com.sun.security.auth.module.Krb5LoginModule";

Result<Login> login_of_modules(const std::string& modules) {
  const auto file = parse_jaas("jaas.conf", "Server {\n" + modules + "\n};");
  if (!file) return std::unexpected(file.error());
  return login_of(*file, file->sections.front());
}

std::string error_of(const std::string& modules) {
  const auto login = login_of_modules(modules);
  return login ? "no error" : login.error().message;
}

TEST(Login, UsersOfAllDigestModulesMayCome) {
  const auto login =
      login_of_modules(std::string(kDigest) + " required user_a=\"1\" user_b=\"2\" debug=true; " +
                       kDigest + " required user_b=\"3\" username=\"c\" password=\"4\";");
  ASSERT_TRUE(login) << login.error().message;
  const Passwords& users = std::get<DigestLogin>(*login).users;
  ASSERT_EQ(users.size(), 2U);
  EXPECT_EQ(users.at("a").reveal(), "1");
  EXPECT_EQ(users.at("b").reveal(), "3");
}

TEST(Login, KerberosComesFirst) {
  const auto login = login_of_modules(
      std::string(kDigest) + " required user_a=\"1\"; " + kKerberos +
      " required useKeyTab=true storeKey=true keyTab=\"/x.keytab\" principal=\"zookeeper/h@R\";");
  ASSERT_TRUE(login) << login.error().message;
  EXPECT_EQ(std::get<KerberosLogin>(*login).principal, "zookeeper/h@R");
  EXPECT_EQ(std::get<KerberosLogin>(*login).key_table, "/x.keytab");
}

TEST(Login, KerberosHasADefaultKeyTable) {
  const auto login = login_of_modules(
      "com.ibm.security.auth.module.Krb5LoginModule required useKeyTab=true principal=\"z/h\";");
  ASSERT_TRUE(login) << login.error().message;
  EXPECT_EQ(std::get<KerberosLogin>(*login).key_table, "");
}

TEST(Login, WhatIsMissingIsSaid) {
  EXPECT_THAT(error_of(""), HasSubstr("jaas.conf:1: the section Server names nobody"));
  EXPECT_THAT(error_of(std::string(kDigest) + " required;"), HasSubstr("add user_<name>="));
  EXPECT_THAT(error_of(std::string(kDigest) + " required user_=\"x\";"),
              HasSubstr("jaas.conf:2: user_ needs a name"));
  EXPECT_THAT(error_of(std::string(kKerberos) + " required useTicketCache=true;"),
              HasSubstr("jaas.conf:2: a server needs a key table: useKeyTab=true"));
  for (const char* principal : {"", "principal=\"*\""}) {
    EXPECT_THAT(error_of(std::string(kKerberos) + " required useKeyTab=true " + principal + ";"),
                HasSubstr("needs principal=\"zookeeper/<host>@<REALM>\""));
  }
  EXPECT_THAT(error_of("org.example.OtherLoginModule required;"),
              HasSubstr("org.example.OtherLoginModule is not known here"));
}

TEST(Login, PasswordsMustHaveSomethingInThem) {
  EXPECT_THAT(error_of(std::string(kDigest) + " required user_a=\"\";"),
              HasSubstr("the password of user_a is empty"));
  EXPECT_THAT(error_of(std::string(kDigest) + " required user_a=\"hunter2\\0more\";"),
              AllOf(HasSubstr("has a zero byte"), Not(HasSubstr("hunter2"))));
}

}  // namespace
}  // namespace paddock::sasl
