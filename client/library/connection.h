// SPDX-License-Identifier: Apache-2.0
//
// One connection to one server, plain or with TLS, for the library's own sources only (it names
// Boost.Asio): resolves the name (anew for each connection), tries its addresses in random order,
// reads, and writes what it is given in order. What is written before TLS stands waits for that.
// Lives on the loop's thread; the owner may abandon it at any moment and hears nothing of it any
// more, and nothing within a call of its own. Held by its own pending operations.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/byte_buffer.h"
#include "client_session/host_list.h"
#include "net/stream.h"
#include "tls/context.h"

namespace paddock::client {

struct Loss {
  /// The server ended it, as it may after an answer.
  bool is_end = false;
  std::string reason{};
};

class ConnectionOwner {
 public:
  /// TCP stands.
  virtual void on_dialed() = 0;
  virtual void on_received(View bytes) = 0;
  /// Called once, and nothing after it.
  virtual void on_lost(Loss loss) = 0;

 protected:
  ~ConnectionOwner() = default;
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  /// `tls`: what to speak TLS with; null: it is spoken plainly.
  Connection(boost::asio::io_context& context,
             ConnectionOwner& owner,
             std::shared_ptr<const tls::Context> tls)
      : owner_(&owner),
        tls_(std::move(tls)),
        resolver_(context),
        socket_(context),
        readiness_(context) {}

  void dial(const Host& host);
  /// Takes the bytes and leaves `bytes` empty.
  void write(ByteBuffer& bytes);
  /// Closes at once; the owner hears nothing any more.
  void abandon();

 private:
  using Tcp = boost::asio::ip::tcp;
  using Wait = boost::asio::posix::stream_descriptor::wait_type;
  static constexpr std::size_t kReadBytes = std::size_t{64} << 10U;

  void connect(const Tcp::resolver::results_type& resolved);
  void begin();
  void go_on();
  void go_on_later();
  /// False: the stream has more to say than a socket that is ready will tell.
  [[nodiscard]] bool send();
  void receive();
  [[nodiscard]] bool hear(View bytes);
  void await_readiness();
  void await(Wait what, bool Connection::* is_awaited);
  void lose(Loss loss);
  void close();

  ConnectionOwner* owner_;
  std::shared_ptr<const tls::Context> tls_;
  Host host_;
  std::string server_;
  Tcp::resolver resolver_;
  Tcp::socket socket_;  // until it is connected; then it belongs to the stream
  std::vector<Tcp::endpoint> endpoints_;
  net::StreamPtr stream_;
  boost::asio::posix::stream_descriptor readiness_;  // of the stream's socket, borrowed
  bool awaits_input_ = false;
  bool awaits_room_ = false;
  bool has_heard_ = false;
  std::array<char, kReadBytes> input_{};
  ByteBuffer output_;
};

}  // namespace paddock::client
