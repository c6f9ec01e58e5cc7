// SPDX-License-Identifier: Apache-2.0
//
// Plays steps on two servers at once and compares what comes back, frame by frame. A step is sent
// to both and both are awaited before the next; events of the other sessions are awaited by a ping
// on each.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "correspondence.h"
#include "link.h"
#include "reply.h"
#include "step.h"

namespace paddock::conformance {

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};

struct PlayerOptions {
  std::array<Endpoint, 2> servers;
  std::size_t sessions = 6;
  std::string root;  // Where the run lives in the tree.
  /// Whether the second server must close the old connection of a session that moved. Apache loses
  /// track of a connection when an older one of the same session ends late, and leaves it open.
  bool closes_moved = true;
};

/// What went wrong first: a difference, or a server that closed or fell silent.
struct Mismatch {
  std::string text;
};

class Player {
 public:
  using Learner = std::function<void(const Request&, const Reply&)>;

  explicit Player(PlayerOptions options);

  /// Opens every session.
  std::optional<Mismatch> start();

  /// `learn` is told each reply of the first server.
  std::optional<Mismatch> play(const Step& step, const Learner& learn);

  /// Closes every session, so that nothing of the run stays connected.
  std::optional<Mismatch> finish();

  [[nodiscard]] std::uint64_t requests() const { return requests_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  /// How often each listed difference occurred.
  [[nodiscard]] std::map<std::string, std::uint64_t> listed() const;

 private:
  struct Slot {
    std::array<std::optional<Link>, 2> links;
    std::array<std::int64_t, 2> sessions{};
    std::array<std::string, 2> passwords;
    Seen seen;
    std::int32_t next_xid = 1;
  };

  std::optional<Mismatch> connect(Slot& slot);
  std::optional<Mismatch> batch(Slot& slot, const Step& step, const Learner& learn);
  std::optional<Mismatch> reconnect(Slot& slot);
  std::optional<Mismatch> move(Slot& slot);
  std::optional<Mismatch> close(Slot& slot);
  std::optional<Mismatch> refuse(Slot& slot, const std::vector<Request>& requests);
  std::optional<Mismatch> await_close(Slot& slot);
  /// `sorted`: events came from the end of a session, whose nodes go in any order.
  std::optional<Mismatch> barrier(bool sorted);
  std::optional<Mismatch> await_events(std::span<Slot> slots, bool sorted);
  void send(Slot& slot, const std::vector<Request>& requests);
  std::optional<Mismatch> compare(Slot& slot,
                                  const std::vector<Request>& requests,
                                  bool sorted,
                                  const Learner& learn);

  PlayerOptions options_;
  std::vector<Slot> slots_;
  Correspondence correspondence_;
  std::uint64_t requests_ = 0;
  std::uint64_t events_ = 0;
  std::map<std::string, std::uint64_t> listed_;
};

}  // namespace paddock::conformance
