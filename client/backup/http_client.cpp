// SPDX-License-Identifier: Apache-2.0
#include "backup/http_client.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include "base/lower.h"

namespace paddock::backup {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr seconds kPatience{30};
constexpr std::size_t kPieceBytes = std::size_t{64} << 10U;
constexpr std::size_t kComplaintBytes = 1024;

/// Runs one step after the other to its end; each has its time limit in the stream.
class Steps {
 public:
  explicit Steps(asio::io_context& context) : context_(context) {}

  template <class Begin>
  error_code run(Begin&& begin) {
    error_code outcome;
    begin([&outcome](error_code code, auto&&...) { outcome = code; });
    context_.restart();
    context_.run();
    return outcome;
  }

 private:
  asio::io_context& context_;
};

template <class Stream>
class Exchange {
 public:
  Exchange(Steps& steps, Stream& stream, const HttpRequest& request, const Sink& sink)
      : steps_(steps), stream_(stream), request_(request), sink_(sink) {}

  Result<HttpAnswer> run() {
    const error_code sent = request_.body_file.empty() ? send_text() : send_file();
    if (sent) return lost("send to", sent);
    return receive();
  }

 private:
  std::unexpected<Error> lost(std::string_view what, error_code code) const {
    return fail("cannot " + std::string(what) + " " + request_.url.authority() + ": " +
                code.message());
  }

  void patience() { beast::get_lowest_layer(stream_).expires_after(kPatience); }

  template <class Message>
  void set_head(Message& message) const {
    message.method_string(request_.method);
    message.target(request_.url.target);
    message.version(11);
    message.set(http::field::host, request_.url.authority());
    message.set(http::field::connection, "close");
    for (const auto& [name, value] : request_.headers) message.set(name, value);
  }

  template <class Message>
  error_code send(Message& message) {
    http::request_serializer<typename Message::body_type> serializer(message);
    while (!serializer.is_done()) {
      patience();
      const error_code code =
          steps_.run([&](auto done) { http::async_write_some(stream_, serializer, done); });
      if (code) return code;
    }
    return {};
  }

  error_code send_text() {
    http::request<http::string_body> message;
    set_head(message);
    message.body() = request_.body;
    if (request_.method != "GET") message.prepare_payload();
    return send(message);
  }

  error_code send_file() {
    http::request<http::file_body> message;
    set_head(message);
    error_code code;
    message.body().open(request_.body_file.c_str(), beast::file_mode::scan, code);
    if (code) return code;
    message.prepare_payload();
    return send(message);
  }

  Result<HttpAnswer> receive() {
    beast::flat_buffer buffer;
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    patience();
    error_code code =
        steps_.run([&](auto done) { http::async_read_header(stream_, buffer, parser, done); });
    if (code) return lost("get an answer from", code);
    HttpAnswer answer{.status = parser.get().result_int()};
    std::array<char, kPieceBytes> piece{};
    while (!parser.is_done()) {
      parser.get().body().data = piece.data();
      parser.get().body().size = piece.size();
      patience();
      code = steps_.run([&](auto done) { http::async_read(stream_, buffer, parser, done); });
      if (code && code != http::error::need_buffer) return lost("get the whole answer from", code);
      PADDOCK_TRY(take(answer, {piece.data(), piece.size() - parser.get().body().size}));
    }
    for (const auto& field : parser.get()) {
      answer.headers[lower({field.name_string().data(), field.name_string().size()})] =
          std::string(field.value());
    }
    return answer;
  }

  Result<> take(HttpAnswer& answer, View bytes) {
    if (answer.is_success() && sink_) return sink_(bytes);
    if (!answer.is_success()) {
      bytes = bytes.substr(0, kComplaintBytes - std::min(answer.body.size(), kComplaintBytes));
    }
    answer.body.append(bytes);
    return {};
  }

  Steps& steps_;
  Stream& stream_;
  const HttpRequest& request_;
  const Sink& sink_;
};

error_code connect(asio::io_context& context,
                   Steps& steps,
                   const Url& url,
                   beast::tcp_stream& stream) {
  asio::ip::tcp::resolver resolver(context);
  error_code code;
  const auto found = resolver.resolve(url.host, url.port, code);
  if (code) return code;
  stream.expires_after(kPatience);
  return steps.run([&](auto done) { stream.async_connect(found, done); });
}

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string{} : found->second;
}

Result<HttpAnswer> HttpClient::ask(const HttpRequest& request, const Sink& sink) {
  asio::io_context context;
  Steps steps(context);
  const Url& url = request.url;
  const auto unreachable = [&](error_code code) {
    return fail("cannot reach " + url.authority() + ": " + code.message());
  };
  if (!url.is_secure) {
    beast::tcp_stream stream(context);
    if (const error_code code = connect(context, steps, url, stream)) return unreachable(code);
    return Exchange<beast::tcp_stream>(steps, stream, request, sink).run();
  }
  asio::ssl::context tls(asio::ssl::context::tls_client);
  error_code code;
  if (tls_.trust.empty()) {
    tls.set_default_verify_paths(code);
  } else {
    tls.load_verify_file(tls_.trust, code);
  }
  if (!code && !tls_.certificate.empty()) {
    tls.use_certificate_chain_file(tls_.certificate, code);
    if (!code) tls.use_private_key_file(tls_.certificate, asio::ssl::context::pem, code);
  }
  if (code) return fail("the files for TLS cannot be used: " + code.message());
  tls.set_verify_mode(asio::ssl::verify_peer);
  beast::ssl_stream<beast::tcp_stream> stream(context, tls);
  stream.set_verify_callback(asio::ssl::host_name_verification(url.host), code);
  if (SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str()) != 1) {
    return fail("the name of " + url.host + " cannot be sent");
  }
  code = connect(context, steps, url, beast::get_lowest_layer(stream));
  if (!code) {
    code =
        steps.run([&](auto done) { stream.async_handshake(asio::ssl::stream_base::client, done); });
  }
  if (code) return unreachable(code);
  return Exchange<beast::ssl_stream<beast::tcp_stream>>(steps, stream, request, sink).run();
}

}  // namespace paddock::backup
