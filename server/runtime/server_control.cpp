// SPDX-License-Identifier: Apache-2.0
#include "runtime/server_control.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "runtime/ask.h"
#include "runtime/first_start.h"

namespace paddock::runtime {

namespace {

constexpr const char* kNoCore = "the core loop did not answer in time";
constexpr const char* kNoShard = "an I/O thread did not answer in time";
constexpr const char* kEnding = "this server is ending already";

enum class Grant : std::uint8_t {
  Given,
  HadIt,
  IsAlone,
  HoldsData
};

Grant grant(replica::Replica& replica, Now now) {
  const zab::Peer& peer = replica.peer();
  if (peer.is_alone()) return Grant::IsAlone;
  const zab::State& state = peer.state();
  if (state.wanted_epochs.may_vote) return Grant::HadIt;
  if (!holds_nothing(state)) return Grant::HoldsData;
  replica.grant_vote(now);
  return Grant::Given;
}

}  // namespace

Result<> ServerControl::adopt_own(net::Accepted accepted, const OwnCaller& caller) {
  if (parts_.connections.acquire(caller.ip) != ConnectionLimits::Verdict::Accepted) {
    return fail("there are as many connections as maxClientCnxns or maxCnxns allow");
  }
  ShardIo& io = *parts_.shards.front();
  // std::function wants copies, sockets have none.
  auto shared = std::make_shared<net::Accepted>(std::move(accepted));
  io.loop().post([&io, shared, caller] {
    io.adopt_own(std::move(*shared), *caller.identities, caller.is_server);
  });
  return {};
}

Result<> ServerControl::start_drain(milliseconds over) {
  const auto begun =
      ask(parts_.core.loop(), [&start = parts_.start_drain, over] { return start(over); });
  if (!begun) return fail(kNoCore);
  return *begun ? Result<>{} : fail(kEnding);
}

Result<> ServerControl::cancel_drain() {
  const auto ended = ask(parts_.core.loop(), [&cancel = parts_.cancel_drain] { return cancel(); });
  if (!ended) return fail(kNoCore);
  return *ended ? Result<>{} : fail(kEnding);
}

Result<bool> ServerControl::grant_vote() {
  Core& core = parts_.core;
  const auto granted =
      ask(core.loop(), [&core] { return grant(core.replica(), core.loop().now()); });
  if (!granted) return fail(kNoCore);
  switch (*granted) {
    case Grant::Given:
      return true;
    case Grant::HadIt:
      return false;
    case Grant::IsAlone:
      return fail("this server is standalone: nobody votes");
    case Grant::HoldsData:
      return fail(
          "this disk holds something, so it is no beginning: its leader gives it the right to "
          "vote when it has taken it in");
  }
  PADDOCK_UNREACHABLE();
}

std::vector<shard::ClientLimits::Report> ServerControl::limit_report() const {
  const auto current = parts_.limits.current();
  return current == nullptr ? std::vector<shard::ClientLimits::Report>{} : current->report();
}

void ServerControl::set_client_limits(const config::ClientLimitMap& limits) {
  parts_.limits.replace(limits);
  share_limits();
}

void ServerControl::share_limits() {
  const auto current = parts_.limits.current();
  for (ShardIo* io : parts_.shards) {
    // A thread that is late takes them up all the same.
    static_cast<void>(ask(io->loop(), [io, current] {
      io->set_limits(current);
      return true;
    }));
  }
}

Result<std::size_t> ServerControl::close_connections(const shard::ConnectionFilter& filter,
                                                     std::size_t count) {
  std::size_t closed = 0;
  for (ShardIo* io : parts_.shards) {
    const std::optional<std::size_t> left =
        count == 0 ? std::nullopt : std::optional(count - closed);
    if (left == 0) break;
    const auto gone = ask(io->loop(), [io, filter, left] {
      std::vector<ConnectionId> ids = io->shard().find_connections(filter);
      if (left) ids.resize(std::min(ids.size(), *left));
      io->send_away(ids);
      return ids.size();
    });
    if (!gone) return fail(kNoShard);
    closed += *gone;
  }
  return closed;
}

Result<ServerControl::ShardNotes> ServerControl::notes() {
  ShardNotes all;
  for (ShardIo* io : parts_.shards) {
    auto found = ask(io->loop(), [io] {
      const auto& slow = io->slow_operations();
      const shard::Sampler& sampler = io->shard().sampler();
      return ShardNotes{
          {slow.begin(), slow.end()}, sampler.paths().entries(), sampler.sessions().entries()};
    });
    if (!found) return fail(kNoShard);
    std::ranges::move(found->slow, std::back_inserter(all.slow));
    std::ranges::move(found->paths, std::back_inserter(all.paths));
    std::ranges::move(found->sessions, std::back_inserter(all.sessions));
  }
  return all;
}

}  // namespace paddock::runtime
