// SPDX-License-Identifier: Apache-2.0
#include "client/connection.h"

#include <algorithm>
#include <random>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace paddock::client {

namespace asio = boost::asio;
using boost::system::error_code;

void Connection::dial(const Host& host) {
  server_ = to_string(host);
  resolver_.async_resolve(
      host.name,
      std::to_string(host.port),
      [self = shared_from_this()](const error_code& error, const auto& endpoints) {
        if (self->owner_ == nullptr) return;
        if (error) return self->lose("cannot resolve", error);
        self->connect(endpoints);
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
        if (error) return self->lose("cannot connect to", error);
        error_code ignored;
        self->socket_.set_option(Tcp::no_delay(true), ignored);
        self->owner_->on_dialed();
        if (self->owner_ != nullptr) self->read();
      });
}

void Connection::write(ByteBuffer& bytes) {
  if (waiting_.empty()) {
    waiting_.swap(bytes);
  } else {
    waiting_.append(bytes.view());
    bytes.clear();
  }
  if (writing_.empty()) write_more();
}

void Connection::abandon() {
  owner_ = nullptr;
  resolver_.cancel();
  error_code ignored;
  socket_.close(ignored);
}

void Connection::read() {
  socket_.async_read_some(asio::buffer(input_),
                          [self = shared_from_this()](const error_code& error, std::size_t count) {
                            if (self->owner_ == nullptr) return;
                            if (error) return self->lose("lost the connection to", error);
                            self->owner_->on_received(View{self->input_.data(), count});
                            if (self->owner_ != nullptr) self->read();
                          });
}

void Connection::write_more() {
  if (waiting_.empty()) return;
  writing_.swap(waiting_);
  asio::async_write(socket_,
                    asio::buffer(writing_.data(), writing_.size()),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      self->writing_.clear();
                      if (self->owner_ == nullptr) return;
                      if (error) return self->lose("lost the connection to", error);
                      self->write_more();
                    });
}

void Connection::lose(const std::string& what, const error_code& error) {
  ConnectionOwner* owner = std::exchange(owner_, nullptr);
  error_code ignored;
  socket_.close(ignored);
  const std::string reason =
      error == asio::error::eof ? "it closed the connection" : error.message();
  owner->on_lost(fmt::format("{} {}: {}", what, server_, reason));
}

}  // namespace paddock::client
