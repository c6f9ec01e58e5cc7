// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gtest/gtest.h>

#include "backup/catalog.h"
#include "backup/restore.h"
#include "backup/s3_signature.h"
#include "backup/url.h"
#include "data/sha256.h"

namespace paddock::backup {
namespace {

// --- What a repository holds.

Catalog catalog() {
  // 10 to 20 to 30, a base at 25, then a gap up to 40.
  return read_catalog({name_of(Base{Zxid{10}, WallTime{1000}}),
                       name_of(Base{Zxid{25}, WallTime{2500}}),
                       name_of(LogPart{Zxid{10}, Zxid{20}, WallTime{1100}, WallTime{2000}}),
                       name_of(LogPart{Zxid{20}, Zxid{30}, WallTime{2100}, WallTime{3000}}),
                       name_of(LogPart{Zxid{40}, Zxid{50}, WallTime{4100}, WallTime{5000}}),
                       ensemble_name("abc"),
                       "base.12",
                       "log.0000000000000001.tmp",
                       "readme"});
}

TEST(Catalog, NamesSayEverything) {
  const Catalog found = catalog();
  ASSERT_EQ(found.bases.size(), 2U);
  ASSERT_EQ(found.logs.size(), 3U);
  EXPECT_EQ(found.logs[1].first_time.ms, 2100);
  EXPECT_EQ(found.ensemble, "abc");
  EXPECT_EQ(found.shipped(), Zxid{50});
  EXPECT_FALSE(read_catalog({}).shipped());
  EXPECT_EQ(read_catalog({ensemble_name("")}).ensemble, "");
}

TEST(Catalog, APlanBeginsWithTheNewestBaseThatIsNotTooNew) {
  const auto plan = plan_restore(catalog(), {.zxid = Zxid{22}});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->base.zxid, Zxid{10});
  EXPECT_EQ(plan->logs.size(), 2U);
  const auto by_time = plan_restore(catalog(), {.time = WallTime{1500}});
  ASSERT_TRUE(by_time);
  EXPECT_EQ(by_time->base.zxid, Zxid{10});
  EXPECT_EQ(by_time->logs.size(), 1U);
  const auto end = plan_restore(catalog(), {});
  ASSERT_TRUE(end);
  EXPECT_EQ(end->base.zxid, Zxid{25});
  EXPECT_EQ(end->logs.back().last, Zxid{30});
}

TEST(Catalog, NothingLeadsOverAGapOrBeforeTheFirstBase) {
  EXPECT_FALSE(plan_restore(catalog(), {.zxid = Zxid{45}}));
  EXPECT_FALSE(plan_restore(catalog(), {.zxid = Zxid{9}}));
  EXPECT_FALSE(plan_restore(catalog(), {.time = WallTime{999}}));
  EXPECT_FALSE(plan_restore({}, {}));
}

TEST(Catalog, WhatNoWantedStateNeedsIsOutlived) {
  const Catalog found = catalog();
  EXPECT_TRUE(outlived(found, WallTime{2499}).empty());
  // From 2500 on, 25 is enough; the part from 20 to 30 leads on from it.
  EXPECT_EQ(outlived(found, WallTime{2500}),
            (std::vector<std::string>{name_of(found.bases[0]), name_of(found.logs[0])}));
  EXPECT_TRUE(outlived(found, WallTime{999}).empty());
  EXPECT_TRUE(outlived({}, WallTime{999}).empty());
}

TEST(Catalog, TheNewestBaseIsNeverOutlived) {
  const Catalog found = catalog();
  const std::vector<std::string> gone = outlived(found, WallTime{1'000'000});
  EXPECT_EQ(std::ranges::count(gone, name_of(found.bases[1])), 0);
  EXPECT_EQ(std::ranges::count(gone, name_of(found.logs[1])), 0);
}

// --- Another history.

TEST(Fork, HasAnIdOfItsOwnInALaterEpoch) {
  data::State state;
  state.mark = {.ensemble_id = "old", .feature_level = 3};
  ASSERT_TRUE(fork(state, {.ensemble_id = "new", .forgets_members = true}));
  EXPECT_EQ(state.mark.ensemble_id, "new");
  EXPECT_EQ(state.mark.feature_level, 3U);
  EXPECT_EQ(state.tree.last_zxid(), Zxid::of(1, 1));
}

// --- Signatures: the examples of AWS's documentation.

constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

std::string signature_of(std::map<std::string, std::string> query) {
  const S3Request request{.method = "GET",
                          .host = "examplebucket.s3.amazonaws.com",
                          .path = "/",
                          .query = std::move(query),
                          .body_sha256 = data::sha256_hex(""),
                          .region = "us-east-1",
                          .time = "20130524T000000Z"};
  const std::string text =
      sign_s3(request, {.key = "AKIAIOSFODNN7EXAMPLE", .secret = kSecret}).back().second;
  return text.substr(text.rfind('=') + 1);
}

TEST(S3Signature, IsThatOfTheExamples) {
  EXPECT_EQ(signature_of({{"lifecycle", ""}}),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  EXPECT_EQ(signature_of({{"prefix", "J"}, {"max-keys", "2"}}),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(S3Signature, PathsAreEncodedOnce) {
  EXPECT_EQ(target_of({.method = "GET", .path = "/b/a b+c", .query = {{"k", "x/y"}}}),
            "/b/a%20b%2Bc?k=x%2Fy");
}

TEST(Url, IsTakenApart) {
  const auto url = parse_url("https://host.example/a?b");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->is_secure);
  EXPECT_EQ(url->authority(), "host.example");
  EXPECT_EQ(url->target, "/a?b");
  EXPECT_EQ(parse_url("http://[::1]:8080")->authority(), "[::1]:8080");
  EXPECT_EQ(parse_url("localhost:8080")->port, "8080");
  for (const char* const wrong : {"ftp://a", "http://", "http://a:x", "http://a:"}) {
    EXPECT_FALSE(parse_url(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace paddock::backup
