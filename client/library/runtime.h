// SPDX-License-Identifier: Apache-2.0
//
// The thread that clients run on: one event loop, shared by as many clients as wanted. Every
// callback of those clients is called on it, so callbacks must not block, and need no lock among
// themselves. Owned by the application; it must outlive its clients.
#pragma once

#include <memory>

#include "base/error.h"

namespace paddock::client {

class Runtime {
 public:
  /// Starts the thread. Error: the system has no thread to give.
  [[nodiscard]] static Result<std::unique_ptr<Runtime>> start();

  /// Stops the loop and waits for its thread. Not to be called on that thread.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  /// Whether the caller is a callback of this runtime.
  [[nodiscard]] bool is_loop_thread() const;

  class Loop;
  /// For the library itself.
  [[nodiscard]] Loop& loop() { return *loop_; }

 private:
  explicit Runtime(std::unique_ptr<Loop> loop);

  std::unique_ptr<Loop> loop_;
};

}  // namespace paddock::client
