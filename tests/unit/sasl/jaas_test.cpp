// SPDX-License-Identifier: Apache-2.0
#include "sasl/jaas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::sasl {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string error_of(std::string_view text) {
  const auto file = parse_jaas("jaas.conf", text);
  return file ? "no error" : file.error().message;
}

std::string value_of(const LoginModule& module, std::string_view option) {
  const config::Secret* value = module.find(option);
  return value == nullptr ? "(none)" : value->reveal();
}

TEST(Jaas, HasSectionsOfModulesWithOptions) {
  const auto file = parse_jaas("jaas.conf", R"(
    // Of the server.
    Server {
      org.apache.zookeeper.server.auth.DigestLoginModule required
        user_super="admin secret" /* over
        lines */ user_bob=word;
      com.sun.security.auth.module.Krb5LoginModule OPTIONAL;
    };
    Client { a.B sufficient x="1" x="2"; };
    "In Quotes" { };
  )");
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_EQ(file->sections.size(), 3U);
  const JaasSection* server = file->find("Server");
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->line, 3U);
  ASSERT_EQ(server->modules.size(), 2U);
  EXPECT_EQ(server->modules[0].class_name, "org.apache.zookeeper.server.auth.DigestLoginModule");
  EXPECT_EQ(value_of(server->modules[0], "user_super"), "admin secret");
  EXPECT_EQ(value_of(server->modules[0], "user_bob"), "word");
  EXPECT_EQ(value_of(server->modules[0], "user_carol"), "(none)");
  EXPECT_EQ(server->modules[1].line, 7U);
  EXPECT_EQ(value_of(file->find("Client")->modules.front(), "x"), "2");
  EXPECT_NE(file->find("In Quotes"), nullptr);
  EXPECT_EQ(file->find("server"), nullptr);
}

TEST(Jaas, QuotedTextsHaveEscapes) {
  const auto file = parse_jaas(
      "jaas.conf", R"(S { a.B required a="q\"\\n\n\tz" b='single "q"' c="\101\7\0601" d=""; };)");
  ASSERT_TRUE(file) << file.error().message;
  const LoginModule& module = file->sections.front().modules.front();
  EXPECT_EQ(value_of(module, "a"), "q\"\\n\n\tz");
  EXPECT_EQ(value_of(module, "b"), "single \"q\"");
  EXPECT_EQ(value_of(module, "c"), "A\a01");
  EXPECT_EQ(value_of(module, "d"), "");
}

TEST(Jaas, AnEmptyFileHasNoSection) {
  EXPECT_TRUE(parse_jaas("jaas.conf", "")->sections.empty());
  EXPECT_TRUE(parse_jaas("jaas.conf", " // nothing")->sections.empty());
}

struct Bad {
  const char* text;
  const char* error;
};

class BadJaas : public testing::TestWithParam<Bad> {};

INSTANTIATE_TEST_SUITE_P(
    Files,
    BadJaas,
    testing::Values(
        Bad{"Server", "jaas.conf:1: expected '{' behind the name of a section, found the end"},
        Bad{"Server {\n a.B required\n", "jaas.conf:3: expected an option, or ';' behind the last"},
        Bad{"S { a.B required; }", "jaas.conf:1: expected ';' behind the '}' of a section"},
        Bad{"S { a.B needed x=1; };", "expected required, requisite, sufficient or optional"},
        Bad{"S { a.B required x; };",
            "jaas.conf:1: expected '=' behind the name of an option, found ';'"},
        Bad{"S { a.B required x=; };", "jaas.conf:1: expected the value of an option, found ';'"},
        Bad{"S { a.B; };", "required, requisite, sufficient or optional, found ';'"},
        Bad{"S {};\n\nS {};", "jaas.conf:3: the section S is there already, in line 1"},
        Bad{"S { a.B required x=\"1\n\"; };", "jaas.conf:1: the quoted text does not end in its"},
        Bad{"\n/* S", "jaas.conf:2: the comment does not end"},
        Bad{"S { a.B required x=/etc/x; };", "a character that must stand between quotes"},
        Bad{"S { a.B required x=\"${user.home}/x\"; };", "a property of Java"},
        Bad{"};", "expected the name of a section, found '}'"}));

TEST_P(BadJaas, IsRefusedWithTheLine) {
  EXPECT_THAT(error_of(GetParam().text), HasSubstr(GetParam().error));
}

/// CVE-2014-0085 and CVE-2026-24308: passwords in logs.
TEST(Jaas, ErrorsShowNoPassword) {
  for (const char* text : {"S { a.B required user_a=hunter2 hunter2; };",
                           "S { a.B hunter2",
                           "S { a.B required user_a=\"hunter2",
                           "S { a.B required user_a=\"${hunter2}\"; };",
                           "S { a.B required user_a=hunter2\\; };"}) {
    EXPECT_THAT(error_of(text), Not(HasSubstr("hunter2"))) << text;
    EXPECT_THAT(error_of(text), Not(HasSubstr("no error"))) << text;
  }
}

}  // namespace
}  // namespace paddock::sasl
