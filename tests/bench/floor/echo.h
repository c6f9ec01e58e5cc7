// SPDX-License-Identifier: Apache-2.0
//
// A TCP connection over loopback to a thread of its own that returns every message.
#pragma once

#include <thread>

#include "base/error.h"

namespace paddock::bench {

class Echo {
 public:
  Echo() = default;
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
  ~Echo();

  [[nodiscard]] Result<> connect();
  [[nodiscard]] Result<> round_trip();

 private:
  int near_ = -1;
  std::jthread thread_;
};

}  // namespace paddock::bench
