// SPDX-License-Identifier: Apache-2.0
#include "bench/connection.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "jute/writer.h"
#include "tls/tls_stream.h"

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

std::unique_ptr<net::Stream> stream_on(net::Fd socket, const Endpoint& endpoint) {
  if (endpoint.tls == nullptr) return std::make_unique<net::TcpStream>(std::move(socket));
  return std::make_unique<tls::TlsStream>(
      *endpoint.tls, std::move(socket), net::Side::Dialed, endpoint.host);
}

}  // namespace

Connection::Connection(Connection&& other) noexcept
    : poller_(other.poller_),
      token_(other.token_),
      stream_(std::move(other.stream_)),
      state_(std::exchange(other.state_, State::Closed)),
      interest_(other.interest_),
      credentials_(other.credentials_) {
  in_.swap(other.in_);
  out_.swap(other.out_);
}

Result<> Connection::open(const Endpoint& endpoint,
                          const Credentials& credentials,
                          milliseconds session_timeout) {
  PADDOCK_ASSERT(state_ == State::Closed);
  net::Fd socket(
      ::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return fail("socket: " + errno_text(errno));
  const int on = 1;
  static_cast<void>(::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  const auto* address = static_cast<const sockaddr*>(static_cast<const void*>(&endpoint.address));
  if (::connect(socket.get(), address, endpoint.address_length) < 0 && errno != EINPROGRESS) {
    return fail("cannot connect to " + endpoint.text + ": " + errno_text(errno));
  }
  credentials_ = credentials;
  write_handshake(out_, credentials, session_timeout);
  stream_ = stream_on(std::move(socket), endpoint);
  // Over loopback the connection stands already, and the handshake needs no second wake-up.
  const iovec part{out_.data(), out_.size()};
  errno = 0;
  const net::IoResult sent = stream_->send({&part, 1});
  if (sent.state == net::IoState::Closed) {
    // The refusal is reported once: here, or later to on_events().
    const int error = errno;
    close();
    return fail("cannot connect to " + endpoint.text + ": " + errno_text(error));
  }
  out_.consume(sent.count);
  state_ = sent.count > 0 ? State::Handshaking : State::Connecting;
  interest_ = state_ == State::Connecting ? EPOLLIN | EPOLLOUT : stream_->interest(!out_.empty());
  poller_->add(stream_->socket().get(), interest_, token_);
  return {};
}

bool Connection::on_events(std::uint32_t events) {
  if (state_ == State::Closed) return false;
  if (state_ == State::Connecting) {
    int error = 0;
    socklen_t length = sizeof error;
    static_cast<void>(::getsockopt(stream_->socket().get(), SOL_SOCKET, SO_ERROR, &error, &length));
    if (error != 0) return lost(error);
    state_ = State::Handshaking;
  }
  if ((events & EPOLLOUT) != 0 && !flush()) return false;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 || stream_->holds_input()) return receive();
  return true;
}

bool Connection::receive() {
  char* into = in_.reserve_tail(receive_bytes_);
  const std::size_t room = in_.tail_room();
  const net::IoResult got = stream_->receive(into, room);
  if (got.state == net::IoState::Closed) return lost(0);
  in_.commit(got.count);
  if (got.count == room && receive_bytes_ < kReceiveBytesMax) receive_bytes_ *= 2;
  set_interest();
  return true;
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
  // Without output it is the stream itself that may have asked to write.
  const bool is_idle = out_.empty() && (interest_ & EPOLLOUT) == 0;
  if (is_idle || state_ == State::Connecting) return true;
  const iovec part{out_.data(), out_.size()};
  const net::IoResult sent = stream_->send({&part, out_.empty() ? 0U : 1U});
  if (sent.state == net::IoState::Closed) return lost(0);
  out_.consume(sent.count);
  set_interest();
  return true;
}

/// What the stream holds is asked for in the next round, behind what has come.
void Connection::set_interest() {
  const bool is_wanted_again = stream_->holds_input();
  const std::uint32_t wanted = stream_->interest(!out_.empty()) | (is_wanted_again ? EPOLLOUT : 0U);
  if (wanted == interest_) return;
  interest_ = wanted;
  poller_->change(stream_->socket().get(), wanted, token_);
}

std::string Connection::why_lost() const {
  if (!why_.empty()) return why_;
  return lost_errno_ == 0 ? "it closed the connection" : errno_text(lost_errno_);
}

bool Connection::lost(int error) {
  lost_errno_ = error;
  why_ = stream_->failure();
  close();
  return false;
}

void Connection::close() {
  stream_.reset();
  state_ = State::Closed;
  in_.clear();
  out_.clear();
}

}  // namespace paddock::bench
