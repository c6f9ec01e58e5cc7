// SPDX-License-Identifier: Apache-2.0
#include "sasl/name_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::sasl {
namespace {

using testing::HasSubstr;

constexpr const char* kRealm = "EXAMPLE.COM";

struct Named {
  const char* rules;
  const char* name;
  const char* id;
  NameOptions options{};
};

void PrintTo(const Named& named, std::ostream* out) {
  *out << named.rules << " of " << named.name;
}

constexpr NameOptions kShort{.remove_host = true, .remove_realm = true};
constexpr const char* kHadoop = "RULE:[2:$1@$0](nn@EXAMPLE.COM)s/.*/hdfs/\n DEFAULT";

class NameRulesOf : public testing::TestWithParam<Named> {};

// What KerberosName and SaslServerCallbackHandler of Apache ZooKeeper 3.8.0 make of them, but for
// /L, and for names that are none, which it throws at.
INSTANTIATE_TEST_SUITE_P(
    Table,
    NameRulesOf,
    testing::Values(
        Named{"DEFAULT", "alice", "alice"},
        Named{"DEFAULT", "a/b/c", "a/b/c"},
        Named{"DEFAULT", "alice@EXAMPLE.COM", "alice@EXAMPLE.COM"},
        Named{"DEFAULT", "alice@EXAMPLE.COM", "alice", kShort},
        Named{"DEFAULT", "alice/host@EXAMPLE.COM", "alice/host@EXAMPLE.COM"},
        Named{"DEFAULT", "alice/host@EXAMPLE.COM", "alice@EXAMPLE.COM", {.remove_host = true}},
        Named{"DEFAULT", "alice/host@EXAMPLE.COM", "alice/host", {.remove_realm = true}},
        Named{"DEFAULT", "alice/host@EXAMPLE.COM", "alice", kShort},
        // Of another realm, that no rule is about: nobody's short name.
        Named{"DEFAULT", "alice@OTHER.COM", "alice@OTHER.COM", kShort},
        Named{"", "alice@EXAMPLE.COM", "alice@EXAMPLE.COM", kShort},
        Named{kHadoop, "nn/host@EXAMPLE.COM", "hdfs", kShort},
        Named{kHadoop, "nn/host@EXAMPLE.COM", "hdfs/host@EXAMPLE.COM"},
        Named{kHadoop, "nn@EXAMPLE.COM", "nn", kShort},
        Named{kHadoop, "dn/host@EXAMPLE.COM", "dn", kShort},
        Named{"RULE:[1:$1@$0](.*@OTHER.COM)s/@.*//", "alice@OTHER.COM", "alice", kShort},
        Named{"RULE:[1:$1@$0](.*@OTHER.COM)s/@.*//",
              "alice@OTHER.COM.ORG",
              "alice@OTHER.COM.ORG",
              kShort},
        Named{"RULE:[1:$1-x]", "alice@OTHER.COM", "alice-x", kShort},
        Named{"RULE:[2:$2.$1]", "alice/admin@R", "admin.alice", kShort},
        Named{"RULE:[2:$2;$1](^.*;admin$)s/^(.*);.*$/$1/", "admin/root@R", "root", kShort},
        // The rule makes no simple name.
        Named{"RULE:[1:$1@$0]DEFAULT", "alice@EXAMPLE.COM", "alice@EXAMPLE.COM", kShort},
        Named{"RULE:[1:$1]s/a/b/", "banana@R", "bbnana", kShort},
        Named{"RULE:[1:$1]s/a/b/g", "banana@R", "bbnbnb", kShort},
        Named{"RULE:[1:$1]s/a*/-/g", "baac@R", "-b--c-", kShort},
        Named{"RULE:[1:$1]s/x*?/-/g", "xx@R", "-x-x-", kShort},
        Named{"RULE:[1:$1]s/(b)(a)/$2$1$11/", "banana@R", "abb1nana", kShort},
        Named{"RULE:[1:$1]s/an/\\$1/", "banana@R", "b$1ana", kShort},
        Named{"RULE:[1:$1]s/^a/b/g", "aab@R", "bab", kShort},
        Named{"RULE:[1:$1]s/A/b//L", "BANANA@R", "bbnana", kShort},
        Named{"RULE:[1:$1]/L DEFAULT", "Alice@R", "alice", kShort},
        Named{"RULE:[3:$1]s/.*/x/ RULE:[1:$1]", "alice@R", "alice", kShort},
        // None that an ACL could have.
        Named{"DEFAULT", "a/b/c@EXAMPLE.COM", ""},
        Named{"DEFAULT", "alice@EXAMPLE.COM@EXAMPLE.COM", ""},
        Named{"RULE:[1:$1]s/.*//", "alice@R", ""}));

TEST_P(NameRulesOf, MakeTheId) {
  const Named& named = GetParam();
  const auto rules = NameRules::parse(named.rules);
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ(id_of(named.name, *rules, named.options, kRealm), named.id);
}

TEST(NameRules, WhatIsNoRuleIsSaid) {
  const auto error_of = [](std::string_view text) {
    const auto rules = NameRules::parse(text);
    return rules ? "no error" : rules.error().message;
  };
  EXPECT_THAT(error_of("OTHER"), HasSubstr("the rule 'OTHER' is none: it must begin with DEFAULT"));
  EXPECT_THAT(error_of("DEFAULT RULE:[1"),
              HasSubstr("the rule 'RULE:[1' is none: there is no ':'"));
  EXPECT_THAT(error_of("RULE:[x:$1]"), HasSubstr("'x' is no number of parts"));
  EXPECT_THAT(error_of("RULE:[:$1]"), HasSubstr("'' is no number of parts"));
  EXPECT_THAT(error_of("RULE:[1:$2]"),
              HasSubstr("behind '$' there must be 0, the realm, or a part"));
  EXPECT_THAT(error_of("RULE:[1:$]"), HasSubstr("behind '$' there must be"));
  EXPECT_THAT(error_of("RULE:[1:$1"), HasSubstr("there is no ']'"));
  EXPECT_THAT(error_of("RULE:[1:$1](a"), HasSubstr("there is no ')'"));
  EXPECT_THAT(error_of("RULE:[1:$1](a[)"), HasSubstr("'a[' is no pattern"));
  EXPECT_THAT(error_of("RULE:[1:$1]s/a/b"), HasSubstr("there is no '/'"));
  EXPECT_THAT(error_of("RULE:[1:$1]s/a/$1/"), HasSubstr("the pattern has no group 1"));
  EXPECT_THAT(error_of("RULE:[1:$1]s/a/b$/"), HasSubstr("there is nothing behind its last '$'"));
  EXPECT_THAT(error_of("RULE:[1:$1]s/a/$x/"), HasSubstr("the number of a group"));
}

/// A pattern that backtracks without end is given up, and the name stays whole.
TEST(NameRules, PatternsEnd) {
  const auto rules = NameRules::parse("RULE:[1:$1]((a*)*b)s/x/y/ RULE:[1:$1](x)DEFAULT");
  // ')' ends the pattern, so this one needs no nesting.
  EXPECT_FALSE(rules);
  const auto slow = NameRules::parse("RULE:[1:$1](a*a*a*a*a*a*a*a*a*a*a*a*a*a*b)");
  ASSERT_TRUE(slow);
  const std::string name = std::string(200, 'a') + "@R";
  EXPECT_EQ(id_of(name, *slow, kShort, kRealm), name);
}

}  // namespace
}  // namespace paddock::sasl
