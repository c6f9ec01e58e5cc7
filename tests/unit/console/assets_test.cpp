// SPDX-License-Identifier: Apache-2.0
//
// The console is whole, and asks nobody but its own server for anything.
#include "console/assets.h"

#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace paddock::console {
namespace {

std::set<std::string> found_in(const Asset& asset, const std::string& pattern) {
  const std::string text(asset.bytes);
  const std::regex wanted(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), wanted), end; at != end; ++at) {
    found.insert((*at)[1].str());
  }
  return found;
}

TEST(ConsoleAssets, ThePageIsThere) {
  ASSERT_NE(find_asset(""), nullptr);
  EXPECT_EQ(find_asset(""), find_asset("index.html"));
  EXPECT_EQ(find_asset("nothing.js"), nullptr);
  EXPECT_EQ(find_asset("../index.html"), nullptr);
}

TEST(ConsoleAssets, EverythingThatIsNamedIsThere) {
  std::set<std::string> named;
  for (const Asset& asset : assets()) {
    if (asset.name == "index.html") {
      named.merge(found_in(asset, R"re((?:src|href)="([^"#]+)")re"));
    }
    named.merge(found_in(asset, R"re(from "\./([^"]+)")re"));
  }
  EXPECT_GE(named.size(), 10U);
  for (const std::string& name : named) EXPECT_NE(find_asset(name), nullptr) << name;
}

TEST(ConsoleAssets, NothingComesFromElsewhereOrFromInsideThePage) {
  for (const Asset& asset : assets()) {
    const std::set<std::string> addresses = found_in(asset, R"re((https?://[^"'\s$]+))re");
    for (const std::string& address : addresses) {
      EXPECT_EQ(address, "http://www.w3.org/2000/svg") << asset.name;
    }
    EXPECT_TRUE(found_in(asset, "(innerHTML|insertAdjacentHTML|eval\\(|document\\.write)").empty())
        << asset.name;
  }
  EXPECT_TRUE(found_in(*find_asset(""), R"re((<script>|<style| style=| on\w+=))re").empty());
}

TEST(ConsoleAssets, AreToldByTheirNames) {
  EXPECT_EQ(content_type_of(*find_asset("")), "text/html; charset=utf-8");
  EXPECT_EQ(content_type_of(*find_asset("app.js")), "text/javascript; charset=utf-8");
  EXPECT_EQ(content_type_of(*find_asset("style.css")), "text/css; charset=utf-8");
  EXPECT_EQ(content_type_of(*find_asset("icon.svg")), "image/svg+xml");
  std::set<std::string> tags;
  for (const Asset& asset : assets()) tags.insert(tag_of(asset));
  EXPECT_EQ(tags.size(), assets().size());
}

}  // namespace
}  // namespace paddock::console
