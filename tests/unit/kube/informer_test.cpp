// SPDX-License-Identifier: Apache-2.0
//
// The informer with its reflector and store, against a server that is played by hand.
#include "kube/informer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "fakes.h"

namespace paddock::kube {
namespace {

std::string pod(std::string_view name, std::string_view version, std::string_view uid = "u") {
  return fmt::format(
      R"({{"metadata":{{"namespace":"n","name":"{}","uid":"{}","resourceVersion":"{}",)"
      R"("managedFields":[{{"manager":"m"}}]}}}})",
      name,
      uid,
      version);
}

std::string event(std::string_view type, std::string_view object) {
  return fmt::format(R"({{"type":"{}","object":{}}})", type, object);
}

std::string bookmark(std::string_view version) {
  return event("BOOKMARK", fmt::format(R"({{"metadata":{{"resourceVersion":"{}"}}}})", version));
}

std::string page(std::string_view version, std::string_view items, std::string_view token = "") {
  return fmt::format(R"({{"metadata":{{"resourceVersion":"{}","continue":"{}"}},"items":[{}]}})",
                     version,
                     token,
                     items);
}

constexpr std::string_view kExpired =
    R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})";

struct Informing : testing::Test {
  Informing()
      : informer(api,
                 loop,
                 {.resource = {.version = "v1", .plural = "pods", .kind = "Pod"}},
                 {.on_change = [this](const Change& change) { note(change); },
                  .on_listed = [this] { seen.emplace_back("listed"); },
                  .on_trouble =
                      [this](const ApiError& error) {
                        trouble.push_back(error);
                      }}) {
    informer.start();
  }

  void note(const Change& change) {
    constexpr std::array kNames = {"added ", "modified ", "deleted "};
    std::string text = kNames[static_cast<std::size_t>(change.kind)] + change.key.name;
    if (change.before) text += " was " + std::string(resource_version_of(*change.before));
    if (change.is_tombstone) text += " unseen";
    seen.push_back(std::move(text));
  }
  std::vector<std::string> take_seen() { return std::exchange(seen, {}); }
  /// The state after a list of one pod and the beginning of a watch.
  void begin() {
    api.reply(page("10", pod("a", "5")));
    api.open();
    seen.clear();
  }
  /// The version from which the watch goes on.
  [[nodiscard]] std::string watched_from() const {
    const std::string& target = api.next().target;
    EXPECT_TRUE(api.is_watch()) << target;
    const std::size_t at = target.find("resourceVersion=") + 16;
    return target.substr(at, target.find('&', at) - at);
  }

  using Lines = std::vector<std::string>;

  FakeLoop loop;
  FakeApi api;
  std::vector<std::string> seen;
  std::vector<ApiError> trouble;
  Informer informer;
};

TEST_F(Informing, ListsAllPagesAndWatchesFromThere) {
  EXPECT_EQ(api.next().target, "/api/v1/pods?limit=500");
  api.reply(page("10", pod("a", "5"), "t"));
  EXPECT_EQ(take_seen(), Lines());
  EXPECT_FALSE(informer.has_synced());
  EXPECT_EQ(api.next().target, "/api/v1/pods?limit=500&continue=t");

  api.reply(page("10", pod("b", "6")));

  EXPECT_EQ(take_seen(), (Lines{"added a", "added b", "listed"}));
  EXPECT_TRUE(informer.has_synced());
  EXPECT_EQ(watched_from(), "10");
}

TEST_F(Informing, FollowsEventsAndBookmarks) {
  begin();
  api.line(event("ADDED", pod("b", "11")));
  api.line(event("MODIFIED", pod("a", "12")));
  api.line(event("DELETED", pod("b", "13")));
  EXPECT_EQ(take_seen(), (Lines{"added b", "modified a was 5", "deleted b was 13"}));
  EXPECT_EQ(resource_version_of(*informer.store().find({"n", "a"})), "12");
  EXPECT_EQ(find(*informer.store().find({"n", "a"}), {"metadata", "managedFields"}), nullptr);

  api.line(bookmark("40"));
  loop.pass(seconds(300));
  api.end();

  EXPECT_EQ(take_seen(), Lines());
  EXPECT_EQ(watched_from(), "40");
  EXPECT_TRUE(trouble.empty());
}

