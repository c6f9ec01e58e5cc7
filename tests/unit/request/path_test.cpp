// SPDX-License-Identifier: Apache-2.0
#include "request/path.h"

#include <string>

#include <gtest/gtest.h>

namespace paddock::request {
namespace {

using std::literals::string_view_literals::operator""sv;

TEST(Path, ValidOnesAreAccepted) {
  for (const View path : {"/"sv,
                          "/a"sv,
                          "/a/b"sv,
                          "/a b"sv,
                          "/..."sv,
                          "/.a"sv,
                          "/a."sv,
                          "/..a"sv,
                          "/a/.../b"sv,
                          "/~"sv,
                          "/ "sv,
                          "/\xc2\xa0"sv,
                          "/\xc3\xa4/\xe2\x82\xac"sv,
                          "/\xed\x9f\xbf"sv /* U+D7FF */,
                          "/\xef\xa4\x80"sv /* U+F900 */,
                          "/\xef\xbf\xaf"sv /* U+FFEF */,
                          "/\xe0\xa0\x80"sv /* U+0800 */,
                          "/\xdf\xbf"sv /* U+07FF */}) {
    EXPECT_TRUE(is_valid_path(path)) << testing::PrintToString(path);
  }
}

TEST(Path, MalformedOnesAreRefused) {
  for (const View path : {View{},    ""sv,       "a"sv,      "a/b"sv,       "//"sv,       "/a/"sv,
                          "//a"sv,   "/a//b"sv,  "/."sv,     "/.."sv,       "/./a"sv,     "/../a"sv,
                          "/a/."sv,  "/a/.."sv,  "/a/./b"sv, "/a/../b"sv,   "/\0"sv,      "/a\0b"sv,
                          "/\x01"sv, "/a\x1f"sv, "/\x7f"sv,  "/\xc2\x80"sv, "/\xc2\x9f"sv}) {
    EXPECT_FALSE(is_valid_path(path)) << testing::PrintToString(path);
  }
}

TEST(Path, CharactersThatJavaRefusesAreRefused) {
  for (const View path : {"/\xee\x80\x80"sv /* U+E000, private use */,
                          "/\xef\xa3\xbf"sv /* U+F8FF */,
                          "/\xef\xbf\xb0"sv /* U+FFF0 */,
                          "/\xef\xbf\xbd"sv /* U+FFFD */,
                          "/\xef\xbf\xbf"sv,
                          "/\xf0\x9f\x98\x80"sv /* U+1F600 needs surrogates */,
                          "/\xed\xa0\xbd\xed\xb8\x80"sv /* the same, as two surrogates */}) {
    EXPECT_FALSE(is_valid_path(path)) << testing::PrintToString(path);
  }
}

TEST(Path, MalformedUtf8IsRefused) {
  for (const View path : {"/\x80"sv,
                          "/\xc3"sv,
                          "/\xc3/"sv,
                          "/\xc0\xaf"sv,
                          "/\xc1\x81"sv,
                          "/\xe2\x82"sv,
                          "/\xe2\x28\xa1"sv,
                          "/\xe0\x80\xaf"sv,
                          "/\xe0\x9f\xbf"sv,
                          "/\xff"sv,
                          "/\xf8\x88\x80\x80\x80"sv,
                          "/a\xe2"sv}) {
    EXPECT_FALSE(is_valid_path(path)) << testing::PrintToString(path);
  }
}

TEST(Path, ParentIsWhatIsBeforeTheLastSlash) {
  EXPECT_EQ(parent_of("/a"), "/");
  EXPECT_EQ(parent_of("/"), "/");
  EXPECT_EQ(parent_of("/a/b"), "/a");
  EXPECT_EQ(parent_of("/a/"), "/a");
  EXPECT_EQ(parent_of("a/b"), "a");
}

TEST(Path, ParentNeedsASlashAndNoNul) {
  EXPECT_TRUE(has_parent("/"));
  EXPECT_TRUE(has_parent("a/b"));
  EXPECT_FALSE(has_parent("a"));
  EXPECT_FALSE(has_parent(""));
  EXPECT_FALSE(has_parent("/a\0"sv));
}

TEST(Path, FourNodesAreSpecial) {
  for (const View path : {"/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"}) {
    EXPECT_TRUE(is_special_path(path)) << path;
  }
  EXPECT_FALSE(is_special_path("/zookeeper/other"));
  EXPECT_FALSE(is_special_path(""));
}

}  // namespace
}  // namespace paddock::request
