// SPDX-License-Identifier: Apache-2.0
#include "http/request_reader.h"

#include <gtest/gtest.h>

namespace paddock::http {
namespace {

using State = RequestReader::State;

TEST(HttpRequests, ComeByteByByte) {
  const std::string text =
      "POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nauthorization: digest user:word\r\n"
      "Content-Length: 3\r\n\r\nabc";
  RequestReader reader(100);
  for (const char byte : text.substr(0, text.size() - 1)) {
    ASSERT_EQ(reader.put({&byte, 1}), State::Incomplete);
  }
  ASSERT_EQ(reader.put("c"), State::Done);
  const Request request = reader.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/a b");
  EXPECT_EQ(request.query.at("x"), "1");
  EXPECT_EQ(request.authorization, "digest user:word");
  EXPECT_EQ(request.body, "abc");
  EXPECT_TRUE(reader.keeps_alive());
  EXPECT_FALSE(reader.is_head());
}

TEST(HttpRequests, ComeSeveralAtOnce) {
  RequestReader reader(100);
  ASSERT_EQ(reader.put("HEAD /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.0\r\n\r\nGET"),
            State::Done);
  EXPECT_EQ(reader.request().path, "/1");
  EXPECT_TRUE(reader.is_head());
  ASSERT_EQ(reader.next(), State::Done);
  EXPECT_EQ(reader.request().path, "/2");
  EXPECT_FALSE(reader.keeps_alive());
  EXPECT_EQ(reader.next(), State::Incomplete);
}

/// The parser asserts that the last chunk comes in one piece.
TEST(HttpRequests, InChunksAreRefused) {
  const std::string text = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  RequestReader whole(100);
  ASSERT_EQ(whole.put(text), State::Bad);
  EXPECT_EQ(whole.complaint().status, 411U);
  RequestReader pieces(100);
  State state = State::Incomplete;
  for (std::size_t at = 0; at < text.size() && state == State::Incomplete; ++at) {
    state = pieces.put(text.substr(at, 1));
  }
  ASSERT_EQ(state, State::Bad);
  EXPECT_EQ(pieces.complaint().body, "chunks are not taken: say a Content-Length\n");
}

TEST(HttpRequests, ThatAreNoneAreAnsweredAllTheSame) {
  const auto status = [](const std::string& text) {
    RequestReader reader(10);
    EXPECT_EQ(reader.put(text), State::Bad);
    return reader.complaint().status;
  };
  EXPECT_EQ(status("\x16\x03\x01\x02 hello from TLS"), 400U);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nContent-Length: 11\r\n\r\n"), 413U);
  EXPECT_EQ(status("GET /" + std::string(10'000, 'x') + " HTTP/1.1\r\n\r\n"), 431U);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            400U);
}

TEST(HttpReplies, HaveTheirLengthAndNoBodyForHead) {
  const Response response{.status = 403, .body = "no\n", .headers = {"X: y"}};
  const std::string start =
      "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "X: y\r\nCache-Control: no-store\r\n";
  EXPECT_EQ(reply_text(response, true, true), start + "Content-Length: 3\r\n\r\nno\n");
  EXPECT_EQ(reply_text(response, false, false),
            start + "Connection: close\r\nContent-Length: 3\r\n\r\n");
}

TEST(HttpPeers, AreLocalByLoopbackAddressesOnly) {
  for (const char* ip : {"127.0.0.1", "127.8.9.10", "::1"}) EXPECT_TRUE(is_loopback(ip)) << ip;
  for (const char* ip : {"", "10.0.0.1", "::", "::11", "128.0.0.1", "1.127.0.0"}) {
    EXPECT_FALSE(is_loopback(ip)) << ip;
  }
}

}  // namespace
}  // namespace paddock::http
