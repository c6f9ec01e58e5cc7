// SPDX-License-Identifier: Apache-2.0
//
// The seam to the API server: who makes requests does so through this, and so can be tested against
// a server that exists in memory. All calls and all answers are on one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "kube/request.h"

namespace paddock::kube {

/// Something that is on its way. Its owner hears nothing more of it once it has destroyed this.
class Pending {
 public:
  Pending() = default;
  virtual ~Pending() = default;
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
};

using OnReply = std::function<void(Reply)>;

struct WatchHandlers {
  /// The server has begun to answer, with success.
  std::function<void()> on_open;
  /// A line of the answer, without its end.
  std::function<void(View line)> on_line;
  /// The last call. Without an error: the answer ended as it should.
  std::function<void(std::optional<ApiError>)> on_end;
};

class Api {
 public:
  Api() = default;
  virtual ~Api() = default;
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  /// `on_reply` is called later, once, unless the Pending is destroyed before: the request may be
  /// carried out all the same.
  [[nodiscard]] virtual std::unique_ptr<Pending> call(Request request, OnReply on_reply) = 0;
  /// The handlers are called later; one may destroy the Pending.
  [[nodiscard]] virtual std::unique_ptr<Pending> watch(Request request, WatchHandlers handlers) = 0;
};

}  // namespace paddock::kube
