// SPDX-License-Identifier: Apache-2.0
#include "client_cli/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> parsed(View text) {
  const auto found = parse_credentials(text, "auths");
  if (!found) return {found.error().message};
  std::vector<std::string> result;
  for (const Credential& one : *found) result.push_back(one.scheme + " " + one.auth);
  return result;
}

TEST(Credentials, AreTheLinesOfAFile) {
  EXPECT_THAT(parsed("digest:a:b\r\n# digest:c:d\n\nother: with blanks \nlast:x:y:z"),
              ElementsAre("digest a:b", "other  with blanks ", "last x:y:z"));
  EXPECT_THAT(parsed(""), ElementsAre());
}

TEST(Credentials, ThatAreWrongAreNamedByTheirLineAndNotShown) {
  const auto found = parse_credentials("digest:a:b\nhunter2\n", "auths");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("auths: line 2 is not scheme:credential"));
  EXPECT_THAT(found.error().message, Not(HasSubstr("hunter2")));
}

std::vector<std::string> hidden(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  hide_credentials(static_cast<int>(argv.size()), argv.data());
  return arguments;
}

TEST(HideCredentials, InWhateverFormTheyAreGiven) {
  EXPECT_THAT(hidden({"paddock", "--auth", "digest:a:b", "get", "/a"}),
              ElementsAre("paddock", "--auth", "**********", "get", "/a"));
  EXPECT_THAT(hidden({"paddock", "--auth=digest:a", "--auth", "x", "--auth-file", "f"}),
              ElementsAre("paddock", "--auth=********", "--auth", "*", "--auth-file", "f"));
  EXPECT_THAT(hidden({"paddock", "--json", "addauth", "digest", "a:b"}),
              ElementsAre("paddock", "--json", "addauth", "******", "***"));
  EXPECT_THAT(hidden({"paddock", "get", "--auth"}), ElementsAre("paddock", "get", "--auth"));
}

}  // namespace
}  // namespace paddock::cli
