// SPDX-License-Identifier: Apache-2.0
//
// Lease election: one candidate against a server played by hand, and many whose clocks differ.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "fakes.h"
#include "kube/elector.h"

namespace paddock::kube {
namespace {

const ObjectKey kLease{"ns", "operator"};
constexpr std::string_view kAcquired = "2026-11-28T08:15:30.000000Z";  // when the fake clock starts

std::string lease_text(std::string_view holder, std::string_view version, int duration = 15) {
  return fmt::format(
      R"({{"metadata":{{"name":"operator","namespace":"ns","resourceVersion":"{}",)"
      R"("labels":{{"keep":"me"}}}},"spec":{{"holderIdentity":"{}","leaseDurationSeconds":{},)"
      R"("acquireTime":"2026-01-01T00:00:00.000000Z","renewTime":"2026-01-01T00:00:00.000000Z",)"
      R"("leaseTransitions":4}}}})",
      version,
      holder,
      duration);
}

struct Electing : testing::Test {
  Electing()
      : elector(api,
                loop,
                kLease,
                {.identity = "me"},
                1,
                {.on_won = [this] { news.emplace_back("won"); },
                 .on_lost = [this](const std::string& why) { news.push_back("lost: " + why); },
                 .on_trouble =
                     [this](const ApiError& error) {
                       news.push_back(error.text());
                     }}) {
    elector.start();
  }
  [[nodiscard]] json::value body() const { return *parse_json(api.next().body); }
  /// The write is answered with what was written, in a new version.
  void accept(std::string_view version) {
    json::value object = body();
    object.at("metadata").as_object()["resourceVersion"] = version;
    api.reply(Answer{.body = std::move(object)});
  }
  void win() {
    api.refuse(404);
    accept("1");
    news.clear();
  }

  using News = std::vector<std::string>;

