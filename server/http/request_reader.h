// SPDX-License-Identifier: Apache-2.0
//
// Requests out of the bytes of one connection, by the parser of Boost.Beast. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace paddock::http {

class RequestReader {
 public:
  explicit RequestReader(std::size_t body_bytes_max);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  enum class State : std::uint8_t {
    Incomplete,
    Done,
    Bad,
  };
  /// Takes bytes as they come; what is behind a request is kept for the next. Not while Done or
  /// Bad.
  [[nodiscard]] State put(std::string_view bytes);
  /// Behind a request: whether the next one is there already.
  [[nodiscard]] State next();

  /// What is Done, without its peer.
  [[nodiscard]] Request request() const;
  [[nodiscard]] bool is_head() const;
  [[nodiscard]] bool keeps_alive() const;
  /// What is said to what is Bad.
  [[nodiscard]] Response complaint() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace paddock::http
