// SPDX-License-Identifier: Apache-2.0
//
// Watches, and an informer on them: streams that come in pieces, break, are slow or too old.
#include <latch>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "driver.h"
#include "fake_server.h"
#include "kube/informer.h"
#include "kube_client/clock_loop.h"

namespace paddock::kube {
namespace {

const Resource kPods{.version = "v1", .plural = "pods", .kind = "Pod"};

std::string added(std::string_view name, int version) {
  return fmt::format(
      "{{\"type\":\"ADDED\",\"object\":{{\"metadata\":{{\"namespace\":\"n\",\"name\":\"{}\","
      "\"resourceVersion\":\"{}\"}}}}}}\n",
      name,
      version);
}

bool is_watch(const SeenRequest& request) {
  return request.target.find("watch=1") != std::string::npos;
}

std::string page(int version, std::string_view items = "", std::string_view token = "") {
  return fmt::format(R"({{"metadata":{{"resourceVersion":"{}","continue":"{}"}},"items":[{}]}})",
                     version,
                     token,
                     items);
}

struct Watches : testing::Test, Driver {
  Watching watching;
  void start() { watching.start(*this, watch(kPods, {}, "1", seconds(300))); }
};

TEST_F(Watches, TellLinesWhereverTheirChunksEnd) {
  const std::string text = added("a", 2) + added("b", 3) + added("c", 4);
  for (const std::size_t step : {1U, 7U, 50U, 1000U}) {
    FakeServer server([&](const SeenRequest&, Wire& wire) {
      wire.begin_chunks();
      for (std::size_t at = 0; at < text.size(); at += step) wire.chunk(text.substr(at, step));
      wire.end_chunks();
    });
    connect(server.port());
    Watching one;
    one.start(*this, watch(kPods, {}, "1", seconds(300)));
    run_until([&] { return one.has_ended; });
    EXPECT_FALSE(one.error) << one.error->text();
    EXPECT_EQ(one.lines.size(), 3U) << step;
    EXPECT_EQ(one.lines.at(1) + "\n", added("b", 3));
    one.pending.reset();
  }
}

TEST_F(Watches, TellALineAsSoonAsItIsThere) {
  std::latch seen(1);
  FakeServer server([&](const SeenRequest&, Wire& wire) {
    wire.begin_chunks();
    wire.chunk(added("a", 2) + "{\"type\":\"AD");
    seen.wait();  // nothing more comes until the client has it
    wire.chunk("DED\"}\n");
    wire.end_chunks();
  });
  connect(server.port());
  start();
  run_until([&] { return watching.lines.size() == 1; });
  EXPECT_TRUE(watching.is_open);
  seen.count_down();
  run_until([&] { return watching.has_ended; });
  EXPECT_EQ(watching.lines.size(), 2U);
}

TEST_F(Watches, NoticeThatTheyAreCutOff) {
  for (const bool is_reset : {false, true}) {
    FakeServer server([&](const SeenRequest&, Wire& wire) {
      wire.begin_chunks();
      wire.chunk(added("a", 2));
      if (is_reset) return wire.reset();
      wire.close();
    });
    connect(server.port());
    Watching one;
    one.start(*this, watch(kPods, {}, "1", seconds(300)));
    run_until([&] { return one.has_ended; });
    ASSERT_TRUE(one.error);
    EXPECT_EQ(one.error->failure, Failure::Lost);
    one.pending.reset();
  }
}

TEST_F(Watches, NoticeThatAnEventIsCutOff) {
  FakeServer server([&](const SeenRequest&, Wire& wire) {
    wire.begin_chunks();
    wire.chunk("{\"type\":");
    wire.end_chunks();
  });
  connect(server.port());
  start();
  run_until([&] { return watching.has_ended; });
  EXPECT_EQ(watching.error.value().failure, Failure::Lost);
  EXPECT_TRUE(watching.lines.empty());
}

TEST_F(Watches, AreToldWhyTheyAreRefused) {
  FakeServer server([&](const SeenRequest&, Wire& wire) {
    wire.answer(410, R"({"kind":"Status","reason":"Expired","message":"too old"})");
  });
  connect(server.port());
  start();
  run_until([&] { return watching.has_ended; });
  EXPECT_FALSE(watching.is_open);
  EXPECT_EQ(watching.error.value().failure, Failure::Expired);
}

TEST_F(Watches, EndWhenNothingComesForTooLong) {
  FakeServer server([&](const SeenRequest&, Wire& wire) {
    wire.begin_chunks();
    wire.chunk(added("a", 2));
    wire.wait_for_close();
  });
  connect(server.port());
  Request request = watch(kPods, {}, "1", seconds(300));
  request.time_limit = milliseconds(300);
  watching.start(*this, std::move(request));
  run_until([&] { return watching.has_ended; });
  EXPECT_EQ(watching.error.value().failure, Failure::TimedOut);
}

TEST_F(Watches, RefuseLinesWithoutEnd) {
  FakeServer server([&](const SeenRequest&, Wire& wire) {
    wire.begin_chunks();
    while (wire.is_open()) wire.chunk(std::string(1000, 'x'));
  });
  connect(server.port());
  start();
  run_until([&] { return watching.has_ended; });
  EXPECT_EQ(watching.error.value().failure, Failure::Garbled);
}

TEST_F(Watches, LeaveTheServerWhenTheirOwnerIsGone) {
  std::atomic<bool> has_left = false;
  FakeServer server([&](const SeenRequest&, Wire& wire) {
    wire.begin_chunks();
    wire.chunk(added("a", 2));
    wire.wait_for_close();
    has_left = true;
  });
  connect(server.port());
  start();
  run_until([&] { return watching.lines.size() == 1; });
  watching.pending.reset();
  Watching other;
  // Other requests go on.
  run_until([&] {
    io.poll();
    return has_left.load();
  });
  EXPECT_FALSE(watching.has_ended);
}

TEST_F(Watches, MayBeEndedByWhatTheyTell) {
  FakeServer server([&](const SeenRequest&, Wire& wire) {
    wire.begin_chunks();
    wire.chunk(added("a", 2) + added("b", 3));
    wire.wait_for_close();
  });
  connect(server.port());
  std::size_t lines = 0;
  std::unique_ptr<Pending> pending;
  pending = client->watch(watch(kPods, {}, "1", seconds(300)),
                          {.on_open = [] {},
                           .on_line =
                               [&](View) {
                                 ++lines;
                                 pending.reset();
                               },
                           .on_end =
                               [](const auto&) {
                                 ADD_FAILURE() << "nobody listens";
                               }});
  run_until([&] { return lines > 0; });
  io.poll();
  EXPECT_EQ(lines, 1U);
}

struct Informers : testing::Test, Driver {
  /// What the informer is told, until it knows an object.
  void follow(std::uint16_t port, const std::string& until) {
    connect(port);
    ClockLoop loop(io);
    Informer informer(
        *client,
        loop,
        {.resource = kPods,
         .reflector = {.backoff = {.first = milliseconds(1), .max = milliseconds(5)}}},
        {.on_trouble = [this](const ApiError& error) {
          trouble.push_back(error.failure);
        }});
    informer.start();
    run_until([&] { return informer.store().find({"n", until}) != nullptr; });
    objects = informer.store().objects().size();
  }
  std::vector<Failure> trouble;
  std::size_t objects = 0;
};

TEST_F(Informers, ReadAHugeListByPagesAndAllAtOnceWhenATokenExpires) {
  std::atomic<bool> has_expired = false;
  FakeServer server([&](const SeenRequest& request, Wire& wire) {
    if (is_watch(request)) {
      wire.begin_chunks();
      wire.chunk(added("last", 60));
      return wire.wait_for_close();
    }
    if (request.target == "/api/v1/pods") {
      std::string items;
      for (int number = 0; number < 1200; ++number) {
        items += fmt::format(
            R"({}{{"metadata":{{"namespace":"n","name":"p{}","resourceVersion":"9"}}}})",
            number == 0 ? "" : ",",
            number);
      }
      return wire.answer(200, page(50, items));
    }
    if (request.target.find("continue=") != std::string::npos) {
      has_expired = true;
      return wire.answer(410, R"({"kind":"Status","reason":"Expired"})");
    }
    wire.answer(200, page(40, R"({"metadata":{"namespace":"n","name":"p0"}})", "token"));
  });
  follow(server.port(), "last");
  EXPECT_TRUE(has_expired);
  EXPECT_EQ(objects, 1201U);
  EXPECT_TRUE(trouble.empty());
}

TEST_F(Informers, ComeThroughAllThatMayHappenToAStream) {
  std::atomic<int> watches = 0;
  FakeServer server([&](const SeenRequest& request, Wire& wire) {
    if (!is_watch(request)) return wire.answer(200, page(10 * (watches + 1)));
    switch (++watches) {
      case 1:
        return wire.reset();
      case 2:
        wire.begin_chunks();
        wire.chunk(added("a", 15).substr(0, 20));
        return wire.close();
      case 3:
        wire.begin_chunks();
        wire.chunk(R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})"
                   "\n");
        return wire.wait_for_close();
      case 4:
        return wire.answer(429, "busy", "Retry-After: 0\r\n");
      case 5:
        return wire.answer(410, "gone");
      case 6:
        wire.begin_chunks();
        wire.chunk("no json\n");
        return wire.wait_for_close();
      default:
        wire.begin_chunks();
        wire.chunk(added("b", 1000));
        wire.wait_for_close();
    }
  });
  follow(server.port(), "b");
  EXPECT_EQ(trouble,
            (std::vector<Failure>{Failure::Lost,
                                  Failure::Lost,
                                  Failure::Expired,
                                  Failure::TooManyRequests,
                                  Failure::Expired,
                                  Failure::Garbled}));
}

}  // namespace
}  // namespace paddock::kube
