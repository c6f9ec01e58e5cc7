// SPDX-License-Identifier: Apache-2.0
#include "runtime/listener.h"

#include <utility>

#include <spdlog/spdlog.h>
#include <sys/epoll.h>

namespace paddock::runtime {

namespace {

/// Connections accepted in one turn at most, so that a storm does not starve those that are served.
constexpr int kAcceptsPerTurn = 64;
constexpr MonotonicTime kNever{Duration::max()};
constexpr Duration kRetryAfter = milliseconds(100);
constexpr Duration kWarnEvery = seconds(10);

}  // namespace

Listener::Listener(net::EventLoop& loop,
                   net::Fd socket,
                   ConnectionLimits& limits,
                   std::function<void(net::Accepted)> deal)
    : loop_(loop),
      socket_(std::move(socket)),
      limits_(limits),
      deal_(std::move(deal)),
      retry_at_(kNever) {}

Listener::~Listener() {
  if (open_) loop_.remove(socket_.get(), *this);
}

Result<> Listener::open() {
  PADDOCK_TRY(loop_.add(socket_.get(), EPOLLIN, *this));
  open_ = true;
  return {};
}

void Listener::on_events(std::uint32_t /*events*/) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    auto accepted = net::accept_tcp(socket_);
    if (!accepted) {
      spdlog::error("{}; trying again in {} ms",
                    accepted.error().message,
                    std::chrono::duration_cast<milliseconds>(kRetryAfter).count());
      loop_.modify(socket_.get(), 0, *this);
      retry_at_ = loop_.now().monotonic + kRetryAfter;
      return;
    }
    if (!*accepted) return;
    const auto verdict = limits_.acquire((*accepted)->ip);
    if (verdict == ConnectionLimits::Verdict::Accepted) {
      deal_(std::move(**accepted));
    } else {
      on_rejected(**accepted, verdict);
    }
  }
}

void Listener::on_rejected(const net::Accepted& accepted, ConnectionLimits::Verdict verdict) {
  ++rejected_;
  if (loop_.now().monotonic < next_warning_) return;
  next_warning_ = loop_.now().monotonic + kWarnEvery;
  spdlog::warn("a connection from {} was closed: {} ({} closed so far)",
               accepted.ip,
               verdict == ConnectionLimits::Verdict::TooMany
                   ? "the server has maxCnxns connections"
                   : "this address has maxClientCnxns connections",
               rejected_);
}

void Listener::retry(MonotonicTime now) {
  if (now < retry_at_) return;
  retry_at_ = kNever;
  loop_.modify(socket_.get(), EPOLLIN, *this);
}

}  // namespace paddock::runtime