TEST_F(Informing, WatchesForFiveToTenMinutes) {
  begin();
  std::set<std::string> limits;
  for (int round = 0; round < 5; ++round) {
    const std::string& target = api.next().target;
    limits.insert(target.substr(target.find("timeoutSeconds=") + 15));
    loop.pass(seconds(300));
    api.end();
    api.open();
  }

  EXPECT_GT(limits.size(), 1U);
  for (const std::string& limit : limits) {
    EXPECT_GE(std::stoi(limit), 300);
    EXPECT_LT(std::stoi(limit), 600);
  }
}

TEST_F(Informing, ListsAgainWhenTheHistoryIsGone) {
  begin();
  api.line(kExpired);
  EXPECT_TRUE(api.is_dropped());
  api.drop();
  EXPECT_EQ(api.waiting(), 0U);
  EXPECT_TRUE(informer.has_synced());

  loop.pass(seconds(2));
  api.reply(page("30", pod("a", "5") + "," + pod("c", "29")));

  EXPECT_EQ(take_seen(), (Lines{"added c", "listed"}));
  EXPECT_EQ(watched_from(), "30");
  ASSERT_EQ(trouble.size(), 1U);
  EXPECT_EQ(trouble[0].failure, Failure::Expired);
}

TEST_F(Informing, ListsAgainWhenAWatchIsRefusedAsTooOld) {
  begin();
  api.end(error_of(410, ""));
  loop.pass(seconds(2));
  EXPECT_EQ(api.next().target, "/api/v1/pods?limit=500");
}

TEST_F(Informing, TellsOfWhatNobodySawGo) {
  begin();
  api.line(kExpired);
  api.drop();
  loop.pass(seconds(2));

  api.reply(page("30", pod("b", "29")));

  EXPECT_EQ(take_seen(), (Lines{"added b", "deleted a was 5 unseen", "listed"}));
}

TEST_F(Informing, SeesThatANameWasGivenAgain) {
  begin();
  api.line(kExpired);
  api.drop();
  loop.pass(seconds(2));

  api.reply(page("30", pod("a", "29", "another")));

  EXPECT_EQ(take_seen(), (Lines{"modified a was 5", "listed"}));
}

TEST_F(Informing, GoesOnFromWhereItWasWhenAWatchBreaks) {
  begin();
  api.line(event("MODIFIED", pod("a", "12")));
  api.end(failed(Failure::Lost, "reset"));
  EXPECT_EQ(api.waiting(), 0U);

  loop.pass(seconds(2));

  EXPECT_EQ(watched_from(), "12");
}

TEST_F(Informing, WaitsLongerEachTimeAndNotForever) {
  begin();
  std::vector<Duration> waits;
  for (int round = 0; round < 12; ++round) {
    if (api.is_watch()) {
      api.end(failed(Failure::Unreachable, "refused"));
    } else {
      api.reply(std::unexpected(failed(Failure::Unreachable, "refused")));
    }
    const auto wait = loop.until_next();
    ASSERT_TRUE(wait);
    waits.push_back(*wait);
    loop.pass(*wait);
    ASSERT_EQ(api.waiting(), 1U);
  }

  EXPECT_GE(waits.front(), milliseconds(800));
  EXPECT_LT(waits.front(), milliseconds(1600));
  EXPECT_GE(waits.back(), seconds(30));
  EXPECT_LT(waits.back(), seconds(60));
}

