// SPDX-License-Identifier: Apache-2.0
#include "client/connection.h"

#include <algorithm>
#include <cerrno>
#include <random>
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <sys/epoll.h>

#include "client_tls/loss.h"
#include "tls/tls_stream.h"

namespace paddock::client {

namespace asio = boost::asio;
using boost::system::error_code;

void Connection::dial(const Host& host) {
  host_ = host;
  server_ = to_string(host);
  resolver_.async_resolve(
      host.name,
      std::to_string(host.port),
      [self = shared_from_this()](const error_code& error, const auto& endpoints) {
        if (self->owner_ == nullptr) return;
        if (!error) return self->connect(endpoints);
        self->lose(
            {.reason = fmt::format("cannot resolve {}: {}", self->server_, error.message())});
      });
}

void Connection::connect(const Tcp::resolver::results_type& resolved) {
  // The resolver gives all clients the same order: the first address would get them all, and if it
  // were dead without a word, none would ever try the second.
  for (const auto& entry : resolved) endpoints_.push_back(entry.endpoint());
  std::ranges::shuffle(endpoints_, std::random_device{});
  asio::async_connect(
      socket_, endpoints_, [self = shared_from_this()](const error_code& error, const auto&) {
        if (self->owner_ == nullptr) return;
        if (!error) return self->begin();
        self->lose(
            {.reason = fmt::format("cannot connect to {}: {}", self->server_, error.message())});
      });
}

void Connection::begin() {
  error_code error;
  socket_.set_option(Tcp::no_delay(true), error);
  socket_.native_non_blocking(true, error);
  net::Fd socket(socket_.release(error));
  if (error) {
    return lose({.reason = fmt::format("cannot connect to {}: {}", server_, error.message())});
  }
  if (tls_ == nullptr) {
    stream_ = std::make_unique<net::TcpStream>(std::move(socket));
  } else {
    stream_ =
        std::make_unique<tls::TlsStream>(*tls_, std::move(socket), net::Side::Dialed, host_.name);
  }
  readiness_.assign(stream_->socket().get());
  owner_->on_dialed();
  if (owner_ != nullptr) await_readiness();
}

void Connection::write(ByteBuffer& bytes) {
  if (output_.empty()) {
    output_.swap(bytes);
  } else {
    output_.append(bytes.view());
    bytes.clear();
  }
  // The owner is in the middle of something: what is to be told is told later.
  if (!send()) go_on_later();
  await_readiness();
}

void Connection::abandon() {
  owner_ = nullptr;
  close();
}

void Connection::go_on_later() {
  asio::post(readiness_.get_executor(), [self = shared_from_this()] {
    if (self->owner_ != nullptr) self->go_on();
  });
}

void Connection::go_on() {
  const bool wants_to_write = (stream_->interest(!output_.empty()) & EPOLLOUT) != 0;
  if (wants_to_write) static_cast<void>(send());
  receive();
  if (owner_ != nullptr) await_readiness();
}

bool Connection::send() {
  const iovec part{output_.data(), output_.size()};
  const net::IoResult sent = stream_->send({&part, output_.empty() ? 0U : 1U});
  output_.consume(sent.count);
  return sent.state != net::IoState::Closed && !stream_->holds_input();
}

void Connection::receive() {
  do {
    errno = 0;
    const net::IoResult got = stream_->receive(input_.data(), input_.size());
    const int error = errno;
    if (got.state == net::IoState::WouldBlock) return;
    if (got.state == net::IoState::Closed) {
      const Ending ending{.is_tls = tls_ != nullptr,
                          .has_heard = has_heard_,
                          .complaint = stream_->failure(),
                          .error = error};
      const bool is_end = error == 0 && ending.complaint.empty() && (has_heard_ || !ending.is_tls);
      return lose({.is_end = is_end, .reason = why_lost(server_, ending)});
    }
    if (!hear(View{input_.data(), got.count})) return;
  } while (stream_->holds_input());
}

bool Connection::hear(View bytes) {
  if (!has_heard_ && tls_ == nullptr && is_tls_answer(bytes)) {
    lose({.reason = fmt::format("{} speaks TLS on this port, and this client does not", server_)});
    return false;
  }
  has_heard_ = true;
  owner_->on_received(bytes);
  return owner_ != nullptr;
}

void Connection::await_readiness() {
  const std::uint32_t wanted = stream_->interest(!output_.empty());
  if (!awaits_input_) await(Wait::wait_read, &Connection::awaits_input_);
  if ((wanted & EPOLLOUT) != 0 && !awaits_room_) {
    await(Wait::wait_write, &Connection::awaits_room_);
  }
}

void Connection::await(Wait what, bool Connection::* is_awaited) {
  this->*is_awaited = true;
  readiness_.async_wait(what, [self = shared_from_this(), is_awaited](const error_code& error) {
    (*self).*is_awaited = false;
    if (self->owner_ == nullptr) return;
    if (!error) return self->go_on();
    self->lose(
        {.reason = fmt::format("lost the connection to {}: {}", self->server_, error.message())});
  });
}

void Connection::lose(Loss loss) {
  ConnectionOwner* owner = std::exchange(owner_, nullptr);
  close();
  owner->on_lost(std::move(loss));
}

void Connection::close() {
  resolver_.cancel();
  error_code ignored;
  socket_.close(ignored);
  // The stream closes what is only borrowed here.
  if (readiness_.is_open()) readiness_.release();
  stream_.reset();
}

}  // namespace paddock::client
