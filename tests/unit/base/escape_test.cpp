// SPDX-License-Identifier: Apache-2.0
#include "base/escape.h"

#include <gtest/gtest.h>

namespace paddock {
namespace {

TEST(Escape, PlainMessagesStayAsTheyAre) {
  const std::string message = "slow operation: create /ü/日本/\U0001F600 took 7 ms";
  EXPECT_EQ(printable(message), message);
  EXPECT_EQ(json_escaped(message), message);
}

TEST(Escape, ALineStaysOneLine) {
  EXPECT_EQ(printable("a\nb\tc\x1b[2J\x7f"), "a\\x0ab\\x09c\\x1b[2J\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");
  EXPECT_EQ(json_escaped("a\nb\rc\td\x01"), "a\\nb\\rc\\td\\u0001");
}

TEST(Escape, JsonQuotesAndBackslashesAreEscaped) {
  EXPECT_EQ(json_escaped(R"(say "a\b")"), R"(say \"a\\b\")");
  EXPECT_EQ(printable(R"(say "a\b")"), R"(say "a\b")");
}

TEST(Escape, BytesThatAreNoUtf8AreReplaced) {
  const std::string_view wrong[] = {"\x80",
                                    "\xc0\xaf",
                                    "\xc3",
                                    "\xe2\x82",
                                    "\xed\xa0\x80",
                                    "\xe0\x80\x80",
                                    "\xf0\x80\x80\x80",
                                    "\xf4\x90\x80\x80",
                                    "\xff"};
  for (const std::string_view bytes : wrong) {
    std::string expected;
    for (std::size_t i = 0; i < bytes.size(); ++i) expected += "\\ufffd";
    EXPECT_EQ(json_escaped(bytes), expected);
    EXPECT_EQ(printable(bytes).size(), 4 * bytes.size());
  }
}

}  // namespace
}  // namespace paddock
