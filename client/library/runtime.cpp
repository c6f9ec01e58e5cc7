// SPDX-License-Identifier: Apache-2.0
#include "client/runtime.h"

#include <system_error>

#include "base/assert.h"
#include "client/loop.h"

namespace paddock::client {

Result<std::unique_ptr<Runtime>> Runtime::start() {
  auto loop = std::make_unique<Loop>();
  try {
    loop->thread = std::thread([context = &loop->context] { context->run(); });
  } catch (const std::system_error& error) {
    return fail(std::string("cannot start the client's thread: ") + error.what());
  }
  return std::unique_ptr<Runtime>(new Runtime(std::move(loop)));
}

Runtime::Runtime(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

Runtime::~Runtime() {
  PADDOCK_ASSERT(!is_loop_thread());
  loop_->work.reset();
  loop_->context.stop();
  loop_->thread.join();
}

bool Runtime::is_loop_thread() const {
  return loop_->thread.get_id() == std::this_thread::get_id();
}

}  // namespace paddock::client
