// SPDX-License-Identifier: Apache-2.0
#include "http/message.h"

#include <gtest/gtest.h>

namespace paddock::http {
namespace {

Request parsed(std::string_view target) {
  Request request;
  parse_target(target, request);
  return request;
}

TEST(HttpTarget, SplitsPathAndQuery) {
  const Request request = parsed("/commands/stat?x=1&y=a%20b&flag&x=2");

  EXPECT_EQ(request.path, "/commands/stat");
  EXPECT_EQ(request.query.at("x"), "2");
  EXPECT_EQ(request.query.at("y"), "a b");
  EXPECT_EQ(request.query.at("flag"), "");
}

TEST(HttpTarget, APlusIsASpaceInTheQueryOnly) {
  const Request request = parsed("/a+b?x=1+2");

  EXPECT_EQ(request.path, "/a+b");
  EXPECT_EQ(request.query.at("x"), "1 2");
}

TEST(HttpTarget, KeepsMalformedEscapes) {
  EXPECT_EQ(parsed("/a%2").path, "/a%2");
  EXPECT_EQ(parsed("/a%zz").path, "/a%zz");
  EXPECT_EQ(parsed("/%41%").path, "/A%");
}

TEST(HttpTarget, TakesAnEmptyQuery) {
  EXPECT_TRUE(parsed("/?").query.empty());
  EXPECT_TRUE(parsed("/?&&").query.empty());
}

TEST(HttpHost, NamesWithDotsAreForeign) {
  for (const char* const host :
       {"", "localhost", "localhost:8080", "x", "127.0.0.1:8080", "[::1]:8080", "10.0.0.1"}) {
    EXPECT_FALSE(is_foreign_host(host)) << host;
  }
  for (const char* const host : {"evil.example", "evil.example:8080", "127.0.0.1.evil.example"}) {
    EXPECT_TRUE(is_foreign_host(host)) << host;
  }
}

TEST(HttpBrowser, SaysForWhomItAsks) {
  Request request;
  EXPECT_FALSE(is_of_a_browser(request));
  EXPECT_FALSE(is_of_another_site(request));
  request.headers["sec-fetch-site"] = "same-origin";
  EXPECT_TRUE(is_of_a_browser(request));
  EXPECT_FALSE(is_of_another_site(request));
  request.headers["sec-fetch-site"] = "cross-site";
  EXPECT_TRUE(is_of_another_site(request));
  request.headers = {{"origin", "http://evil.example"}};
  EXPECT_TRUE(is_of_a_browser(request));
}

TEST(HttpReply, WhatMayBeKeptSaysSo) {
  EXPECT_NE(reply_text({.body = "x"}, true, true).find("Cache-Control: no-store"),
            std::string::npos);
  const std::string kept = reply_text({.headers = {"Cache-Control: no-cache"}}, true, true);
  EXPECT_EQ(kept.find("no-store"), std::string::npos);
  const std::string same = reply_text({.status = 304}, true, true);
  EXPECT_TRUE(same.starts_with("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_EQ(same.find("Content-Length"), std::string::npos);
}

TEST(HttpReply, PiecesGoAsChunksWithHeadersBehindThem) {
  const Response response{
      .pieces = {.next = [] { return std::optional<std::string>(""); }, .trailers = {}}};
  const std::string head = reply_text(response, true, true);
  EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("Content-Length"), std::string::npos) << head;
  EXPECT_EQ(chunk_text("0123456789abcdef!"), "11\r\n0123456789abcdef!\r\n");
  EXPECT_EQ(last_chunk_text({}), "0\r\n\r\n");
  EXPECT_EQ(last_chunk_text({"A: b"}), "0\r\nA: b\r\n\r\n");
}

}  // namespace
}  // namespace paddock::http
