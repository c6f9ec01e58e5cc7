// SPDX-License-Identifier: Apache-2.0
#include "bench/connection.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "jute/writer.h"

namespace paddock::bench {

namespace {

constexpr std::size_t kReceiveBytesMax = std::size_t{256} * 1024;
constexpr std::size_t kFrameBytesMax = std::size_t{64} * 1024 * 1024;

void write_handshake(ByteBuffer& out, const Credentials& credentials, milliseconds timeout) {
  jute::FrameWriter frame(out);
  jute::Writer writer(out);
  writer.put(
      jute::ConnectRequest{.timeout_ms = static_cast<std::int32_t>(timeout.count()),
                           .session_id = credentials.session_id,
                           .password = {credentials.password.data(), credentials.password.size()}});
  writer.put(false);
  frame.close();
}

}  // namespace

Connection::Connection(Connection&& other) noexcept
    : poller_(other.poller_),
      token_(other.token_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      state_(std::exchange(other.state_, State::Closed)),
      wants_writable_(other.wants_writable_),
      credentials_(other.credentials_) {
  in_.swap(other.in_);
  out_.swap(other.out_);
}

Result<> Connection::open(const Endpoint& endpoint,
                          const Credentials& credentials,
                          milliseconds session_timeout) {
  PADDOCK_ASSERT(state_ == State::Closed);
  descriptor_ = ::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return fail("socket: " + errno_text(errno));
  const int on = 1;
  static_cast<void>(::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  const auto* address = static_cast<const sockaddr*>(static_cast<const void*>(&endpoint.address));
  if (::connect(descriptor_, address, endpoint.address_length) < 0 && errno != EINPROGRESS) {
    const int error = errno;
    close();
    return fail("cannot connect to " + endpoint.text + ": " + errno_text(error));
  }
  credentials_ = credentials;
  write_handshake(out_, credentials, session_timeout);
  // Over loopback the connection stands already, and the handshake needs no second wake-up.
  const ssize_t sent = ::send(descriptor_, out_.data(), out_.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) {
    // The refusal is reported once: here, or later to on_events().
    const int error = errno;
    close();
    return fail("cannot connect to " + endpoint.text + ": " + errno_text(error));
  }
  if (sent > 0) out_.consume(static_cast<std::size_t>(sent));
  state_ = sent > 0 ? State::Handshaking : State::Connecting;
  wants_writable_ = !out_.empty();
  poller_->add(descriptor_, wants_writable_ ? EPOLLIN | EPOLLOUT : EPOLLIN, token_);
  return {};
}

bool Connection::on_events(std::uint32_t events) {
  if (state_ == State::Closed) return false;
  if (state_ == State::Connecting) {
    int error = 0;
    socklen_t length = sizeof error;
    static_cast<void>(::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &length));
    if (error != 0) return lost(error);
    state_ = State::Handshaking;
  }
  if ((events & EPOLLOUT) != 0 && !flush()) return false;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) return receive();
  return true;
}

bool Connection::receive() {
  char* into = in_.reserve_tail(receive_bytes_);
  const std::size_t room = in_.tail_room();
  const ssize_t count = ::recv(descriptor_, into, room, 0);
  if (count > 0) {
    in_.commit(static_cast<std::size_t>(count));
    if (static_cast<std::size_t>(count) == room && receive_bytes_ < kReceiveBytesMax) {
      receive_bytes_ *= 2;
    }
    return true;
  }
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  return lost(count < 0 ? errno : 0);
}

bool Connection::next_frame(View& frame) {
  constexpr std::size_t kPrefix = sizeof(std::int32_t);
  if (in_.size() < kPrefix) return false;
  const auto length = static_cast<std::size_t>(load_be<std::uint32_t>(in_.data()));
  if (length > kFrameBytesMax) return lost(EPROTO);
  if (in_.size() < kPrefix + length) return false;
  frame = View{in_.data() + kPrefix, length};
  in_.consume(kPrefix + length);
  return true;
}

bool Connection::accept_handshake(View frame) {
  jute::ConnectResponse response;
  const bool granted = jute::decode(frame, response) && response.timeout_ms > 0 &&
                       response.password.size() == credentials_.password.size();
  if (!granted) return lost(0);
  credentials_.session_id = response.session_id;
  std::ranges::copy(response.password, credentials_.password.begin());
  state_ = State::Ready;
  return true;
}

bool Connection::flush() {
  if (out_.empty() || state_ == State::Connecting) return true;
  const ssize_t count = ::send(descriptor_, out_.data(), out_.size(), MSG_NOSIGNAL);
  if (count < 0 && errno != EAGAIN && errno != EINTR) return lost(errno);
  if (count > 0) out_.consume(static_cast<std::size_t>(count));
  want_writable(!out_.empty());
  return true;
}

void Connection::want_writable(bool wanted) {
  if (wanted == wants_writable_) return;
  wants_writable_ = wanted;
  poller_->change(descriptor_, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN, token_);
}

std::string Connection::why_lost() const {
  return lost_errno_ == 0 ? "it closed the connection" : errno_text(lost_errno_);
}

bool Connection::lost(int error) {
  lost_errno_ = error;
  close();
  return false;
}

void Connection::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  state_ = State::Closed;
  in_.clear();
  out_.clear();
}

}  // namespace paddock::bench
