// SPDX-License-Identifier: Apache-2.0
//
// The machine's clocks and an io_context as a Loop. Lives on the thread that runs the context.
#pragma once

#include <boost/asio/io_context.hpp>

#include "kube/loop.h"

namespace paddock::kube {

class ClockLoop final : public Loop {
 public:
  /// `io` outlives it and its timers.
  explicit ClockLoop(boost::asio::io_context& io) : io_(io) {}

  [[nodiscard]] Now now() const override;
  [[nodiscard]] std::unique_ptr<Timer> make_timer(std::function<void()> on_time) override;

 private:
  boost::asio::io_context& io_;
};

/// Both clocks of the machine.
[[nodiscard]] Now machine_now();

}  // namespace paddock::kube
