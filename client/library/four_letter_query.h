// SPDX-License-Identifier: Apache-2.0
//
// A four-letter word as an operation on an event loop, for the library's own sources only (it names
// Boost.Asio). Held by its own timer; calls its handler exactly once.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "base/error.h"
#include "base/time.h"
#include "client/connection.h"

namespace paddock::client {

class FourLetterQuery final : public ConnectionOwner,
                              public std::enable_shared_from_this<FourLetterQuery> {
 public:
  using Handler = std::move_only_function<void(Result<std::string>)>;

  /// `tls`: as Connection has it.
  FourLetterQuery(boost::asio::io_context& context,
                  std::shared_ptr<const tls::Context> tls,
                  Handler handler)
      : handler_(std::move(handler)),
        timer_(context),
        connection_(std::make_shared<Connection>(context, *this, std::move(tls))) {}

  void start(const Host& host, View word, Duration limit);

  void on_dialed() override;
  void on_received(View bytes) override;
  void on_lost(Loss loss) override;

 private:
  void finish(Result<std::string> answer);

  Handler handler_;
  std::string server_;
  std::string word_;
  std::string answer_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<Connection> connection_;
};

}  // namespace paddock::client
