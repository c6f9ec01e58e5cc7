// SPDX-License-Identifier: Apache-2.0
//
// A four-letter word as an operation on an event loop, for the library's own sources only (it names
// Boost.Asio). Held by its own pending operations; calls its handler exactly once.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/error.h"
#include "base/time.h"
#include "client_session/host_list.h"

namespace paddock::client {

class FourLetterQuery final : public std::enable_shared_from_this<FourLetterQuery> {
 public:
  using Handler = std::move_only_function<void(Result<std::string>)>;

  FourLetterQuery(boost::asio::io_context& context, Handler handler)
      : handler_(std::move(handler)), resolver_(context), socket_(context), timer_(context) {}

  void start(const Host& host, View word, Duration limit);

 private:
  void connect(const boost::asio::ip::tcp::resolver::results_type& endpoints);
  void ask();
  void finish(Result<std::string> answer);
  void lose(const std::string& what, const boost::system::error_code& error);

  Handler handler_;
  std::string server_;
  std::string word_;
  std::string answer_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
};

}  // namespace paddock::client
