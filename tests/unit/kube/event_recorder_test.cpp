// SPDX-License-Identifier: Apache-2.0
#include "kube/event_recorder.h"

#include <gtest/gtest.h>

#include "fakes.h"
#include "kube/event_sink.h"

namespace paddock::kube {
namespace {

News news_of(std::string_view name, std::string_view note = "a note") {
  return {.regarding = {.api_version = "paddock.io/v1",
                        .kind = "Ensemble",
                        .key = {"n", std::string(name)},
                        .uid = "u1"},
          .type = News::Type::Warning,
          .reason = "QuorumLost",
          .action = "Wait",
          .note = std::string(note)};
}

struct Recording : testing::Test {
  std::vector<Request> record(const News& news) {
    std::vector<Request> requests;
    recorder.record(news, now, requests);
    return requests;
  }
  std::vector<Request> pass(Duration by) {
    now.monotonic = now.monotonic + by;
    now.wall.ms += std::chrono::duration_cast<milliseconds>(by).count();
    std::vector<Request> requests;
    recorder.on_time(now, requests);
    return requests;
  }

  Now now{.monotonic = {seconds(50)}, .wall = {1'795'853'730'000}};
  EventRecorder recorder{{.controller = "paddock.io/operator", .instance = "pod-1"}};
};

TEST_F(Recording, SaysWhatAndAboutWhat) {
  const auto requests = record(news_of("main"));

  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].target, "/apis/events.k8s.io/v1/namespaces/n/events");
  const json::value event = *parse_json(requests[0].body);
  EXPECT_TRUE(key_of(event).name.starts_with("main."));
  EXPECT_EQ(text_at(event, {"eventTime"}), "2026-11-28T08:15:30.000000Z");
  EXPECT_EQ(text_at(event, {"type"}), "Warning");
  EXPECT_EQ(text_at(event, {"reportingController"}), "paddock.io/operator");
  EXPECT_EQ(text_at(event, {"regarding", "namespace"}), "n");
  EXPECT_EQ(text_at(event, {"note"}), "a note");
}

TEST_F(Recording, CountsWhatIsSaidAgain) {
  const std::string name(key_of(*parse_json(record(news_of("main"))[0].body)).name);
  const auto second = record(news_of("main"));
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].target, "/apis/events.k8s.io/v1/namespaces/n/events/" + name);
  EXPECT_EQ(second[0].body,
            R"({"series":{"count":2,"lastObservedTime":"2026-11-28T08:15:30.000000Z"}})");

  for (int again = 0; again < 5; ++again) EXPECT_TRUE(record(news_of("main")).empty());

  EXPECT_EQ(recorder.wake_at(), now.monotonic + seconds(60));
  EXPECT_TRUE(pass(seconds(59)).empty());
  const auto later = pass(seconds(1));
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(number_at(*parse_json(later[0].body), {"series", "count"}), 7);
  EXPECT_EQ(recorder.wake_at(), std::nullopt);
}

TEST_F(Recording, BeginsAnewAfterTenQuietMinutes) {
  const auto first = record(news_of("main"));
  pass(seconds(600));
  const auto second = record(news_of("main"));

  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].verb, Verb::Post);
  EXPECT_NE(first[0].body, second[0].body);
}

TEST_F(Recording, TellsOtherNewsApart) {
  EXPECT_EQ(record(news_of("main"))[0].verb, Verb::Post);
  EXPECT_EQ(record(news_of("other"))[0].verb, Verb::Post);
  EXPECT_EQ(record(news_of("main", "another note"))[0].verb, Verb::Post);
}

TEST_F(Recording, GivesEachObjectItsShare) {
  std::size_t told = 0;
  for (int number = 0; number < 100; ++number) {
    told += record(news_of("main", std::to_string(number))).size();
  }
  EXPECT_EQ(told, 25U);
  EXPECT_EQ(record(news_of("other")).size(), 1U);
  pass(seconds(300));
  EXPECT_EQ(record(news_of("main", "later")).size(), 1U);
  EXPECT_EQ(record(news_of("main", "too soon")).size(), 0U);
}

TEST_F(Recording, CutsLongNotesBetweenCharacters) {
  const auto requests = record(news_of("main", std::string(1023, 'x') + "\xc3\xa9"));
  EXPECT_EQ(text_at(*parse_json(requests[0].body), {"note"}), std::string(1023, 'x'));
}

TEST_F(Recording, PutsNewsOfNodesIntoTheDefaultNamespace) {
  News news = news_of("node-1");
  news.regarding.key.ns.clear();
  const auto requests = record(news);
  EXPECT_EQ(requests[0].target, "/apis/events.k8s.io/v1/namespaces/default/events");
  EXPECT_EQ(find(*parse_json(requests[0].body), {"regarding", "namespace"}), nullptr);
}

TEST_F(Recording, NamesAreDifferentWithinAMoment) {
  std::set<std::string> names;
  for (int number = 0; number < 20; ++number) {
    names.insert(key_of(*parse_json(record(news_of("main", std::to_string(number)))[0].body)).name);
  }
  EXPECT_EQ(names.size(), 20U);
}

TEST(EventSink, SendsOneAfterTheOtherAndFailsNobody) {
  FakeLoop loop;
  FakeApi api;
  std::size_t failures = 0;
  EventSink sink(
      api, loop, {.controller = "c", .instance = "i"}, [&](const ApiError&) { ++failures; });
  sink.record(news_of("main"));
  sink.record(news_of("main"));
  EXPECT_EQ(api.waiting(), 1U);
  EXPECT_EQ(api.next().verb, Verb::Post);

  api.refuse(403);

  EXPECT_EQ(failures, 1U);
  EXPECT_EQ(api.next().verb, Verb::Patch);
  api.reply("{}");
  EXPECT_EQ(api.waiting(), 0U);

  sink.record(news_of("main"));
  EXPECT_EQ(api.waiting(), 0U);
  loop.pass(seconds(60));
  EXPECT_EQ(api.next().verb, Verb::Patch);
}

TEST(EventSink, HoldsABoundedNumberWhileTheServerIsAway) {
  FakeLoop loop;
  FakeApi api;
  EventSink sink(api, loop, {.controller = "c", .instance = "i"}, [](const ApiError&) {});
  for (int number = 0; number < 2000; ++number) sink.record(news_of(std::to_string(number)));
  std::size_t sent = 0;
  for (; api.waiting() > 0; ++sent) api.reply("{}");
  EXPECT_EQ(sent, 257U);
}

}  // namespace
}  // namespace paddock::kube