TEST_F(Informing, ListsAgainWhenNoWatchSucceedsAnyMore) {
  begin();
  for (int round = 0; round < 5; ++round) {
    ASSERT_TRUE(api.is_watch()) << round;
    api.end(error_of(500, ""));
    loop.pass(seconds(60));
  }
  EXPECT_FALSE(api.is_watch());
  EXPECT_EQ(api.next().target, "/api/v1/pods?limit=500");
}

TEST_F(Informing, WaitsAsLongAsTheServerAsks) {
  begin();
  api.end(error_of(429, "", seconds(45)));
  EXPECT_EQ(loop.until_next(), Duration(seconds(45)));
}

TEST_F(Informing, DoesNotHammerAServerThatEndsItsWatchesAtOnce) {
  begin();
  api.end();
  EXPECT_EQ(api.waiting(), 0U);
  loop.pass(seconds(2));
  EXPECT_EQ(watched_from(), "10");
}

TEST_F(Informing, GoesOnAtOnceIfAShortWatchHadNews) {
  begin();
  api.line(event("ADDED", pod("b", "11")));
  api.end();
  EXPECT_EQ(watched_from(), "11");
}

TEST_F(Informing, ListsAgainWhenAnEventCannotBeRead) {
  begin();
  api.line(R"({"type":"ADDED","obj)");
  EXPECT_TRUE(api.is_dropped());
  api.drop();
  loop.pass(seconds(2));
  EXPECT_EQ(api.next().target, "/api/v1/pods?limit=500");
  EXPECT_EQ(trouble.at(0).failure, Failure::Garbled);
}

TEST_F(Informing, TakesAllInOnePageOnceATokenHasExpired) {
  api.reply(page("10", pod("a", "5"), "t"));
  api.refuse(410, R"({"kind":"Status","reason":"Expired"})");
  EXPECT_EQ(api.next().target, "/api/v1/pods");

  api.reply(page("20", pod("b", "15")));

  EXPECT_EQ(take_seen(), (Lines{"added b", "listed"}));
  api.open();
  api.line(kExpired);
  api.drop();
  loop.pass(seconds(5));
  EXPECT_EQ(api.next().target, "/api/v1/pods?limit=500");
}

TEST_F(Informing, AsksRarelyForWhatItMayNotSee) {
  api.refuse(403, R"({"kind":"Status","reason":"Forbidden","message":"no"})");
  EXPECT_EQ(trouble.at(0).failure, Failure::Forbidden);
  EXPECT_EQ(loop.until_next(), Duration(seconds(60)));
  EXPECT_FALSE(informer.has_synced());
}

TEST_F(Informing, DoesNotGoBackInTime) {
  begin();
  api.line(event("MODIFIED", pod("a", "20")));
  api.line(event("MODIFIED", pod("a", "15")));
  EXPECT_EQ(take_seen(), (Lines{"modified a was 5"}));
  api.line(kExpired);
  api.drop();

  loop.pass(seconds(60));
  api.reply(page("12", pod("a", "5")));

  EXPECT_EQ(take_seen(), Lines());
  EXPECT_EQ(resource_version_of(*informer.store().find({"n", "a"})), "20");
}

TEST_F(Informing, BelievesAClusterThatWasRestoredAfterAWhile) {
  begin();
  api.line(event("MODIFIED", pod("a", "20")));
  api.line(kExpired);
  api.drop();
  for (int round = 0; round < 3; ++round) {
    loop.pass(seconds(120));
    seen.clear();
    api.reply(page("12", pod("a", "5")));
  }
  EXPECT_EQ(take_seen(), (Lines{"modified a was 20", "listed"}));
  EXPECT_EQ(watched_from(), "12");
}

TEST_F(Informing, KnowsWhenItLastHeardOfTheServer) {
  EXPECT_EQ(informer.heard_at(), std::nullopt);
  begin();
  loop.pass(seconds(100));
  EXPECT_EQ(loop.now().monotonic - *informer.heard_at(), seconds(100));
  api.line(bookmark("11"));
  EXPECT_EQ(informer.heard_at(), loop.now().monotonic);
}

