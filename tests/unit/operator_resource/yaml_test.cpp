// SPDX-License-Identifier: Apache-2.0
#include "resource/yaml.h"

#include <gtest/gtest.h>

#include "resource/spec_reader.h"

namespace paddock::resource {
namespace {

TEST(Yaml, IsWrittenAsPeopleDo) {
  const json::value value{{"kind", "A"},
                          {"list", {{{"name", "x"}, {"port", 1}}, {{"name", "y"}}}},
                          {"empty", json::object()},
                          {"text", "a=1\nb=2\n"}};
  EXPECT_EQ(to_yaml(value),
            "kind: A\n"
            "list:\n"
            "- name: x\n"
            "  port: 1\n"
            "- name: \"y\"\n"
            "empty: {}\n"
            "text: |\n"
            "  a=1\n"
            "  b=2\n");
}

TEST(Yaml, IsReadBackAsTheSame) {
  const json::value value{
      {"texts", {"",    "true", "no",    "12",      "1e3",    "null",    " a", "a ",         "a: b",
                 "- a", "#",    "a #b",  "\"",      "\\",     "*x",      "&x", "2026-01-01", "a\nb",
                 "a\n", "\n",   "a\n\n", " a\nb\n", "a\tb\n", "{{ x }}", "~",  "ä"}},
      {"numbers", {0, -1, 4096}},
      {"flags", {true, false, nullptr}},
      {"nested", {{"a", {{"b", {json::array{1, json::array{2}}, json::object{{"c", "d"}}}}}}}},
      {"no", "key"},
      {"8080", "key"}};
  const auto read = parse_yaml(to_yaml(value));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(canonical(*read), canonical(value)) << to_yaml(value);
}

TEST(Yaml, ThatIsNoneIsRefused) {
  EXPECT_FALSE(parse_yaml("a: [").has_value());
}

}  // namespace
}  // namespace paddock::resource
