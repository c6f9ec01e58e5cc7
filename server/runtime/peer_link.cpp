// SPDX-License-Identifier: Apache-2.0
#include "runtime/peer_link.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <sys/epoll.h>

#include "base/assert.h"

namespace paddock::runtime {

namespace {

constexpr std::size_t kReceiveBytes = std::size_t{64} << 10U;
/// A stranger says little, and many may come.
constexpr std::size_t kGreetingBytesMax = std::size_t{16} << 10U;
constexpr std::size_t kGreetingReceiveBytes = 1024;
constexpr std::size_t kPartsPerSend = 64;

std::int64_t ms(Duration time) {
  return std::chrono::duration_cast<milliseconds>(time).count();
}

}  // namespace

PeerLink::PeerLink(net::EventLoop& loop,
                   Owner& owner,
                   const LinkTimes& times,
                   Connection connection)
    : loop_(loop),
      owner_(owner),
      times_(times),
      stream_(std::move(connection.stream)),
      side_(connection.side),
      name_(std::move(connection.name)),
      dialed_(connection.dialed),
      stage_(side_ == net::Side::Dialed ? Stage::Connecting : Stage::Greeting),
      decoder_(kGreetingBytesMax) {
  heard_at_ = said_at_ = now();
  give_up_at_ = now() + (side_ == net::Side::Dialed ? times_.connect_max : times_.greeting_max);
}

PeerLink::~PeerLink() {
  close();
}

void PeerLink::open() {
  interest_ = stage_ == Stage::Connecting ? std::uint32_t{EPOLLOUT} : stream_->interest(false);
  if (const auto added = loop_.add(stream_->socket().get(), interest_, *this); !added) {
    return break_off(added.error().message);
  }
  is_watched_ = true;
}

void PeerLink::close() {
  if (stream_ == nullptr) return;
  if (is_watched_) loop_.remove(stream_->socket().get(), *this);
  is_watched_ = false;
  stream_.reset();
  stage_ = Stage::Broken;
}

void PeerLink::break_off(std::string why) {
  if (stage_ == Stage::Broken) return;
  close();
  why_broken_ = std::move(why);
  owner_.on_broken(*this);
}

void PeerLink::on_events(std::uint32_t events) {
  if (stage_ == Stage::Connecting) return on_connect_event();
  if ((events & EPOLLOUT) != 0) on_writable();
  if (stage_ == Stage::Broken) return;
  // To write may have been to read: a handshake that is done has perhaps brought what follows it.
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0 || stream_->holds_input()) receive();
}

void PeerLink::on_writable() {
  is_blocked_ = false;
  // Without anything to send it is the stream itself that has something to say.
  if (queue_.empty() && stream_->send({}).state == net::IoState::Closed) return break_off_closed();
  flush();
}

void PeerLink::break_off_closed() {
  const std::string failure = stream_->failure();
  if (!failure.empty()) was_heard_ = true;
  break_off(failure.empty() ? "the other side has closed it" : "no TLS with it: " + failure);
}

void PeerLink::on_connect_event() {
  if (const auto connected = net::connect_outcome(stream_->socket()); !connected) {
    return break_off(connected.error().message);
  }
  stage_ = Stage::Greeting;
  heard_at_ = now();
  give_up_at_ = now() + times_.greeting_max;
  owner_.on_connected(*this);
  if (stage_ == Stage::Broken) return;
  flush();
  if (stage_ != Stage::Broken) set_interest();
}

void PeerLink::receive() {
  do {
    std::size_t room = 0;
    const bool is_stranger = stage_ == Stage::Greeting;
    char* const space = decoder_.space(is_stranger ? kGreetingReceiveBytes : kReceiveBytes, room);
    const net::IoResult got = stream_->receive(space, room);
    switch (got.state) {
      case net::IoState::WouldBlock:
        return set_interest();
      case net::IoState::Closed:
        return break_off_closed();
      case net::IoState::Ok:
        break;
    }
    heard_at_ = now();
    was_heard_ = true;
    traffic_.bytes_in += got.count;
    // A leaving link reads away what comes: unread bytes would make the system take the refusal
    // back.
    if (stage_ == Stage::Leaving) continue;
    decoder_.on_received(got.count);
    deliver();
  } while (stage_ != Stage::Broken && stream_->holds_input());
  if (stage_ != Stage::Broken) set_interest();
}

