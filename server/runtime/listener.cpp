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

std::string_view reason_of(ConnectionLimits::Verdict verdict) {
  return verdict == ConnectionLimits::Verdict::TooMany
             ? "the server has maxCnxns connections"
             : "this address has maxClientCnxns connections";
}

}  // namespace

Listener::Listener(net::EventLoop& loop,
                   net::Fd socket,
                   ConnectionLimits& limits,
                   int descriptors_max,
                   std::function<void(net::Accepted)> deal)
    : loop_(loop),
      socket_(std::move(socket)),
      limits_(limits),
      descriptors_max_(descriptors_max),
      deal_(std::move(deal)),
      retry_at_(kNever),
      warnings_(1, kWarnEvery),
      failures_(1, kWarnEvery) {}

Listener::~Listener() {
  close();
}

void Listener::close() {
  if (!std::exchange(open_, false)) return;
  loop_.remove(socket_.get(), *this);
  socket_.reset();
  retry_at_ = kNever;
}

Result<> Listener::open() {
  PADDOCK_TRY(loop_.add(socket_.get(), EPOLLIN, *this));
  open_ = true;
  return {};
}

void Listener::on_events(std::uint32_t /*events*/) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    auto accepted = net::accept_tcp(socket_);
    if (!accepted) return on_failed(accepted.error());
    if (!*accepted) return;
    if ((*accepted)->fd.get() >= descriptors_max_) {
      reject(**accepted, "the process has no descriptors left but those that it needs itself");
      continue;
    }
    const auto verdict = limits_.acquire((*accepted)->ip);
    if (verdict == ConnectionLimits::Verdict::Accepted) {
      deal_(std::move(**accepted));
    } else {
      reject(**accepted, reason_of(verdict));
    }
  }
}

void Listener::on_failed(const Error& error) {
  if (failures_.allow(loop_.now().monotonic)) {
    spdlog::error("{}; trying again in {} ms",
                  error.message,
                  std::chrono::duration_cast<milliseconds>(kRetryAfter).count());
  }
  loop_.modify(socket_.get(), 0, *this);
  retry_at_ = loop_.now().monotonic + kRetryAfter;
}

void Listener::reject(const net::Accepted& accepted, std::string_view reason) {
  ++rejected_;
  if (!warnings_.allow(loop_.now().monotonic)) return;
  spdlog::warn(
      "a connection from {} was closed: {} ({} closed so far)", accepted.ip, reason, rejected_);
}

void Listener::retry(MonotonicTime now) {
  if (now < retry_at_) return;
  retry_at_ = kNever;
  loop_.modify(socket_.get(), EPOLLIN, *this);
}

}  // namespace paddock::runtime
