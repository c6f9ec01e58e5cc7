// SPDX-License-Identifier: Apache-2.0
#include "kube_client/clock_loop.h"

#include <chrono>

#include <boost/asio/steady_timer.hpp>

namespace paddock::kube {

namespace {

namespace asio = boost::asio;

class SteadyTimer final : public Timer {
 public:
  SteadyTimer(asio::io_context& io, std::function<void()> on_time)
      : timer_(io), on_time_(std::make_shared<std::function<void()>>(std::move(on_time))) {}

  void set(std::optional<MonotonicTime> at) override {
    if (at == at_) return;
    at_ = at;
    timer_.cancel();
    if (at) wait();
  }

 private:
  void wait() {
    timer_.expires_at(std::chrono::steady_clock::time_point(at_->since_origin));
    // A wait that was cancelled may be on its way already: its time is another one then.
    timer_.async_wait(
        [this, alive = std::weak_ptr(on_time_), time = *at_](boost::system::error_code error) {
          const auto on_time = alive.lock();
          if (error || !on_time || at_ != time) return;
          at_.reset();
          (*on_time)();
        });
  }

  asio::steady_timer timer_;
  std::shared_ptr<std::function<void()>> on_time_;
  std::optional<MonotonicTime> at_;
};

}  // namespace

Now machine_now() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {.monotonic = {std::chrono::steady_clock::now().time_since_epoch()},
          .wall = {std::chrono::duration_cast<milliseconds>(wall).count()}};
}

Now ClockLoop::now() const {
  return machine_now();
}

std::unique_ptr<Timer> ClockLoop::make_timer(std::function<void()> on_time) {
  return std::make_unique<SteadyTimer>(io_, std::move(on_time));
}

}  // namespace paddock::kube