void PeerLink::deliver() {
  while (stage_ == Stage::Greeting || stage_ == Stage::Up) {
    auto message = decoder_.next();
    if (!message) return break_off(message.error().message);
    std::optional<wire::LinkMessage>& frame = *message;
    if (!frame) return;
    ++traffic_.frames_in;
    if (std::holds_alternative<wire::Ping>(*frame)) continue;
    owner_.on_frame(*this, std::move(*frame));
  }
}

void PeerLink::queue(wire::OutgoingFrame& frame) {
  PADDOCK_ASSERT(stage_ != Stage::Broken);
  ++traffic_.frames_out;
  queue_.push(frame);
  said_at_ = now();
}

void PeerLink::flush() {
  if (stage_ == Stage::Broken || stage_ == Stage::Connecting) return;
  std::array<iovec, kPartsPerSend> parts{};
  while (!queue_.empty() && !is_blocked_) {
    const std::size_t count = queue_.gather(parts);
    const net::IoResult sent = stream_->send(std::span(parts).first(count));
    switch (sent.state) {
      case net::IoState::Closed:
        return break_off_closed();
      case net::IoState::WouldBlock:
        is_blocked_ = true;
        break;
      case net::IoState::Ok:
        traffic_.bytes_out += sent.count;
        queue_.consume(sent.count);
        break;
    }
  }
  if (stage_ == Stage::Leaving && queue_.empty()) stream_->finish();
  set_interest();
}

void PeerLink::set_interest() {
  const std::uint32_t wanted = stream_->interest(is_blocked_);
  if (!is_watched_ || wanted == interest_) return;
  interest_ = wanted;
  loop_.modify(stream_->socket().get(), wanted, *this);
}

void PeerLink::become_up(wire::Hello hello, wire::Encoder& encoder) {
  PADDOCK_ASSERT(stage_ == Stage::Greeting);
  stage_ = Stage::Up;
  hello_ = std::move(hello);
  up_since_ = now();
  encoder.encode(wire::Ping{}, ping_);
  decoder_.set_limit(wire::kFrameBytesMax);
}

void PeerLink::leave() {
  if (stage_ == Stage::Broken) return;
  stage_ = Stage::Leaving;
  is_refused_ = true;
  give_up_at_ = now() + times_.greeting_max;
  flush();
}

void PeerLink::on_time(MonotonicTime now) {
  switch (stage_) {
    case Stage::Connecting:
      if (now >= give_up_at_) break_off("no connection in time");
      return;
    case Stage::Greeting:
      if (now >= give_up_at_) break_off("no greeting in time");
      return;
    case Stage::Leaving:
      if (now >= give_up_at_) break_off("the refusal was not taken in time");
      return;
    case Stage::Up:
      break;
    case Stage::Broken:
      return;
  }
  // After a pause of our own there may be much to read: that is looked at before the clock.
  if (now - heard_at_ >= times_.silence_max) receive();
  if (stage_ != Stage::Up) return;
  if (now - heard_at_ >= times_.silence_max) {
    return break_off(fmt::format("nothing came for {} ms", ms(now - heard_at_)));
  }
  if (!queue_.empty() || now - said_at_ < times_.heartbeat) return;
  queue(ping_);
  flush();
}

MonotonicTime PeerLink::next_time() const {
  if (stage_ == Stage::Broken) return MonotonicTime{Duration::max()};
  if (stage_ != Stage::Up) return give_up_at_;
  const MonotonicTime silent_at = heard_at_ + times_.silence_max;
  return queue_.empty() ? std::min(silent_at, said_at_ + times_.heartbeat) : silent_at;
}

}  // namespace paddock::runtime
