// SPDX-License-Identifier: Apache-2.0
//
// One request and its answer on one connection.
#pragma once

#include <array>
#include <expected>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "kube/api_error.h"
#include "kube/response_reader.h"
#include "kube_client/byte_stream.h"

namespace paddock::kube {

class Exchange {
 public:
  /// `stream` outlives it.
  explicit Exchange(ByteStream& stream) : stream_(stream) {}

  /// Until the header of the answer is there.
  [[nodiscard]] asio::awaitable<std::expected<void, ApiError>> begin(const std::string& request,
                                                                     MonotonicTime deadline);
  /// Waits for more of the body; nothing has come if it is done.
  [[nodiscard]] asio::awaitable<std::expected<void, ApiError>> read_more(MonotonicTime deadline);
  /// The whole body. *Errors*: also, it is longer than `bytes_max`.
  [[nodiscard]] asio::awaitable<std::expected<std::string, ApiError>> read_body(
      std::size_t bytes_max, MonotonicTime deadline);

  [[nodiscard]] ResponseReader& reader() { return reader_; }
  [[nodiscard]] bool is_done() const { return reader_.state() == ResponseReader::State::Done; }

 private:
  ByteStream& stream_;
  ResponseReader reader_;
  std::array<char, 16384> block_{};
};

}  // namespace paddock::kube
