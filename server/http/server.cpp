// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include <chrono>
#include <list>
#include <optional>
#include <thread>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

namespace paddock::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

constexpr auto kAcceptAgainAfter = std::chrono::milliseconds(100);

/// What a request that cannot be read is answered with; 0: the peer is gone.
unsigned status_of(const beast::error_code& error) {
  using Http = beast::http::error;
  if (!error || error == Http::end_of_stream || error == Http::partial_message) return 0;
  if (error == Http::body_limit) return 413;
  if (error == Http::header_limit) return 431;
  return error.category() == beast::error_code(Http::bad_method).category() ? 400 : 0;
}

/// What goes over the wire. Beast would write it as well, with templates that take as long to
/// compile as all the rest of this file.
std::string reply_text(const Response& response, bool keep_alive, bool has_body) {
  const auto reason =
      beast::http::obsolete_reason(static_cast<beast::http::status>(response.status));
  return fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nCache-Control: no-store\r\n{}{}Content-Length: "
      "{}\r\n\r\n{}",
      response.status,
      std::string_view(reason.data(), reason.size()),
      response.content_type,
      response.status == 405 ? "Allow: GET, HEAD\r\n" : "",
      keep_alive ? "" : "Connection: close\r\n",
      response.body.size(),
      has_body ? response.body : std::string{});
}

/// One connection: reads a request, answers it, and so on until the peer or a time limit ends it.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket,
             const ServerOptions& options,
             const Handler& handler,
             std::shared_ptr<std::size_t> open)
      : stream_(std::move(socket)), options_(options), handler_(handler), open_(std::move(open)) {
    ++*open_;
  }
  ~Connection() { --*open_; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void read() {
    parser_.emplace();
    parser_->body_limit(options_.body_bytes_max);
    stream_.expires_after(options_.idle_timeout);
    beast::http::async_read(stream_,
                            buffer_,
                            *parser_,
                            [self = shared_from_this()](beast::error_code error, std::size_t) {
                              self->on_read(error);
                            });
  }

 private:
  void on_read(beast::error_code error) {
    if (const unsigned status = status_of(error); status != 0) {
      return answer({.status = status, .body = error.message() + "\n"}, false);
    }
    if (error) return close();
    const auto& message = parser_->get();
    Request request;
    request.method = std::string(message.method_string());
    const auto target = message.target();
    parse_target({target.data(), target.size()}, request);
    request.body = message.body();
    beast::error_code unknown;
    request.is_local = stream_.socket().remote_endpoint(unknown).address().is_loopback();
    answer(handler_(request), message.keep_alive());
  }

  void answer(const Response& response, bool keep_alive) {
    const bool has_body = !parser_ || parser_->get().method() != beast::http::verb::head;
    reply_ = reply_text(response, keep_alive, has_body);
    stream_.expires_after(options_.idle_timeout);
    asio::async_write(
        stream_,
        asio::buffer(reply_),
        [self = shared_from_this(), keep_alive](beast::error_code error, std::size_t) {
          if (error || !keep_alive) return self->close();
          self->read();
        });
  }

  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  beast::tcp_stream stream_;
  const ServerOptions& options_;
  const Handler& handler_;
  std::shared_ptr<std::size_t> open_;
  beast::flat_buffer buffer_;
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  std::string reply_;
};

struct Port {
  Port(asio::io_context& context, Handler handler_in)
      : acceptor(context), accept_again(context), handler(std::move(handler_in)) {}

  tcp::acceptor acceptor;
  asio::steady_timer accept_again;
  Handler handler;
};

Result<> open_port(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  beast::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && endpoint.protocol() == tcp::v6()) {
    acceptor.set_option(asio::ip::v6_only(false), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return {};
  beast::error_code ignored;
  acceptor.close(ignored);
  return fail(error.message());
}

}  // namespace

struct Server::Impl {
  explicit Impl(ServerOptions options_in) : options(options_in) {}

  void accept(Port& port) {
    port.acceptor.async_accept([this, &port](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return accept_later(port);
      if (*open < options.connections_max && socket.native_handle() < options.descriptors_max) {
        std::make_shared<Connection>(std::move(socket), options, port.handler, open)->read();
      }
      accept(port);
    });
  }

  /// Without descriptors accepting fails at once, again and again.
  void accept_later(Port& port) {
    port.accept_again.expires_after(kAcceptAgainAfter);
    port.accept_again.async_wait([this, &port](beast::error_code error) {
      if (!error) accept(port);
    });
  }

  ServerOptions options;
  std::shared_ptr<std::size_t> open = std::make_shared<std::size_t>(0);
  asio::io_context context{1};
  std::list<Port> ports;
  std::thread thread;
};

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(options)) {}

Server::~Server() {
  impl_->context.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

Result<std::uint16_t> Server::listen(const std::string& host, std::uint16_t port, Handler handler) {
  beast::error_code error;
  Port& added = impl_->ports.emplace_back(impl_->context, std::move(handler));
  const tcp::resolver::results_type found =
      tcp::resolver(impl_->context)
          .resolve(host.empty() ? "::" : host, std::to_string(port), tcp::resolver::passive, error);
  if (error) {
    return fail(
        fmt::format("cannot resolve the address '{}' to listen on: {}", host, error.message()));
  }
  Result<> opened = open_port(added.acceptor, found.begin()->endpoint());
  // A kernel without IPv6: every address means every IPv4 address.
  if (!opened && host.empty()) opened = open_port(added.acceptor, tcp::endpoint(tcp::v4(), port));
  if (!opened) {
    return fail(fmt::format("cannot listen on {} port {}: {}; is another server running there?",
                            host.empty() ? "*" : host,
                            port,
                            opened.error().message));
  }
  return added.acceptor.local_endpoint().port();
}

void Server::start() {
  for (Port& port : impl_->ports) impl_->accept(port);
  impl_->thread = std::thread([this] {
    const auto alive = asio::make_work_guard(impl_->context);
    impl_->context.run();
  });
}

void Server::post(std::function<void()> task) {
  asio::post(impl_->context, std::move(task));
}

}  // namespace paddock::http
