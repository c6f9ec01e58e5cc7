// SPDX-License-Identifier: Apache-2.0
//
// A whole server: the machines, their threads and what connects them. Opened from a configuration,
// runs until told to stop. Threads: the core's (the caller of run()), one per shard unless the core
// has the only one, the log's, the background's and the admin's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/error.h"
#include "config/server_config.h"

namespace paddock::runtime {

class Server {
 public:
  /// Opens the data, recovers what is there, and listens. `feature_level`: of this version.
  /// *Errors*: what is wrong and what to do.
  [[nodiscard]] static Result<std::unique_ptr<Server>> open(const config::ServerConfig& config,
                                                            std::uint32_t feature_level);
  ~Server();

  /// How the configuration is read again after SIGHUP (which the caller has blocked in every
  /// thread), on a thread of the server's; before run().
  void set_reread(std::function<Result<config::ServerConfig>()> reread);
  /// Serves until stop() or SIGTERM or SIGINT (which the caller has blocked in every thread); what
  /// was read by then is answered first, within limits. *Errors*: why it cannot go on.
  [[nodiscard]] Result<> run();
  /// Any thread.
  void stop();
  /// The plain client port in use; 0: there is none. Any thread.
  [[nodiscard]] std::uint16_t client_port() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace paddock::runtime