TEST(Informer, HearsNothingOnceItIsGone) {
  FakeLoop loop;
  FakeApi api;
  {
    Informer informer(api, loop, {.resource = {.version = "v1", .plural = "pods"}}, {});
    informer.start();
  }
  EXPECT_TRUE(api.is_dropped());
  EXPECT_EQ(loop.until_next(), std::nullopt);
}

/// A server with a history, and an informer that is interrupted in every way: in the end both have
/// the same, and at each step the machine keeps its word.
TEST(Reflector, ConvergesWhateverHappens) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Prng random(seed);
    std::map<std::string, std::string> truth;
    std::uint64_t version = 100;
    std::vector<std::pair<std::uint64_t, std::string>> history;
    MonotonicTime now{seconds(1)};
    Reflector reflector({}, seed);
    std::optional<Reflector::ListCall> list;
    std::optional<std::uint64_t> watched;  // up to this version the watch has told
    std::uint64_t forgotten = 0;

    const auto take = [&](const Reflector::Effects& effects) {
      if (effects.ends_watch || effects.list) watched.reset();
      if (effects.list) list = effects.list;
      if (effects.watch) watched = std::stoull(effects.watch->resource_version);
      reflector.check_invariants();
    };
    const auto change = [&] {
      const std::string name = std::string(1, static_cast<char>('a' + random.below(5)));
      ++version;
      const std::string text = std::to_string(version);
      const bool removes = truth.contains(name) && random.chance(1, 3);
      const std::string_view type = removes                ? "DELETED"
                                    : truth.contains(name) ? "MODIFIED"
                                                           : "ADDED";
      history.emplace_back(version, event(type, pod(name, text)));
      if (removes) {
        truth.erase(name);
      } else {
        truth[name] = text;
      }
    };
    const auto answer_list = [&](Reflector::Effects& effects) {
      ListPage whole{.resource_version = std::to_string(version)};
      for (const auto& [name, at] : truth) whole.items.push_back(*parse_json(pod(name, at)));
      list.reset();
      reflector.on_list(std::move(whole), now, effects);
    };
    const auto answer_watch = [&](Reflector::Effects& effects) {
      for (const auto& [at, line] : history) {
        if (at <= *watched) continue;
        watched = at;
        return reflector.on_event(parse_watch_event(line), now, effects);
      }
    };
    const auto step = [&](bool may_fail) {
      Reflector::Effects effects;
      now = now + seconds(1);
      const bool fails = may_fail && random.chance(1, 4);
      if (list && fails) {
        list.reset();
        reflector.on_list(std::unexpected(failed(Failure::Lost, "lost")), now, effects);
      } else if (list) {
        answer_list(effects);
      } else if (watched && (*watched < forgotten)) {
        watched.reset();
        reflector.on_event(parse_watch_event(kExpired), now, effects);
      } else if (watched && fails) {
        watched.reset();
        reflector.on_watch_end(failed(Failure::Lost, "lost"), now, effects);
      } else if (watched) {
        answer_watch(effects);
      } else {
        reflector.on_time(now, effects);
      }
      take(effects);
    };

    Reflector::Effects first;
    reflector.start(first);
    take(first);
    for (int round = 0; round < 150; ++round) {
      if (random.chance(1, 2)) change();
      if (random.chance(1, 20)) forgotten = version;
      step(true);
    }
    for (int round = 0; round < 400; ++round) step(false);

    ASSERT_EQ(reflector.store().objects().size(), truth.size());
    for (const auto& [name, at] : truth) {
      const json::value* const object = reflector.store().find({"n", name});
      ASSERT_NE(object, nullptr);
      EXPECT_EQ(resource_version_of(*object), at);
    }
  }
}

}  // namespace
}  // namespace paddock::kube
