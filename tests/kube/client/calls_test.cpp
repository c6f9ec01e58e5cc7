// SPDX-License-Identifier: Apache-2.0
//
// Calls: connections that are kept and lost, answers that are cut, limits, retries.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "driver.h"
#include "fake_server.h"

namespace paddock::kube {
namespace {

const Resource kPods{.version = "v1", .plural = "pods", .kind = "Pod"};

struct Calls : testing::Test, Driver {};

TEST_F(Calls, UseOneConnectionAgainAndAgain) {
  FakeServer server([](const SeenRequest&, Wire& wire) { wire.answer(200, R"({"a":1})"); });
  connect(server.port());

  for (int round = 0; round < 5; ++round) {
    const Reply reply = call(get("/version"));
    ASSERT_TRUE(reply) << reply.error().text();
    EXPECT_EQ(number_at(reply->body, {"a"}), 1);
  }

  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.seen().at(4).target, "/version");
  EXPECT_EQ(server.seen().at(4).headers.at("user-agent"), "test");
}

TEST_F(Calls, OpenAnotherConnectionWhenTheServerHasClosedTheirs) {
  FakeServer server([](const SeenRequest&, Wire& wire) {
    wire.answer(200, "{}");
    wire.close();
  });
  connect(server.port());

  // Not one of them is lost, whether the end is seen before the next call or in the middle of it.
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(call(get("/version")));
  }

  EXPECT_EQ(server.connections(), 3);
}

TEST_F(Calls, DoNotUseAConnectionThatTheServerWillClose) {
  FakeServer server(
      [](const SeenRequest&, Wire& wire) { wire.answer(200, "{}", "Connection: close\r\n"); });
  connect(server.port());
  EXPECT_TRUE(call(get("/a")));
  EXPECT_TRUE(call(get("/b")));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Calls, AreMadeAgainWhenAConnectionBreaksIfTwiceIsLikeOnce) {
  FakeServer server([](const SeenRequest& request, Wire& wire) {
    if (request.connection < 3) return wire.reset();
    wire.answer(200, "{}");
  });
  connect(server.port());
  EXPECT_TRUE(call(get("/a")));
  EXPECT_EQ(codes, (std::vector<unsigned>{0, 0, 200}));
}

TEST_F(Calls, LeaveItToTheCallerWhenAWriteMayHaveBeenDone) {
  FakeServer server([](const SeenRequest&, Wire& wire) { wire.reset(); });
  connect(server.port());

  const Reply reply = call(create(kPods, "n", {}));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().failure, Failure::Lost);
  EXPECT_TRUE(reply.error().is_result_unknown());
  EXPECT_EQ(server.seen().size(), 1U);
}

TEST_F(Calls, NoticeAnAnswerThatIsCutOff) {
  FakeServer server([](const SeenRequest&, Wire& wire) {
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":");
    wire.close();
  });
  connect(server.port());
  const Reply reply = call(create(kPods, "n", {}));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().failure, Failure::Lost);
}

TEST_F(Calls, TakeAnswersByteByByte) {
  FakeServer server([](const SeenRequest&, Wire& wire) {
    for (const char byte : std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                       "2\r\n{\"\r\n6\r\na\":42}\r\n0\r\n\r\n")) {
      wire.send({&byte, 1});
    }
  });
  connect(server.port());
  const Reply reply = call(get("/a"));
  ASSERT_TRUE(reply) << reply.error().text();
  EXPECT_EQ(number_at(reply->body, {"a"}), 42);
}

TEST_F(Calls, RefuseAnswersWithoutEnd) {
  FakeServer server([](const SeenRequest&, Wire& wire) {
    wire.begin_chunks();
    while (wire.is_open()) wire.chunk(std::string(10'000, ' '));
  });
  connect(server.port());
  const Reply reply = call(get("/a"));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().failure, Failure::Garbled);
}

TEST_F(Calls, RefuseWhatIsNoJsonOrNoHttp) {
  FakeServer server([](const SeenRequest& request, Wire& wire) {
    if (request.target == "/text") return wire.answer(200, "hello");
    wire.send("220 smtp.example ESMTP\r\n\r\n");
  });
  connect(server.port());
  EXPECT_EQ(call(get("/text")).error().failure, Failure::Garbled);
  EXPECT_EQ(call(get("/other")).error().failure, Failure::Garbled);
}

TEST_F(Calls, DoNotWaitForever) {
  FakeServer server([](const SeenRequest&, Wire& wire) { wire.wait_for_close(); });
  connect(server.port());
  Request request = get("/a");
  request.time_limit = milliseconds(20);

  const Reply reply = call(request);

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().failure, Failure::TimedOut);
}

