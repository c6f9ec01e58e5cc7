// SPDX-License-Identifier: Apache-2.0
#include "client/four_letter_word.h"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "client/four_letter_query.h"

namespace paddock::client {

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
  connection_->dial(host);
}

void FourLetterQuery::on_dialed() {
  ByteBuffer word;
  word.append(word_);
  connection_->write(word);
}

void FourLetterQuery::on_received(View bytes) {
  answer_.append(bytes.substr(0, kAnswerBytesMax - answer_.size()));
}

void FourLetterQuery::on_lost(Loss loss) {
  if (loss.is_end) return finish(std::move(answer_));
  finish(fail(std::move(loss.reason)));
}

void FourLetterQuery::finish(Result<std::string> answer) {
  if (!handler_) return;
  timer_.cancel();
  connection_->abandon();
  std::exchange(handler_, nullptr)(std::move(answer));
}

Result<std::string> four_letter_word(const Host& host,
                                     View word,
                                     Duration limit,
                                     const std::shared_ptr<TlsSource>& tls) {
  boost::asio::io_context context(1);
  Result<std::string> answer;
  const auto keep = [&answer](Result<std::string> result) {
    answer = std::move(result);
  };
  std::make_shared<FourLetterQuery>(context, tls ? tls->context() : nullptr, keep)
      ->start(host, word, limit);
  context.run();
  return answer;
}

}  // namespace paddock::client
