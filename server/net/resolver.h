// SPDX-License-Identifier: Apache-2.0
//
// Names to addresses without holding up a loop: getaddrinfo() blocks for seconds when name servers
// do not answer, so one thread of the resolver's own calls it, question after question. Questions
// and answers belong to one loop's thread. Numbers need no thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "net/address.h"

namespace paddock::net {

class Resolver {
 public:
  struct Question {
    /// Comes back in the answer.
    std::uint64_t ticket = 0;
    std::string host;
    std::uint16_t port = 0;
  };
  struct Answer {
    std::uint64_t ticket = 0;
    Result<std::vector<SocketAddress>> addresses;
  };

  /// `wake` is called on any thread when there are answers to take.
  explicit Resolver(std::function<void()> wake);
  /// Does not wait for an answer that is on its way. `wake` is not called any more.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  void ask(Question question);
  [[nodiscard]] bool has_answers() const;
  [[nodiscard]] std::vector<Answer> take();

 private:
  struct Shared;

  static void run(const std::shared_ptr<Shared>& shared);

  /// Outlives the resolver as long as its thread waits for a name server.
  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace paddock::net
