// SPDX-License-Identifier: Apache-2.0
//
// Tests that run over every row of the key table: a new key is tested by being there.
#include "config/key_table.h"

#include <algorithm>
#include <set>
#include <string>
#include <type_traits>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "load_helper.h"

namespace paddock::config {

void PrintTo(const Key& key, std::ostream* out) {
  *out << key.name;
}

namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Key> all_keys() {
  std::vector<Key> keys;
  for (const KeySection& section : key_sections()) {
    keys.insert(keys.end(), section.keys.begin(), section.keys.end());
  }
  return keys;
}

/// Something for N.
std::string suffix_of(const Key& key) {
  return key.name == "paddock.limit.N" ? "1.match" : "1";
}

/// The name with that.
std::string written(const Key& key) {
  if (!key.takes_suffix()) return std::string(key.name);
  return std::string(key.name.substr(0, key.name.size() - 1)) + suffix_of(key);
}

/// A value that the key takes, found among a few that some key takes.
std::string good_value(const Key& key) {
  for (const std::string_view value : {"true",
                                       "3",
                                       "/directory/file",
                                       "0.5",
                                       "super:MTIz",
                                       "none",
                                       "PEM",
                                       "SHA256",
                                       "any",
                                       "text",
                                       "info",
                                       "observer",
                                       "host:2888:3888",
                                       "org.apache.zookeeper.server.auth.IPAuthenticationProvider",
                                       "org.apache.zookeeper.metrics.impl.NullMetricsProvider"}) {
    Draft draft;
    if (key.field.parse == nullptr || key.field.parse(suffix_of(key), value, draft)) {
      return std::string(value);
    }
  }
  return {};
}

class EveryKey : public testing::TestWithParam<Key> {};

INSTANTIATE_TEST_SUITE_P(Table, EveryKey, testing::ValuesIn(all_keys()), [](const auto& test) {
  std::string name(test.param.name);
  std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
  return name + fmt::format("{}", test.index);
});

TEST_P(EveryKey, ClassAndSupportGoTogether) {
  const Key& key = GetParam();
  switch (key.key_class) {
    case KeyClass::Accepted:
      EXPECT_EQ(key.support, Support::NoEffect);
      break;
    case KeyClass::Own:
      EXPECT_EQ(key.support, Support::Honoured);
      break;
    case KeyClass::Essential:
    case KeyClass::Compatible:
    case KeyClass::Mapped:
    case KeyClass::Unsafe:
      break;
  }
  EXPECT_EQ(key.name.starts_with("paddock."), key.key_class == KeyClass::Own);
  if (key.support == Support::Honoured || key.support == Support::InEnsemble) {
    EXPECT_NE(key.field.parse, nullptr) << "has nowhere to go";
  }
}

TEST_P(EveryKey, IsFoundWithAndWithoutPrefix) {
  const std::string name = written(GetParam());

  EXPECT_EQ(find_key(name).name, name);
  EXPECT_EQ(find_key("zookeeper." + name).name, name);
  ASSERT_NE(find_key(name).key, nullptr);
  EXPECT_EQ(find_key(name).key->name, GetParam().name);
}

TEST_P(EveryKey, WarnsExactlyOnceIfAndOnlyIfItDoesNothing) {
  const Key& key = GetParam();
  const std::string name = written(key);
  const std::string value = good_value(key);
  ASSERT_NE(value, "") << "no good value is known to this test";
  World world;
  world.overrides = {{name, value}};

  const Loaded loaded = world.load();

  const auto expected = [&](Support support, std::string_view text) {
    const std::string message = fmt::format("command line: {} {}", name, text);
    const auto count = std::ranges::count(loaded.warnings, message);
    EXPECT_EQ(count, key.support == support ? 1 : 0) << testing::PrintToString(loaded.warnings);
  };
  expected(Support::NoEffect, "has no effect");
  expected(Support::NotYet, "is not supported yet and is ignored");
  const auto refusals = std::ranges::count_if(loaded.errors, [&](const std::string& text) {
    return text.starts_with(fmt::format("command line: {} is refused. ", name));
  });
  EXPECT_EQ(refusals, key.support == Support::Refused ? 1 : 0);
}

TEST_P(EveryKey, WithAFieldTakesBackWhatItShows) {
  const Key& key = GetParam();
  if (key.field.show == nullptr || key.field.secret || key.takes_suffix()) return;
  World world;
  world.overrides = {{std::string(key.name), good_value(key)}};
  const std::string shown = key.field.show(world.load().config);
  if (shown.empty()) return;

  Draft draft;
  EXPECT_TRUE(key.field.parse("1", shown, draft)) << shown;
}

TEST_P(EveryKey, WithAFieldRefusesNonsenseAndSaysWhatIsAllowed) {
  const Key& key = GetParam();
  if (key.field.parse == nullptr || key.support == Support::NoEffect) return;
  if (key.name == "4lw.commands.whitelist") return;  // Takes any words, none included.
  World world;
  world.overrides = {{written(key), ""}};

  const Loaded loaded = world.load();

  EXPECT_THAT(loaded.errors, Contains(HasSubstr("command line: " + written(key))));
}

TEST_P(EveryKey, HasAnEntryThatCanBeRead) {
  const Key& key = GetParam();
  EXPECT_EQ(key.meaning.find('\n'), std::string_view::npos);
  const bool needs_meaning =
      !key.name.starts_with("ssl.quorum.") && !key.name.starts_with("metricsProvider.ssl.");
  if (needs_meaning) {
    EXPECT_TRUE(key.meaning.ends_with('.')) << key.meaning;
  }
}

TEST(KeyTable, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const Key& key : all_keys()) EXPECT_TRUE(names.insert(key.name).second) << key.name;
}

