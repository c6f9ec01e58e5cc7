// SPDX-License-Identifier: Apache-2.0
//
// When to dial one server, and which of its addresses next: all hosts and ports that the
// configuration names, each name resolved anew, all addresses of each name, and then a pause. Pure:
// the caller resolves and connects, one thing at a time, and says how it went. Owned by PeerLinks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/prng.h"
#include "base/time.h"
#include "config/membership.h"
#include "net/address.h"
#include "runtime/back_off.h"

namespace paddock::runtime {

struct DialOptions {
  Duration pause_min = milliseconds(50);
  Duration pause_max = seconds(1);
  /// A link that stood so long was good: pauses start anew at the shortest.
  Duration good_after = seconds(1);
};

class DialPlan {
 public:
  /// To be done now, and answered by on_resolved() or on_failed().
  struct Resolve {
    config::Endpoint where;
  };
  /// To be done now, and answered by on_failed() or on_linked().
  struct Connect {
    net::SocketAddress address;
  };
  using Step = std::variant<std::monostate, Resolve, Connect>;

  explicit DialPlan(const DialOptions& options)
      : options_(options), pauses_(options.pause_min, options.pause_max) {}

  /// Whom to dial from now on; nobody if empty. A try that is on its way is to be given up: nothing
  /// about it may be reported any more. `patience` is waited before each round in addition.
  void set_targets(std::vector<config::Endpoint> targets, Duration patience, MonotonicTime now);

  [[nodiscard]] Step on_time(MonotonicTime now);
  [[nodiscard]] Step on_resolved(std::vector<net::SocketAddress> addresses,
                                 MonotonicTime now,
                                 Prng& prng);
  /// Neither name nor connection, or no greeting.
  [[nodiscard]] Step on_failed(MonotonicTime now, Prng& prng);
  /// There is a link to the server, whoever dialed.
  void on_linked(MonotonicTime now);
  void on_unlinked(MonotonicTime now, Prng& prng);

  /// When on_time() has something to do.
  [[nodiscard]] MonotonicTime next_time() const;
  /// A try is on its way.
  [[nodiscard]] bool is_trying() const {
    return stage_ == Stage::Resolving || stage_ == Stage::Connecting;
  }

 private:
  enum class Stage : std::uint8_t {
    Idle,        // nobody to dial
    Waiting,     // until start_at_
    Resolving,   // targets_[target_]
    Connecting,  // addresses_[address_]
    Linked,
  };

  [[nodiscard]] Step next_target(MonotonicTime now, Prng& prng);
  void pause(MonotonicTime now, Prng& prng);

  DialOptions options_;
  BackOff pauses_;
  std::vector<config::Endpoint> targets_;
  Duration patience_{0};
  Stage stage_ = Stage::Idle;
  MonotonicTime start_at_;
  MonotonicTime linked_at_;
  std::size_t target_ = 0;
  std::vector<net::SocketAddress> addresses_;
  std::size_t address_ = 0;
};

/// Where a member listens for other servers: its hosts' quorum ports, then their election ports.
[[nodiscard]] std::vector<config::Endpoint> dial_targets(
    const std::vector<config::PeerAddress>& addresses);

}  // namespace paddock::runtime
