// SPDX-License-Identifier: Apache-2.0
//
// Connections that break at any moment: every request is answered exactly once, none reaches a
// server twice, and what was answered Ok did happen. Prints the seed of a failing run.
#include <map>

#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::client {
namespace {

const Chroot kNoChroot;

class Story {
 public:
  explicit Story(std::uint64_t seed) : prng_(seed), client_(Harness::default_options(), seed) {}

  void play() {
    client_.start();
    for (int step = 0; step < 200; ++step) act();
    client_.server.start_answering();
    client_.is_down = false;
    // A server that was silent is noticed, and a new connection made.
    client_.wait(seconds(60));
    check();
  }

 private:
  void act() {
    switch (prng_.below(6)) {
      case 0:
      case 1:
        create();
        client_.settle();
        return;
      case 2:
        create();
        return;
      case 3:
        client_.server.stop_answering();
        return;
      case 4:
        if (client_.is_connected) client_.break_connection();
        client_.server.start_answering();
        return;
      default:
        client_.is_down = prng_.below(2) == 0;
        client_.wait(milliseconds(prng_.below(3000)));
    }
  }

  void create() {
    const std::string path = fmt::format("/{}", ++created_);
    const RequestId id = client_.submit_unseen(create_request(kNoChroot, path, {.data = "x"}));
    paths_[static_cast<std::uint64_t>(id)] = path;
  }

  void check() {
    std::map<std::string, int> answers;
    std::map<std::string, int> successes;
    for (const std::string& line : client_.take_log()) {
      std::uint64_t id = 0;
      std::array<char, 32> code{};
      if (std::sscanf(line.c_str(), "reply %lu %31s", &id, code.data()) != 2) continue;
      ++answers[paths_.at(id)];
      // The second arrival of a create would be answered with NodeExists.
      EXPECT_STRNE(code.data(), "NodeExists");
      if (std::string(code.data()) == "Ok") ++successes[paths_.at(id)];
    }
    EXPECT_EQ(answers.size(), paths_.size());
    for (const auto& [path, count] : answers) EXPECT_EQ(count, 1) << path;
    for (const auto& [path, count] : successes) {
      EXPECT_TRUE(client_.server.nodes.contains(path)) << path;
    }
    EXPECT_EQ(client_.session.outstanding(), 0U);
    EXPECT_EQ(client_.session.state(), SessionState::Connected);
  }

  Prng prng_;
  Harness client_;
  int created_ = 0;
  std::map<std::uint64_t, std::string> paths_;
};

TEST(LostConnection, EveryRequestIsAnsweredOnceAndSentAtMostOnce) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Story(seed).play();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace paddock::client
