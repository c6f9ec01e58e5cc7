// SPDX-License-Identifier: Apache-2.0
//
// Responses out of the bytes of one connection: headers by the parser of Boost.Beast, bodies as
// they come. Pure. Source: RFC 9112.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace paddock::kube {

class ResponseReader {
 public:
  enum class State : std::uint8_t {
    Header,
    Body,
    Done,
    Bad,  // see problem()
  };

  ResponseReader();
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

  State put(View bytes);
  /// The connection has ended, which may be the end of the body.
  State end();
  [[nodiscard]] State state() const;

  // Once the header is there.
  [[nodiscard]] unsigned code() const;
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> headers(std::string_view name) const;
  /// Another request may follow on the connection, once this is done.
  [[nodiscard]] bool keeps_alive() const;

  /// Takes what has come of the body since the last time.
  [[nodiscard]] std::string take_body();
  [[nodiscard]] const std::string& problem() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace paddock::kube
