// SPDX-License-Identifier: Apache-2.0
//
// Bytes to lines to events, and bytes to responses, wherever they are cut.
#include <gtest/gtest.h>

#include "base/prng.h"
#include "kube/chunk_decoder.h"
#include "kube/line_splitter.h"
#include "kube/list_page.h"
#include "kube/response_reader.h"
#include "kube/watch_event.h"

namespace paddock::kube {
namespace {

using State = ResponseReader::State;

std::vector<std::string> lines_of(LineSplitter& splitter) {
  std::vector<std::string> lines;
  while (const auto line = splitter.next()) lines.emplace_back(*line);
  return lines;
}

TEST(KubeLines, AreWholeWhereverChunksEnd) {
  const std::string text = "first\n\nsecond {\"a\":1}\nthird";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    LineSplitter splitter(100);
    splitter.put(View(text).substr(0, cut));
    std::vector<std::string> lines = lines_of(splitter);
    splitter.put(View(text).substr(cut));
    std::ranges::move(lines_of(splitter), std::back_inserter(lines));

    EXPECT_EQ(lines, (std::vector<std::string>{"first", "second {\"a\":1}"})) << cut;
    EXPECT_TRUE(splitter.is_within_line());
  }
}

TEST(KubeLines, HaveALongestLength) {
  LineSplitter splitter(5);
  splitter.put("12345\n1234");
  EXPECT_EQ(splitter.next(), "12345");
  EXPECT_EQ(splitter.next(), std::nullopt);
  EXPECT_FALSE(splitter.has_overflown());

  splitter.put("56");

  EXPECT_EQ(splitter.next(), std::nullopt);
  EXPECT_TRUE(splitter.has_overflown());
}

TEST(KubeWatchEvent, HasAKindAndAnObject) {
  const auto event = parse_watch_event(
      R"({"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"5"}}})");

  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, WatchEvent::Kind::Added);
  EXPECT_EQ(resource_version_of(event->object), "5");
  EXPECT_TRUE(
      parse_watch_event(R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"6"}}})"));
  EXPECT_TRUE(parse_watch_event(R"({"type":"ERROR","object":{"kind":"Status","code":410}})"));
}

TEST(KubeWatchEvent, IsRefusedIfItCannotBeUsed) {
  for (const View line : {"",
                          "[]",
                          "{}",
                          R"({"type":"ADDED"})",
                          R"({"type":"ODD","object":{}})",
                          R"({"type":"ADDED","object":{"metadata":{"resourceVersion":"5"}}})",
                          R"({"type":"ADDED","object":{"metadata":{"name":"a"}}})",
                          R"({"type":"BOOKMARK","object":{}})",
                          R"({"type":"ADDED","object":{"meta)"}) {
    EXPECT_FALSE(parse_watch_event(line)) << line;
  }
}

TEST(KubeListPage, HasItemsAndItsPlace) {
  const auto page = parse_list(*parse_json(R"({"metadata":{"resourceVersion":"9","continue":"t"},
      "items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]})"));

  ASSERT_TRUE(page);
  EXPECT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->resource_version, "9");
  EXPECT_EQ(page->continue_token, "t");
  EXPECT_TRUE(parse_list(*parse_json(R"({"metadata":{"resourceVersion":"9"},"items":null})")));
  for (const View bad : {"{}",
                         "[]",
                         R"({"metadata":{"resourceVersion":"9"}})",
                         R"({"metadata":{"resourceVersion":"9"},"items":{}})",
                         R"({"metadata":{"resourceVersion":"9"},"items":[{}]})"}) {
    EXPECT_FALSE(parse_list(*parse_json(bad))) << bad;
  }
}

TEST(KubeChunks, AreDecodedAByteAtATime) {
  const std::string text = "5;ext=1\r\nhello\r\n006\r\n world\r\n0\r\nTrailer: x\r\n\r\nrest";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    ChunkDecoder decoder;
    std::string body;
    std::size_t used = 0;
    for (std::size_t at = 0; at < text.size(); at += step) {
      used += decoder.put(View(text).substr(at, step), body);
    }

    EXPECT_EQ(decoder.state(), ChunkDecoder::State::Done) << step;
    EXPECT_EQ(body, "hello world") << step;
    EXPECT_EQ(text.substr(used), "rest") << step;
  }
}

