// SPDX-License-Identifier: Apache-2.0
#include "tree/path.h"

#include <string>

#include <gtest/gtest.h>

namespace paddock::tree {
namespace {

TEST(Path, AcceptsWhatZooKeeperAccepts) {
  for (const View path : {
           View{"/"},
           View{"/a"},
           View{"/a/b"},
           View{"/..."},
           View{"/..a"},
           View{"/a.."},
           View{"/.a"},
           View{"/a."},
           View{"/a/.b/c"},
           View{"/ "},
           View{"/~"},
           View{"/\xc2\xa0"},
           View{"/\xe0\xa0\x80"},  // U+0800
           View{"/\xed\x9f\xbf"},  // U+D7FF, the last before the surrogates
           View{"/\xef\xa4\x80"},  // U+F900, the first after the private use area
           View{"/\xef\xbf\xaf"},  // U+FFEF
           View{"/gr\xc3\xbc\xc3\x9f/\xe6\x97\xa5\xe6\x9c\xac"},
       }) {
    EXPECT_TRUE(is_valid_path(path)) << path;
  }
}

TEST(Path, RefusesWhatZooKeeperRefuses) {
  for (const View path : {
           View{},
           View{""},
           View{"a"},
           View{"a/b"},
           View{"//"},
           View{"/a/"},
           View{"//a"},
           View{"/a//b"},
           View{"/."},
           View{"/.."},
           View{"/./a"},
           View{"/../a"},
           View{"/a/."},
           View{"/a/.."},
           View{"/a/./b"},
           View{"/a/../b"},
           View{"/a\0b", 4},
           View{"/\x01"},
           View{"/a\x1f"},
           View{"/\x7f"},
           View{"/\xc2\x80"},          // U+0080
           View{"/\xc2\x9f"},          // U+009F
           View{"/\xed\xa0\x80"},      // U+D800: Java reads it as malformed
           View{"/\xee\x80\x80"},      // U+E000, private use
           View{"/\xef\xa3\xbf"},      // U+F8FF
           View{"/\xef\xbf\xb0"},      // U+FFF0
           View{"/\xef\xbf\xbd"},      // U+FFFD, the replacement character
           View{"/\xef\xbf\xbf"},      // U+FFFF
           View{"/\xf0\x9f\x98\x80"},  // U+1F600: a surrogate pair in Java
           View{"/\x80"},              // malformed bytes become U+FFFD
           View{"/\xff"},
           View{"/\xc3"},
           View{"/\xc3/a"},
           View{"/\xe6\x97"},
           View{"/\xe6\x97/a"},
           View{"/\xc0\xaf"},      // overlong
           View{"/\xe0\x9f\xbf"},  // overlong
       }) {
    EXPECT_FALSE(is_valid_path(path)) << path;
  }
}

TEST(Path, TakesPathsApart) {
  EXPECT_EQ(parent_of("/a/b"), "/a");
  EXPECT_EQ(parent_of("/a"), "/");
  EXPECT_EQ(parent_of("/"), "/");
  EXPECT_EQ(basename("/a/b"), "b");
  EXPECT_EQ(basename("/a"), "a");
}

TEST(Path, KnowsWhatLiesBelow) {
  EXPECT_TRUE(is_at_or_below("/a", "/a"));
  EXPECT_TRUE(is_at_or_below("/a/b", "/a"));
  EXPECT_FALSE(is_at_or_below("/ab", "/a"));
  EXPECT_FALSE(is_at_or_below("/", "/a"));
  EXPECT_TRUE(is_at_or_below("/a", "/"));
}

}  // namespace
}  // namespace paddock::tree
