// SPDX-License-Identifier: Apache-2.0
#include "kube_client/exchange.h"

namespace paddock::kube {

namespace {

using State = ResponseReader::State;

std::unexpected<ApiError> failure_of(const IoOutcome& outcome) {
  if (outcome.is_too_late) {
    return std::unexpected(failed(Failure::TimedOut, "the server does not answer in time"));
  }
  return std::unexpected(failed(Failure::Lost, "the connection broke: " + outcome.problem));
}

}  // namespace

asio::awaitable<std::expected<void, ApiError>> Exchange::begin(const std::string& request,
                                                               MonotonicTime deadline) {
  const IoOutcome written = co_await stream_.write(request, deadline);
  // A server that refuses may have answered before it took all of it.
  if (!written.is_good() && (written.is_too_late || written.bytes == 0))
    co_return failure_of(written);
  while (reader_.state() == State::Header) {
    auto more = co_await read_more(deadline);
    if (!more) co_return more;
  }
  co_return std::expected<void, ApiError>();
}

asio::awaitable<std::expected<void, ApiError>> Exchange::read_more(MonotonicTime deadline) {
  const IoOutcome read = co_await stream_.read(block_, deadline);
  if (!read.is_good() && !read.is_end) co_return failure_of(read);
  const State state = read.is_end ? reader_.end() : reader_.put(View(block_.data(), read.bytes));
  if (state != State::Bad) co_return std::expected<void, ApiError>();
  // Cut off, or no HTTP at all.
  const Failure failure = read.is_end ? Failure::Lost : Failure::Garbled;
  co_return std::unexpected(failed(failure, reader_.problem()));
}

asio::awaitable<std::expected<std::string, ApiError>> Exchange::read_body(std::size_t bytes_max,
                                                                          MonotonicTime deadline) {
  std::string body = reader_.take_body();
  while (!is_done()) {
    const auto more = co_await read_more(deadline);
    if (!more) co_return std::unexpected(more.error());
    body += reader_.take_body();
    if (body.size() > bytes_max) {
      co_return std::unexpected(failed(Failure::Garbled, "an answer that is longer than allowed"));
    }
  }
  co_return body;
}

}  // namespace paddock::kube
