// SPDX-License-Identifier: Apache-2.0
//
// epoll, and the monotonic clock that goes with it. One owner, one thread. Level-triggered: a
// connection is registered once for reading, and for writing only while the kernel's buffer is
// full.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include <sys/epoll.h>

#include "base/error.h"
#include "base/time.h"

namespace paddock::bench {

/// CLOCK_MONOTONIC.
[[nodiscard]] MonotonicTime monotonic_now();

class Poller {
 public:
  [[nodiscard]] static Result<Poller> open();

  Poller(Poller&& other) noexcept;
  Poller& operator=(Poller&&) = delete;
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  ~Poller();

  /// `token` comes back in epoll_event::data.u64. A closed descriptor is forgotten by itself.
  void add(int descriptor, std::uint32_t events, std::uint64_t token);
  void change(int descriptor, std::uint32_t events, std::uint64_t token);

  /// Waits for events, forever without a timeout. The span is valid until the next call.
  [[nodiscard]] std::span<const epoll_event> wait(std::optional<Duration> timeout);

 private:
  explicit Poller(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
  std::array<epoll_event, 256> events_{};
};

}  // namespace paddock::bench
