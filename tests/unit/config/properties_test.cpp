// SPDX-License-Identifier: Apache-2.0
#include "config/properties.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/prng.h"

namespace paddock::config {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Case {
  std::string name;
  std::string text;
  std::vector<Property> expected;
};

class PropertiesFormat : public testing::TestWithParam<Case> {};

TEST_P(PropertiesFormat, IsReadAsJavaReadsIt) {
  const Properties properties = parse_properties(GetParam().text);

  EXPECT_EQ(properties.entries, GetParam().expected);
  EXPECT_THAT(properties.errors, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    All,
    PropertiesFormat,
    testing::Values(
        Case{"Empty", "", {}},
        Case{"Equals", "a=1", {{"a", "1", 1}}},
        Case{"Colon", "a:1", {{"a", "1", 1}}},
        Case{"Blank", "a 1", {{"a", "1", 1}}},
        Case{"SeparatorWithBlanks", "a \t= \t1", {{"a", "1", 1}}},
        Case{"SecondSeparatorIsValue",
             "server.1=h:1:2;3\nb==c",
             {{"server.1", "h:1:2;3", 1}, {"b", "=c", 2}}},
        Case{"TrailingBlanksAreTrimmed", "a = 1 \t \n", {{"a", "1", 1}}},
        Case{"KeyAlone", "a", {{"a", "", 1}}},
        Case{"EmptyValue", "a=\nb=2", {{"a", "", 1}, {"b", "2", 2}}},
        Case{"EmptyKey", "=1", {{"", "1", 1}}},
        Case{"Comments", "# a=1\n  ! b=2\nc=3 # not a comment", {{"c", "3 # not a comment", 3}}},
        Case{"BlankLinesCount", "\n \t\n\na=1", {{"a", "1", 4}}},
        Case{"WindowsLines", "a=1\r\nb=2\r\n", {{"a", "1", 1}, {"b", "2", 2}}},
        Case{"OldMacLines", "a=1\rb=2", {{"a", "1", 1}, {"b", "2", 2}}},
        Case{"Continuation", "a=1,\\\n   2,\\\n\t3\nb=4", {{"a", "1,2,3", 1}, {"b", "4", 4}}},
        Case{"ContinuationBeforeComment", "a=1\\\n#2", {{"a", "1#2", 1}}},
        Case{"CommentsAreNotContinued", "# a \\\nb=1", {{"b", "1", 2}}},
        Case{"EscapedBackslashEndsLine", "a=1\\\\\nb=2", {{"a", "1\\", 1}, {"b", "2", 2}}},
        Case{"ContinuationAtTheEnd", "a=1\\", {{"a", "1", 1}}},
        Case{"EscapedSeparators", "a\\:b\\=c\\ d=1", {{"a:b=c d", "1", 1}}},
        Case{"Escapes", "a=x\\ty\\nz\\r\\f\\q\\\"", {{"a", "x\ty\nz\r\fq\"", 1}}},
        Case{"Unicode", "a=\\u0041\\u00e9\\u20AC", {{"a", "A\xC3\xA9\xE2\x82\xAC", 1}}},
        Case{"SurrogatePair", "a=\\uD83D\\uDE00", {{"a", "\xF0\x9F\x98\x80", 1}}},
        Case{"LoneSurrogate", "a=\\uD83Dx\\uDE00", {{"a", "\xEF\xBF\xBDx\xEF\xBF\xBD", 1}}},
        Case{"HighSurrogateBeforeOther",
             "a=\\uD83D\\u0041",
             {{"a",
               "\xEF\xBF\xBD"
               "A",
               1}}},
        Case{"Utf8PassesThrough", "a=\xC3\xA9", {{"a", "\xC3\xA9", 1}}},
        Case{"ByteOrderMark",
             "\xEF\xBB\xBF"
             "a=1",
             {{"a", "1", 1}}},
        Case{"TwiceStaysTwice", "a=1\na=2", {{"a", "1", 1}, {"a", "2", 2}}}),
    [](const auto& test) { return test.param.name; });

TEST(Properties, ErrorsNameTheLineAndLeaveTheRest) {
  const Properties properties =
      parse_properties("a=1\nb=\\u12\nc=\\uXYZW\nd=4\ne=\\u0000\nf=\0\n"s);

  EXPECT_THAT(properties.entries, ElementsAre(Property{"a", "1", 1}, Property{"d", "4", 4}));
  EXPECT_THAT(properties.errors,
              ElementsAre(PropertyError{2, "\\u is not followed by four hexadecimal digits"},
                          PropertyError{3, "\\u is not followed by four hexadecimal digits"},
                          PropertyError{5, "the line holds a NUL character"},
                          PropertyError{6, "the line holds a NUL character"}));
}

TEST(Properties, AnyTextGivesEntriesWithTrimmedKeysAndValues) {
  constexpr std::string_view kLetters = "ab=: \t\f\\\\u0D8C#!\r\n\xC3\xA9";
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Prng prng(seed);
    std::string text;
    for (std::uint64_t length = prng.below(200); length > 0; --length) {
      text += prng.chance(1, 50) ? static_cast<char>(prng.below(256))
                                 : kLetters[prng.below(kLetters.size())];
    }

    for (const Property& entry : parse_properties(text).entries) {
      EXPECT_GT(entry.line, 0);
      EXPECT_EQ(entry.value.find('\0'), std::string::npos);
      EXPECT_FALSE(entry.value.starts_with(' ') || entry.value.ends_with(' '));
    }
  }
}

}  // namespace
}  // namespace paddock::config
