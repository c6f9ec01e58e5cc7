// SPDX-License-Identifier: Apache-2.0
#include "client/four_letter_word.h"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "client/four_letter_query.h"

namespace paddock::client {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
/// No server's answer is longer than a few lines for each of its connections.
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 20U;
}  // namespace

void FourLetterQuery::start(const Host& host, View word, Duration limit) {
  server_ = to_string(host);
  word_ = word;
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->finish(fail(fmt::format("{} did not answer in time", self->server_)));
  });
  resolver_.async_resolve(
      host.name,
      std::to_string(host.port),
      [self = shared_from_this()](const error_code& error, const auto& endpoints) {
        if (error) return self->lose("cannot resolve", error);
        self->connect(endpoints);
      });
}

void FourLetterQuery::connect(const asio::ip::tcp::resolver::results_type& endpoints) {
  asio::async_connect(
      socket_, endpoints, [self = shared_from_this()](const error_code& error, const auto&) {
        if (error) return self->lose("cannot connect to", error);
        self->ask();
      });
}

void FourLetterQuery::ask() {
  asio::async_write(
      socket_, asio::buffer(word_), [self = shared_from_this()](const error_code& error, auto) {
        if (error) self->lose("lost the connection to", error);
      });
  asio::async_read(socket_,
                   asio::dynamic_buffer(answer_, kAnswerBytesMax),
                   [self = shared_from_this()](const error_code& error, auto) {
                     if (error && error != asio::error::eof) {
                       return self->lose("lost the connection to", error);
                     }
                     self->finish(std::move(self->answer_));
                   });
}

void FourLetterQuery::finish(Result<std::string> answer) {
  if (!handler_) return;
  timer_.cancel();
  resolver_.cancel();
  error_code ignored;
  socket_.close(ignored);
  std::exchange(handler_, nullptr)(std::move(answer));
}

void FourLetterQuery::lose(const std::string& what, const error_code& error) {
  finish(fail(fmt::format("{} {}: {}", what, server_, error.message())));
}

Result<std::string> four_letter_word(const Host& host, View word, Duration limit) {
  asio::io_context context(1);
  Result<std::string> answer;
  const auto keep = [&answer](Result<std::string> result) {
    answer = std::move(result);
  };
  std::make_shared<FourLetterQuery>(context, keep)->start(host, word, limit);
  context.run();
  return answer;
}

}  // namespace paddock::client