TEST(KeyTable, EveryAliasLeadsToAKeyAndIsNotOneItself) {
  for (const KeyAlias& entry : key_aliases()) {
    EXPECT_EQ(find_key(entry.alias).name, entry.name);
    EXPECT_NE(find_key(entry.alias).key, nullptr) << entry.alias;
    for (const Key& key : all_keys()) EXPECT_NE(key.name, entry.alias);
  }
}

TEST(KeyTable, UnknownKeysLoseThePrefixOnly) {
  EXPECT_EQ(find_key("some.plugin.key").key, nullptr);
  EXPECT_EQ(find_key("zookeeper.some.plugin.key").name, "some.plugin.key");
  EXPECT_EQ(find_key("server.").key, nullptr);
  EXPECT_EQ(find_key("").key, nullptr);
}

TEST(KeyTable, MisspelledNamesAreRecognised) {
  EXPECT_EQ(similar_key("tickTme"), "tickTime");
  EXPECT_EQ(similar_key("dataDirectory"), "");
  EXPECT_EQ(similar_key("clientport"), "clientPort");
  EXPECT_EQ(similar_key("maxClientConnections"), "");
  EXPECT_EQ(similar_key("maxClientCnxn"), "maxClientCnxns");
  EXPECT_EQ(similar_key(""), "");
  EXPECT_EQ(similar_key("x"), "");
}

TEST(KeyTable, SecretsAreKnownByName) {
  EXPECT_TRUE(is_secret_name("ssl.keyStore.password"));
  EXPECT_TRUE(is_secret_name("zookeeper.DigestAuthenticationProvider.superDigest"));
  EXPECT_TRUE(is_secret_name("zookeeper.SASLAuthenticationProvider.superPassword"));
  EXPECT_TRUE(is_secret_name("my.plugin.PASSWORD"));
  EXPECT_FALSE(is_secret_name("ssl.keyStore.passwordPath"));
  EXPECT_FALSE(is_secret_name("connection_throttle_tokens"));
}

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

TEST(Secret, CannotBePrintedOrFormatted) {
  static_assert(!fmt::is_formattable<Secret>::value);
  static_assert(!std::is_convertible_v<Secret, std::string>);
  static_assert(!Printable<Secret>);
  EXPECT_EQ(Secret("x").reveal(), "x");
}

}  // namespace
}  // namespace paddock::config
