// SPDX-License-Identifier: Apache-2.0
//
// SIGTERM, SIGINT and SIGHUP as events of a loop. They have to be blocked in all threads.
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <utility>

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "net/event_loop.h"
#include "net/fd.h"

namespace paddock::runtime {

/// Those that a server heeds.
[[nodiscard]] inline sigset_t heeded_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&signals, signal);
  return signals;
}

class SignalHandler final : public net::EventHandler {
 public:
  explicit SignalHandler(std::function<void(int)> on_signal) : on_signal_(std::move(on_signal)) {}

  Result<> open(net::EventLoop& loop) {
    const sigset_t signals = heeded_signals();
    fd_ = net::Fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_.is_open()) return fail("cannot watch for signals: " + errno_text(errno));
    return loop.add(fd_.get(), EPOLLIN, *this);
  }

  void on_events(std::uint32_t /*events*/) override {
    signalfd_siginfo info{};
    if (::read(fd_.get(), &info, sizeof info) == sizeof info) {
      on_signal_(static_cast<int>(info.ssi_signo));
    }
  }

 private:
  std::function<void(int)> on_signal_;
  net::Fd fd_;
};

}  // namespace paddock::runtime