TEST(KubeChunks, AreRefusedIfMalformed) {
  for (const std::string& text : {std::string("\r\n"),
                                  std::string("x\r\n"),
                                  std::string("5 \r\nhello!"),
                                  std::string("1\rx"),
                                  std::string("1\r\na\rx"),
                                  std::string("0\r\n\rx"),
                                  std::string(20, '1'),
                                  "1;" + std::string(20'000, 'x'),
                                  "0\r\n" + std::string(20'000, 'x')}) {
    ChunkDecoder decoder;
    std::string body;
    decoder.put(text, body);
    EXPECT_EQ(decoder.state(), ChunkDecoder::State::Bad) << text.substr(0, 20);
  }
}

TEST(KubeResponse, IsReadAByteAtATime) {
  const std::string text =
      "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3\r\nWarning: 299 - \"a\"\r\n"
      "Warning: 299 - \"b\"\r\nContent-Length: 4\r\n\r\nbusy";
  ResponseReader reader;
  std::string body;
  for (const char byte : text) {
    EXPECT_NE(reader.state(), State::Done);
    reader.put({&byte, 1});
    body += reader.take_body();
  }

  EXPECT_EQ(reader.state(), State::Done);
  EXPECT_EQ(reader.code(), 429U);
  EXPECT_EQ(reader.header("Retry-After"), "3");
  EXPECT_EQ(reader.headers("warning"), (std::vector<std::string>{"299 - \"a\"", "299 - \"b\""}));
  EXPECT_EQ(body, "busy");
  EXPECT_TRUE(reader.keeps_alive());
}

// Beast's own parser asserts on this: an empty body whose last chunk comes in two pieces.
TEST(KubeResponse, MayEndItsChunksInPieces) {
  ResponseReader reader;
  reader.put("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
  EXPECT_EQ(reader.state(), State::Body);
  reader.put("\r");
  EXPECT_EQ(reader.put("\n"), State::Done);
  EXPECT_TRUE(reader.keeps_alive());
}

TEST(KubeResponse, EndsWithTheConnectionIfItSaysNoLength) {
  ResponseReader reader;
  reader.put("HTTP/1.1 200 OK\r\n\r\nall ");
  reader.put("of it");
  EXPECT_EQ(reader.state(), State::Body);
  EXPECT_EQ(reader.end(), State::Done);
  EXPECT_EQ(reader.take_body(), "all of it");
  EXPECT_FALSE(reader.keeps_alive());
}

TEST(KubeResponse, IsBadIfTheConnectionEndsWithinIt) {
  for (const View text : {"",
                          "HTTP/1.1 200 O",
                          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
                          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"}) {
    ResponseReader reader;
    reader.put(text);
    EXPECT_EQ(reader.end(), State::Bad) << text;
  }
}

TEST(KubeResponse, WithoutABodyIsDoneAtOnce) {
  for (const View head :
       {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    ResponseReader reader;
    EXPECT_EQ(reader.put(head), State::Done) << head;
  }
}

TEST(KubeResponse, FollowsItsHarbingers) {
  ResponseReader reader;
  EXPECT_EQ(reader.put(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"),
            State::Done);
  EXPECT_EQ(reader.code(), 201U);
}

TEST(KubeResponse, KeepsNoConnectionThatSaysMoreThanWasAsked) {
  ResponseReader reader;
  reader.put("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(reader.state(), State::Done);
  EXPECT_FALSE(reader.keeps_alive());

  ResponseReader closing;
  closing.put("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_FALSE(closing.keeps_alive());
}

TEST(KubeResponse, IsBadIfItIsNoHttp) {
  ResponseReader reader;
  EXPECT_EQ(reader.put("\x15\x03\x01 not http\r\n\r\n"), State::Bad);
  ResponseReader endless;
  EXPECT_EQ(endless.put("HTTP/1.1 200 OK\r\nA: " + std::string(70'000, 'x')), State::Bad);
}

}  // namespace
}  // namespace paddock::kube
