// SPDX-License-Identifier: Apache-2.0
//
// The API server of one cluster over HTTP/1.1: connections that are kept, credentials that are read
// anew, limits of rate and time. Lives on the thread that runs its io_context; files and plugins
// are read on a thread of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "kube/api.h"
#include "kube/kubeconfig.h"

namespace paddock::kube {

/// What came of one attempt, for metrics.
struct AttemptReport {
  Verb verb{};
  unsigned code = 0;  // 0: no answer
  Duration took{};
};

struct ClientOptions {
  std::string user_agent;
  unsigned per_second = 20;
  unsigned burst = 40;
  std::size_t answer_bytes_max = std::size_t{64} << 20U;
  std::size_t line_bytes_max = std::size_t{8} << 20U;  // of a watch: one object
  std::uint64_t seed = 0;
  /// What the server warns of, and credentials that cannot be read.
  std::function<void(const std::string&)> on_warning = [](const std::string&) {
  };
  std::function<void(const AttemptReport&)> on_attempt = [](const AttemptReport&) {
  };
};

class Client final : public Api {
 public:
  /// `io` outlives it.
  Client(boost::asio::io_context& io, ClusterAccess access, ClientOptions options);
  /// Nobody hears of what is on its way. Waits for a plugin that runs.
  ~Client() override;

  [[nodiscard]] std::unique_ptr<Pending> call(Request request, OnReply on_reply) override;
  [[nodiscard]] std::unique_ptr<Pending> watch(Request request, WatchHandlers handlers) override;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace paddock::kube
