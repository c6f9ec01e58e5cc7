// SPDX-License-Identifier: Apache-2.0
//
// The inside of Runtime, for the library's own sources only: it names Boost.Asio.
#pragma once

#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "client/runtime.h"

namespace paddock::client {

class Runtime::Loop {
 public:
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  std::thread thread;
};

}  // namespace paddock::client
