// SPDX-License-Identifier: Apache-2.0
#include "kube/response_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "kube/chunk_decoder.h"

namespace paddock::kube {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using Parser = http::response_parser<http::empty_body>;

constexpr std::uint32_t kHeaderBytesMax = 65536;

std::string text_of(beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

struct ResponseReader::Impl {
  Impl() { renew(); }

  void renew() {
    parser.emplace();
    parser->header_limit(kHeaderBytesMax);
    parser->body_limit(boost::none);
    parser->eager(false);
  }

  void go_bad(std::string why) {
    state = State::Bad;
    problem = std::move(why);
  }

  void read_header() {
    while (!input.empty() && !parser->is_header_done()) {
      beast::error_code error;
      const std::size_t used = parser->put(boost::asio::buffer(input), error);
      input.erase(0, used);
      if (error == http::error::need_more) return;
      if (error) return go_bad("no HTTP: " + error.message());
    }
    if (parser->is_header_done()) begin_body();
  }

  void begin_body() {
    const unsigned status = parser->get().result_int();
    if (status >= 100 && status < 200) {
      // "Continue", and the like: the answer itself follows.
      renew();
      return read_header();
    }
    // Beast has found what ends without a body.
    if (parser->is_done()) {
      state = State::Done;
      return;
    }
    state = State::Body;
    if (const auto length = parser->content_length()) left = *length;
    read_body();
  }

  void read_body() {
    if (parser->chunked()) return read_chunks();
    const auto length = static_cast<std::size_t>(
        std::min<std::uint64_t>(input.size(), left.value_or(input.size())));
    body.append(input, 0, length);
    input.erase(0, length);
    if (!left) return;
    *left -= length;
    if (*left == 0) state = State::Done;
  }

  void read_chunks() {
    input.erase(0, chunks.put(input, body));
    if (chunks.state() == ChunkDecoder::State::Done) state = State::Done;
    if (chunks.state() == ChunkDecoder::State::Bad) go_bad("no chunks where there should be");
  }

  State state = State::Header;
  std::string input;
  std::optional<Parser> parser;
  std::optional<std::uint64_t> left;  // of the body; nothing: its chunks or the end tell
  ChunkDecoder chunks;
  std::string body;
  std::string problem;
};

ResponseReader::ResponseReader() : impl_(std::make_unique<Impl>()) {}

ResponseReader::~ResponseReader() = default;

ResponseReader::State ResponseReader::put(View bytes) {
  impl_->input.append(bytes);
  if (impl_->state == State::Header) {
    impl_->read_header();
  } else if (impl_->state == State::Body) {
    impl_->read_body();
  }
  return impl_->state;
}

ResponseReader::State ResponseReader::end() {
  const bool ends_by_close =
      impl_->state == State::Body && !impl_->left && !impl_->parser->chunked();
  if (ends_by_close) {
    impl_->state = State::Done;
  } else if (impl_->state != State::Done && impl_->state != State::Bad) {
    impl_->go_bad("the connection ended within the answer");
  }
  return impl_->state;
}

ResponseReader::State ResponseReader::state() const {
  return impl_->state;
}

unsigned ResponseReader::code() const {
  return impl_->parser->get().result_int();
}

std::string ResponseReader::header(std::string_view name) const {
  return text_of(impl_->parser->get()[beast::string_view(name.data(), name.size())]);
}

std::vector<std::string> ResponseReader::headers(std::string_view name) const {
  std::vector<std::string> values;
  const auto range = impl_->parser->get().equal_range(beast::string_view(name.data(), name.size()));
  for (auto at = range.first; at != range.second; ++at) values.push_back(text_of(at->value()));
  return values;
}

bool ResponseReader::keeps_alive() const {
  // More than was asked for: who knows whose answer that is.
  return impl_->parser->get().keep_alive() && impl_->input.empty() &&
         (impl_->left || impl_->parser->chunked() || impl_->parser->is_done());
}

std::string ResponseReader::take_body() {
  return std::exchange(impl_->body, {});
}

const std::string& ResponseReader::problem() const {
  return impl_->problem;
}

}  // namespace paddock::kube
