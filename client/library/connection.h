// SPDX-License-Identifier: Apache-2.0
//
// One TCP connection to one server, for the library's own sources only (it names Boost.Asio):
// resolves the name (anew for each connection), tries its addresses in random order, reads, and
// writes what it is given in order. Lives on the loop's thread; the
// owner may abandon it at any moment and hears nothing of it any more. Held by its own pending
// operations.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "base/byte_buffer.h"
#include "client_session/host_list.h"

namespace paddock::client {

class ConnectionOwner {
 public:
  virtual void on_dialed() = 0;
  virtual void on_received(View bytes) = 0;
  /// Called once, and nothing after it.
  virtual void on_lost(std::string reason) = 0;

 protected:
  ~ConnectionOwner() = default;
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::io_context& context, ConnectionOwner& owner)
      : owner_(&owner), resolver_(context), socket_(context) {}

  void dial(const Host& host);
  /// Takes the bytes and leaves `bytes` empty.
  void write(ByteBuffer& bytes);
  /// Closes at once; the owner hears nothing any more.
  void abandon();

 private:
  using Tcp = boost::asio::ip::tcp;
  static constexpr std::size_t kReadBytes = std::size_t{64} << 10U;

  void connect(const Tcp::resolver::results_type& resolved);
  void read();
  void write_more();
  void lose(const std::string& what, const boost::system::error_code& error);

  ConnectionOwner* owner_;
  std::string server_;
  Tcp::resolver resolver_;
  Tcp::socket socket_;
  std::vector<Tcp::endpoint> endpoints_;
  std::array<char, kReadBytes> input_{};
  ByteBuffer waiting_;
  ByteBuffer writing_;
};

}  // namespace paddock::client
