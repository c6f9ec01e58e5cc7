// SPDX-License-Identifier: Apache-2.0
//
// The links between simulated servers: each pair has at most one, which delivers in order or
// breaks, and each end learns of its birth and its death at a time of its own. Partitions cut
// pairs; a stalled direction delivers nothing and says nothing, as a half-open link does. Owned by
// a world, which asks what happens next.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/prng.h"

namespace paddock::simulation {

template <class Message>
class PeerNetwork {
 public:
  PeerNetwork(std::size_t servers, Prng& prng)
      : prng_(prng), cut_(servers, std::vector<bool>(servers)) {}

  enum class Kind : std::uint8_t {
    Up,
    Down,
    Arrival,
  };
  /// What server `at` is told about `peer`.
  struct Happening {
    Kind kind{};
    std::size_t at = 0;
    std::size_t peer = 0;
    std::optional<Message> message;
  };

  /// Makes a link between two servers that run, unless there is one or the pair is cut.
  void connect(std::size_t a, std::size_t b) {
    if (a == b || cut_[a][b] || between(a, b) != nullptr) return;
    links_.push_back(std::make_unique<Link>(a, b));
  }

  /// Lost unless the sender has a link.
  void send(std::size_t from, std::size_t to, Message message) {
    Link* const link = between(from, to);
    if (link == nullptr || link->is_broken) return;
    End& end = link->end_of(from);
    if (end.is_told) link->other_end(from).incoming.push_back(std::move(message));
  }

  /// Moves one end of one link. `listens(server)`: it takes part at present.
  template <class Listens>
  [[nodiscard]] std::optional<Happening> move(Listens listens) {
    if (links_.empty()) return std::nullopt;
    const std::size_t which = prng_.below(links_.size());
    Link& link = *links_[which];
    const bool is_first = prng_.chance(1, 2);
    End& end = link.ends[is_first ? 0 : 1];
    const End& other = link.ends[is_first ? 1 : 0];
    if (link.is_broken && !end.is_told && !other.is_told) {
      links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(which));
      return std::nullopt;
    }
    if (!listens(end.server)) return std::nullopt;
    if (link.is_broken) {
      if (!std::exchange(end.is_told, false)) return std::nullopt;
      return Happening{Kind::Down, end.server, other.server, std::nullopt};
    }
    if (!std::exchange(end.is_told, true)) {
      return Happening{Kind::Up, end.server, other.server, std::nullopt};
    }
    if (end.incoming.empty() || end.is_stalled) return std::nullopt;
    Happening happening{Kind::Arrival, end.server, other.server, std::move(end.incoming.front())};
    end.incoming.pop_front();
    return happening;
  }

  // --- Faults.

  /// A server's process has ended: its links break.
  void crash(std::size_t server) {
    for (const auto& link : links_) {
      if (!link->has(server)) continue;
      link->is_broken = true;
      link->end_of(server).is_told = false;
    }
  }
  /// Breaks a random link; false if there is none to break.
  bool break_one() {
    if (links_.empty()) return false;
    Link& link = *links_[prng_.below(links_.size())];
    return !std::exchange(link.is_broken, true);
  }
  void stall_one() {
    if (links_.empty()) return;
    links_[prng_.below(links_.size())]->ends[prng_.below(2)].is_stalled = true;
  }
  void release_one() {
    if (links_.empty()) return;
    for (End& end : links_[prng_.below(links_.size())]->ends) end.is_stalled = false;
  }
  /// Cuts half of the pairs; most of their links notice.
  void partition() {
    for (std::size_t i = 0; i < cut_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) cut_[i][j] = cut_[j][i] = prng_.chance(1, 2);
    }
    for (const auto& link : links_) {
      if (cut_[link->ends[0].server][link->ends[1].server]) link->is_broken |= prng_.chance(2, 3);
    }
  }
  /// Cuts one pair of servers; its link, if there is one, breaks or stalls. False: it was cut.
  bool cut_one() {
    const std::size_t a = prng_.below(cut_.size());
    const std::size_t b = prng_.below(cut_.size());
    if (a == b || cut_[a][b]) return false;
    cut_[a][b] = cut_[b][a] = true;
    if (Link* const link = between(a, b)) {
      link->is_broken |= prng_.chance(1, 2);
      for (End& end : link->ends) end.is_stalled = true;
    }
    return true;
  }
  void join() {
    for (auto& row : cut_) row.assign(row.size(), false);
  }
  void heal() {
    join();
    for (const auto& link : links_) {
      for (End& end : link->ends) end.is_stalled = false;
    }
  }
  [[nodiscard]] bool is_quiet() const {
    return std::ranges::all_of(links_, [](const auto& link) {
      return link->ends[0].incoming.empty() && link->ends[1].incoming.empty();
    });
  }

 private:
  struct End {
    std::size_t server = 0;
    bool is_told = false;
    bool is_stalled = false;
    std::deque<Message> incoming;
  };
  struct Link {
    Link(std::size_t a, std::size_t b) {
      ends[0].server = a;
      ends[1].server = b;
    }
    [[nodiscard]] bool has(std::size_t server) const {
      return ends[0].server == server || ends[1].server == server;
    }
    [[nodiscard]] End& end_of(std::size_t server) { return ends[ends[0].server == server ? 0 : 1]; }
    [[nodiscard]] End& other_end(std::size_t server) {
      return ends[ends[0].server == server ? 1 : 0];
    }

    End ends[2];
    bool is_broken = false;
  };

  [[nodiscard]] Link* between(std::size_t a, std::size_t b) {
    for (const auto& link : links_) {
      if (link->has(a) && link->has(b)) return link.get();
    }
    return nullptr;
  }

  Prng& prng_;
  std::vector<std::vector<bool>> cut_;
  std::vector<std::unique_ptr<Link>> links_;
};

}  // namespace paddock::simulation