  FakeLoop loop;
  FakeApi api;
  News news;
  Elector elector;
};

TEST_F(Electing, MakesTheLeaseIfThereIsNone) {
  EXPECT_EQ(api.next().target, "/apis/coordination.k8s.io/v1/namespaces/ns/leases/operator");
  EXPECT_TRUE(api.next().is_urgent);
  api.refuse(404);
  EXPECT_EQ(api.next().verb, Verb::Post);
  EXPECT_EQ(text_at(body(), {"spec", "holderIdentity"}), "me");
  EXPECT_EQ(number_at(body(), {"spec", "leaseDurationSeconds"}), 15);
  EXPECT_EQ(number_at(body(), {"spec", "leaseTransitions"}), 0);
  EXPECT_FALSE(elector.holds());

  accept("1");

  EXPECT_TRUE(elector.holds());
  EXPECT_EQ(elector.remaining(), seconds(10));
  EXPECT_EQ(news, News{"won"});
}

TEST_F(Electing, RenewsEveryTwoSecondsWithTheVersionItKnows) {
  win();
  loop.pass(seconds(2));
  EXPECT_EQ(api.next().verb, Verb::Put);
  EXPECT_EQ(resource_version_of(body()), "1");
  accept("2");
  EXPECT_EQ(elector.remaining(), seconds(10));
  loop.pass(seconds(2));
  EXPECT_EQ(resource_version_of(body()), "2");
  EXPECT_EQ(text_at(body(), {"spec", "acquireTime"}), kAcquired);
  EXPECT_TRUE(news.empty());
}

TEST_F(Electing, CountsFromBeforeTheWriteWasSent) {
  api.refuse(404);
  loop.pass(seconds(4));
  accept("1");
  EXPECT_EQ(elector.remaining(), seconds(6));
}

TEST_F(Electing, DoesNotWinByAnAnswerThatComesTooLate) {
  api.refuse(404);
  loop.pass(seconds(10));
  accept("1");
  EXPECT_FALSE(elector.holds());
  EXPECT_TRUE(news.empty());
}

TEST_F(Electing, WaitsForTheLeaseOfAnotherByItsOwnClock) {
  loop.set_wall({0});  // what the Lease says of times is of no account
  api.reply(lease_text("other", "7", 15));
  EXPECT_EQ(api.waiting(), 0U);
  EXPECT_EQ(elector.holder(), "other");
  Duration waited{};
  while (true) {
    const Duration wait = *loop.until_next();
    EXPECT_GE(wait, seconds(2));
    EXPECT_LT(wait, seconds(4));
    loop.pass(wait);
    waited += wait;
    api.reply(lease_text("other", "7", 15));
    if (api.waiting() > 0) break;
  }
  EXPECT_GE(waited, seconds(15));
  EXPECT_LT(waited, seconds(19));
  EXPECT_EQ(resource_version_of(body()), "7");
  EXPECT_EQ(number_at(body(), {"spec", "leaseTransitions"}), 5);
  EXPECT_EQ(label_of(body(), "keep"), "me");
  accept("8");
  EXPECT_TRUE(elector.holds());
}

TEST_F(Electing, StartsToWaitAgainWhenTheOtherRenews) {
  api.reply(lease_text("other", "7"));
  for (int version = 8; version < 30; ++version) {
    loop.pass(*loop.until_next());
    api.reply(lease_text("other", std::to_string(version)));
    ASSERT_EQ(api.waiting(), 0U);
  }
}

TEST_F(Electing, TakesWhatWasGivenUpAtOnce) {
  api.reply(lease_text("", "7", 1));
  EXPECT_EQ(api.next().verb, Verb::Put);
  accept("8");
  EXPECT_TRUE(elector.holds());
}

TEST_F(Electing, LooksAgainWhenAnotherWasFaster) {
  api.reply(lease_text("", "7", 1));
  api.refuse(409, R"({"kind":"Status","reason":"Conflict"})");
  EXPECT_EQ(api.next().verb, Verb::Get);
  api.reply(lease_text("other", "8"));
  EXPECT_FALSE(elector.holds());
  EXPECT_TRUE(news.empty());
}

TEST_F(Electing, StopsWhenItCannotRenewInTime) {
  win();
  for (int round = 0; round < 3; ++round) {
    loop.pass(seconds(2));
    if (api.waiting() == 0) continue;
    api.reply(std::unexpected(failed(Failure::TimedOut, "slow")));
    api.reply(std::unexpected(failed(Failure::TimedOut, "slow")));
  }
  EXPECT_TRUE(elector.holds());
  loop.pass(seconds(10));
  EXPECT_FALSE(elector.holds());
  EXPECT_EQ(news.back(), "lost: it could not be renewed in time");
}

TEST_F(Electing, StopsEvenWhileAWriteIsOnItsWay) {
  win();
  loop.pass(seconds(2));
  EXPECT_EQ(api.waiting(), 1U);
  loop.pass(seconds(8));
  EXPECT_FALSE(elector.holds());
  EXPECT_EQ(news, News{"lost: it could not be renewed in time"});
}

TEST_F(Electing, StopsWhenAnotherHasIt) {
  win();
  loop.pass(seconds(2));
  api.refuse(409);
  EXPECT_TRUE(elector.holds());
  api.reply(lease_text("other", "9"));
  EXPECT_FALSE(elector.holds());
  EXPECT_EQ(news, News{"lost: another has it: other"});
}

TEST_F(Electing, GoesOnWhenAWriteWasDoneButNotAnswered) {
  win();
  loop.pass(seconds(2));
  api.reply(std::unexpected(failed(Failure::Lost, "reset")));
  EXPECT_EQ(api.next().verb, Verb::Get);
  api.reply(lease_text("me", "2"));
  EXPECT_EQ(resource_version_of(body()), "2");
  accept("3");
  EXPECT_TRUE(elector.holds());
  EXPECT_EQ(news, News{"reset"});
}

TEST_F(Electing, GivesItUpForOthers) {
  win();
  bool is_released = false;
  elector.release([&] { is_released = true; });
  EXPECT_FALSE(elector.holds());
  EXPECT_EQ(text_at(body(), {"spec", "holderIdentity"}), "");
  EXPECT_EQ(number_at(body(), {"spec", "leaseDurationSeconds"}), 1);
  EXPECT_FALSE(is_released);
  accept("2");
  EXPECT_TRUE(is_released);
  loop.pass(seconds(100));
  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(Electing, GivesItUpOnlyIfItHasIt) {
  api.reply(lease_text("other", "7"));
  bool is_released = false;
  elector.release([&] { is_released = true; });
  EXPECT_TRUE(is_released);
  EXPECT_EQ(api.waiting(), 0U);
  EXPECT_TRUE(news.empty());
}

TEST_F(Electing, FinishesItsWriteBeforeItGivesUp) {
  win();
  loop.pass(seconds(2));
  bool is_released = false;
  elector.release([&] { is_released = true; });
  EXPECT_EQ(text_at(body(), {"spec", "holderIdentity"}), "me");
  accept("2");
  EXPECT_EQ(text_at(body(), {"spec", "holderIdentity"}), "");
  accept("3");
  EXPECT_TRUE(is_released);
}

TEST(LeaseElection, RefusesTimesThatDoNotFitTogether) {
  EXPECT_TRUE(check({.identity = "a"}));
  EXPECT_FALSE(check({.identity = ""}));
  EXPECT_FALSE(check({.identity = "a", .duration = seconds(10)}));
  EXPECT_FALSE(check({.identity = "a", .renew_deadline = seconds(2)}));
  EXPECT_FALSE(check({.identity = "a", .retry = seconds(0)}));
}

/// A store with compare-and-swap, as the API server is one.
struct Register {
  LeaseElection::Observation write(Lease lease) {
    if (lease.resource_version != state.resource_version) {
      return std::unexpected(failed(Failure::Conflict, "another was faster"));
    }
    lease.resource_version = std::to_string(++version);
    return state = lease;
  }
  Lease state;
  int version = 0;
};

/// One process: its clocks, and the request that it waits for.
struct Candidate {
  Candidate(int number, std::uint64_t seed, Prng& random)
      : election({.identity = "candidate-" + std::to_string(number)}, seed),
        skew(seconds(random.below(100'000))),
        wall{static_cast<std::int64_t>(random.below(2'000'000'000'000))},
        // The speed of its clock differs by up to 10 %.
        percent(95 + static_cast<std::int64_t>(random.below(11))) {}

  [[nodiscard]] Now now(Duration real) const {
    return {.monotonic = {skew + real * percent / 100}, .wall = wall};
  }

  LeaseElection election;
  Duration skew;
  WallTime wall;
  std::int64_t percent;
  bool reads = false;
  std::optional<Lease> writes;
  std::optional<LeaseElection::Observation> written;  // carried out, not yet answered
  bool has_crashed = false;
};

TEST(LeaseElection, HasNeverTwoHoldersWhateverTheClocksSay) {
  std::size_t terms = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Prng random(seed);
    Register store;
    std::vector<Candidate> all;
    for (int number = 0; number < 3; ++number) all.emplace_back(number, random(), random);
    const auto take = [&](Candidate& one, LeaseElection::Effects& effects) {
      one.reads |= effects.reads;
      if (effects.writes) one.writes = effects.writes;
      if (effects.has_won) ++terms;
      one.election.check_invariants();
    };
    for (Candidate& one : all) {
      LeaseElection::Effects effects;
      one.election.start(one.now({}), effects);
      take(one, effects);
    }
    for (Duration real = milliseconds(1); real < seconds(300);
         real += milliseconds(1 + random.below(900))) {
      Candidate& one = all[random.below(all.size())];
      if (one.has_crashed) continue;
      if (random.chance(1, 400)) one.has_crashed = true;
      LeaseElection::Effects effects;
      const bool is_cut_off = (real / seconds(20) + static_cast<std::int64_t>(seed)) % 3 == 0;
      if (one.written) {
        auto result = *std::exchange(one.written, std::nullopt);
        if (random.chance(1, 10)) result = std::unexpected(failed(Failure::Lost, "lost"));
        one.election.on_written(result, one.now(real), effects);
      } else if (one.writes && !is_cut_off) {
        one.written = store.write(*std::exchange(one.writes, std::nullopt));
      } else if (one.reads && !is_cut_off) {
        one.reads = false;
        one.election.on_read(store.state, one.now(real), effects);
      } else if (!one.writes && !one.reads) {
        one.election.on_time(one.now(real), effects);
      }
      take(one, effects);
      const auto holders = std::ranges::count_if(all, [&](const Candidate& each) {
        return each.election.holds(each.now(real).monotonic);
      });
      ASSERT_LE(holders, 1) << real.count();
    }
  }
  EXPECT_GT(terms, 600U);
}

}  // namespace
}  // namespace paddock::kube
