// SPDX-License-Identifier: Apache-2.0
#include "http/request_reader.h"

#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/lower.h"

namespace paddock::http {

namespace {

namespace beast = boost::beast;
using Parser = beast::http::request_parser<beast::http::string_body>;

std::string text_of(beast::string_view text) {
  return {text.data(), text.size()};
}

unsigned status_of(const beast::error_code& error) {
  using Http = beast::http::error;
  if (error == Http::body_limit) return 413;
  return error == Http::header_limit ? 431 : 400;
}

}  // namespace

struct RequestReader::Impl {
  explicit Impl(std::size_t body_bytes_max_in) : body_bytes_max(body_bytes_max_in) { renew(); }

  void renew() {
    parser.emplace();
    parser->body_limit(body_bytes_max);
    // Header and body are taken one after the other.
    parser->eager(false);
  }

  /// Beast asserts what a client can make untrue: that the last chunk comes in one piece. Nobody
  /// needs chunks here.
  [[nodiscard]] bool is_chunked() const { return parser->is_header_done() && parser->chunked(); }

  State parse() {
    while (!input.empty() && !parser->is_done()) {
      error = {};
      const std::size_t used = parser->put(boost::asio::buffer(input), error);
      input.erase(0, used);
      if (error == beast::http::error::need_more) return State::Incomplete;
      if (error || is_chunked()) return State::Bad;
    }
    return parser->is_done() ? State::Done : State::Incomplete;
  }

  std::size_t body_bytes_max;
  std::string input;
  std::optional<Parser> parser;
  beast::error_code error;
};

RequestReader::RequestReader(std::size_t body_bytes_max)
    : impl_(std::make_unique<Impl>(body_bytes_max)) {}

RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::put(std::string_view bytes) {
  impl_->input.append(bytes);
  return impl_->parse();
}

RequestReader::State RequestReader::next() {
  impl_->renew();
  return impl_->parse();
}

Request RequestReader::request() const {
  const auto& message = impl_->parser->get();
  Request request;
  request.method = text_of(message.method_string());
  const auto target = message.target();
  parse_target({target.data(), target.size()}, request);
  request.authorization = text_of(message[beast::http::field::authorization]);
  for (const auto& field : message) {
    request.headers[lower(text_of(field.name_string()))] = text_of(field.value());
  }
  request.body = message.body();
  return request;
}

bool RequestReader::is_head() const {
  return impl_->parser->get().method() == beast::http::verb::head;
}

bool RequestReader::keeps_alive() const {
  return impl_->parser->get().keep_alive();
}

Response RequestReader::complaint() const {
  if (!impl_->error) return {.status = 411, .body = "chunks are not taken: say a Content-Length\n"};
  return {.status = status_of(impl_->error), .body = impl_->error.message() + "\n"};
}

}  // namespace paddock::http