TEST_F(Calls, SayThatNobodyIsThere) {
  std::uint16_t port = 0;
  {
    const FakeServer server([](const SeenRequest&, Wire&) {});
    port = server.port();
  }
  connect(port);
  const Reply reply = call(get("/a"));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().failure, Failure::Unreachable);
  EXPECT_NE(reply.error().message.find(fmt::format("127.0.0.1:{}", port)), std::string::npos);
}

TEST_F(Calls, ComeAgainWhenTheServerSaysSo) {
  std::atomic<int> asked = 0;
  FakeServer server([&](const SeenRequest&, Wire& wire) {
    if (++asked < 3) return wire.answer(429, "busy", "Retry-After: 0\r\n");
    wire.answer(201, "{}", "Warning: 299 - \"old version\"\r\n");
  });
  connect(server.port());

  const Reply reply = call(create(kPods, "n", {}));

  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->code, 201U);
  EXPECT_EQ(codes, (std::vector<unsigned>{429, 429, 201}));
  EXPECT_EQ(warnings, (std::vector<std::string>{"299 - \"old version\""}));
}

TEST_F(Calls, GiveUpWhenTheServerIsBusyForLongerThanTheyHave) {
  FakeServer server(
      [](const SeenRequest&, Wire& wire) { wire.answer(503, "", "Retry-After: 600\r\n"); });
  connect(server.port());
  const Reply reply = call(get("/a"));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().failure, Failure::ServerError);
  EXPECT_EQ(reply.error().retry_after, seconds(600));
}

TEST_F(Calls, TellOfAnEvictionThatIsBlockedAtOnce) {
  FakeServer server([](const SeenRequest&, Wire& wire) {
    wire.answer(429,
                R"({"kind":"Status","reason":"TooManyRequests","message":"Cannot evict pod",)"
                R"("details":{"causes":[{"reason":"DisruptionBudget"}]}})",
                "Retry-After: 0\r\n");
  });
  connect(server.port());
  EXPECT_EQ(evicted(call(evict({"n", "a"}, {}))), Evicted::Blocked);
  EXPECT_EQ(server.seen().size(), 1U);
}

TEST_F(Calls, LeaveConflictsToTheCaller) {
  FakeServer server([](const SeenRequest&, Wire& wire) {
    wire.answer(
        409, R"({"kind":"Status","reason":"Conflict","message":"the object has been modified"})");
  });
  connect(server.port());
  const Reply reply = call(update(kPods, {"n", "a"}, {}));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().failure, Failure::Conflict);
  EXPECT_EQ(server.seen().size(), 1U);
}

TEST_F(Calls, ShareSixteenConnections) {
  FakeServer server([](const SeenRequest&, Wire& wire) { wire.answer(200, "{}"); });
  connect(server.port());
  std::size_t answered = 0;
  std::vector<std::unique_ptr<Pending>> pending;
  for (int number = 0; number < 35; ++number) {
    pending.push_back(
        client->call(get("/a"), [&](const Reply& reply) { answered += reply ? 1 : 0; }));
  }
  run_until([&] { return answered == 35; });
  EXPECT_LE(server.connections(), 16);
}

TEST_F(Calls, AreNotHeardOfOnceTheirOwnerIsGone) {
  FakeServer server([](const SeenRequest&, Wire& wire) { wire.answer(200, "{}"); });
  connect(server.port());
  bool has_heard = false;
  client->call(get("/dropped"), [&](const Reply&) { has_heard = true; }).reset();
  EXPECT_TRUE(call(get("/a")));
  run_until([&] { return server.seen().size() == 2; });
  io.poll();
  EXPECT_FALSE(has_heard);
}

TEST_F(Calls, EndWithTheirClient) {
  FakeServer server([](const SeenRequest&, Wire& wire) { wire.wait_for_close(); });
  connect(server.port());
  bool has_heard = false;
  const auto pending = client->call(get("/a"), [&](const Reply&) { has_heard = true; });
  run_until([&] { return server.seen().size() == 1; });
  client.reset();
  io.poll();
  EXPECT_FALSE(has_heard);
}

}  // namespace
}  // namespace paddock::kube
