// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "apache/convert.h"
#include "apache/inflate.h"
#include "apache/log.h"
#include "apache/snapshot.h"
#include "apache/txn.h"

namespace paddock::apache {
namespace {

struct Bytes {
  std::string text;
  template <std::integral T>
  Bytes& put(T value) {
    const std::size_t at = text.size();
    text.resize(at + sizeof value);
    store_be(text.data() + at, value);
    return *this;
  }
  Bytes& put(View bytes) {
    put(static_cast<std::int32_t>(bytes.size()));
    text.append(bytes);
    return *this;
  }
};

Bytes header(std::int64_t zxid, Type type, std::int64_t session = 0) {
  Bytes bytes;
  bytes.put(session).put(1).put(zxid).put(zxid * 10).put(static_cast<std::int32_t>(type));
  return bytes;
}

std::string create(std::int64_t zxid,
                   View path,
                   std::int32_t cversion = -1,
                   std::int64_t owner = 0) {
  Bytes bytes = header(zxid, Type::Create, owner);
  bytes.put(path).put(View{"data"}).put(1).put(31).put(View{"world"}).put(View{"anyone"});
  bytes.put(static_cast<std::int8_t>(owner != 0)).put(cversion);
  return bytes.text;
}

class Replay : public ::testing::Test {
 protected:
  Replay() { EXPECT_TRUE(tree_.load({.path = kEmpty})); }

  void take(std::string bytes) {
    texts_.push_back(std::move(bytes));
    const auto txn = parse_txn(texts_.back());
    ASSERT_TRUE(txn) << txn.error().message;
    apply(*txn, tree_);
  }

  std::deque<std::string> texts_;
  Tree tree_;
};

TEST_F(Replay, OfWhatIsThereChangesOnlyWhatIsMissing) {
  take(create(1, "/a", 1));
  take(create(2, "/b", 2));
  const std::uint64_t digest = tree_.digest();
  take(create(1, "/a", 1));
  EXPECT_EQ(tree_.digest(), digest);
  EXPECT_EQ(tree_.find("/")->cversion, 2);
  EXPECT_EQ(tree_.find("/")->pzxid, 2);
  // The parent was written to the snapshot before the child was created anew.
  take(create(3, "/a", 5));
  EXPECT_EQ(tree_.find("/")->cversion, 5);
  EXPECT_EQ(tree_.find("/")->pzxid, 3);
  EXPECT_EQ(tree_.find("/a")->czxid, 1);
}

TEST_F(Replay, ADeletionOfNothingIsSeenAtTheParent) {
  take(create(1, "/a", 1));
  Bytes bytes = header(7, Type::Delete);
  take(bytes.put(View{"/gone"}).text);
  EXPECT_EQ(tree_.find("/")->pzxid, 7);
  EXPECT_EQ(tree_.size(), 2U);
}

TEST_F(Replay, AClosedSessionTakesItsNodes) {
  take(create(1, "/mine", 1, 5));
  take(create(2, "/too", 2, 5));
  take(create(3, "/other", 3, 6));
  take(header(4, Type::CloseSession, 5).text);
  EXPECT_EQ(tree_.find("/mine"), nullptr);
  EXPECT_EQ(tree_.find("/too"), nullptr);
  EXPECT_NE(tree_.find("/other"), nullptr);
}

TEST_F(Replay, APathMustBeOne) {
  EXPECT_FALSE(parse_txn(create(1, "a")));
  EXPECT_FALSE(parse_txn(create(1, "/")));
  EXPECT_FALSE(parse_txn(create(1, "/a").substr(0, 50)));
}

TEST_F(Replay, ADigestBehindAnOldCloseSessionIsNoListOfPaths) {
  Bytes bytes = header(4, Type::CloseSession, 5);
  bytes.put(2).put(std::int64_t{77});
  const auto txn = parse_txn(bytes.text);
  ASSERT_TRUE(txn);
  EXPECT_TRUE(txn->changes.front().paths.empty());
  ASSERT_TRUE(txn->digest);
  EXPECT_EQ(txn->digest->value, 77U);
}

TEST(ApacheSnapshot, WhatIsWrittenIsRead) {
  Loaded loaded;
  ASSERT_TRUE(loaded.tree.load({.path = kEmpty, .cversion = 1}));
  ASSERT_TRUE(loaded.tree.load({.path = "/a",
                                .data = "x",
                                .acl = loaded.tree.intern({{1, "digest", "u:p"}}),
                                .czxid = 3,
                                .owner = 9}));
  loaded.sessions[9] = 4000;
  std::vector<std::string> warnings;
  const auto state = to_state(loaded, Zxid{3}, warnings);
  ASSERT_TRUE(state) << state.error().message;
  (*state)->tree.check_invariants();
  EXPECT_TRUE(warnings.empty());
  const std::string bytes = to_snapshot(**state);

  Loaded again;
  const auto parsed = parse_snapshot(bytes, again);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(again.sessions, loaded.sessions);
  ASSERT_TRUE(again.digest);
  EXPECT_EQ(again.digest->value, again.tree.digest());
  EXPECT_EQ(again.tree.find("/a")->owner, 9);
  EXPECT_EQ(again.tree.acl(again.tree.find("/a")->acl), (AclList{{1, "digest", "u:p"}}));
  const auto second = to_state(again, Zxid{3}, warnings);
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->tree.digest(), (*state)->tree.digest());
}

TEST(ApacheSnapshot, EveryCutIsNoticed) {
  Loaded loaded;
  ASSERT_TRUE(loaded.tree.load({.path = kEmpty}));
  std::vector<std::string> warnings;
  const auto state = to_state(loaded, Zxid{3}, warnings);
  ASSERT_TRUE(state);
  const std::string bytes = to_snapshot(**state);
  // Without its last part it is a snapshot of an older version.
  constexpr std::size_t kDigestBytes = 20 + 13;
  for (std::size_t size = 0; size < bytes.size() - kDigestBytes; ++size) {
    Loaded cut;
    EXPECT_FALSE(parse_snapshot(View{bytes}.substr(0, size), cut)) << size;
  }
}

TEST(ApacheLog, TheTailMayBeTorn) {
  EXPECT_TRUE(walk_log(View{"ZKLG", 4}, {}));
  EXPECT_FALSE(walk_log(std::string(16, '\0'), {}));
  Bytes bytes;
  bytes.put(0x5a4b4c47).put(2).put(std::int64_t{0}).put(std::int64_t{1}).put(100);
  const auto end = walk_log(bytes.text, {});
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->is_torn);
  EXPECT_EQ(end->offset, 16U);
}

TEST(Snappy, CopiesReachIntoWhatTheyWrite) {
  // "ab", then eight bytes from two back.
  const std::string block{
      "\x0a\x04"
      "ab"
      "\x11\x02",
      6};
  Bytes bytes;
  bytes.text = std::string{"\x82SNAPPY\0", 8};
  bytes.put(1).put(1).put(View{block});
  const auto out = unsnappy(bytes.text);
  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(*out, "ababababab");
  EXPECT_FALSE(unsnappy(bytes.text, 5));
  EXPECT_FALSE(unsnappy(View{bytes.text}.substr(0, bytes.text.size() - 1)));
}

}  // namespace
}  // namespace paddock::apache
