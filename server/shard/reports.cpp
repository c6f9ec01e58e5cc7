// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "gate/connection_id.h"
#include "shard/shard_impl.h"

namespace paddock::shard {

namespace {

ConnectionReport report_of(const Connection& connection) {
  const ConnectionStats& stats = connection.stats;
  const bool is_ipv6 = connection.ip.find(':') != std::string::npos;
  return {.connection = connection.id,
          .peer = is_ipv6 ? fmt::format("[{}]:{}", connection.ip, connection.port)
                          : fmt::format("{}:{}", connection.ip, connection.port),
          .session = connection.session,
          .established = connection.phase == Phase::Established,
          .is_secure = connection.is_secure,
          .reads_input = !connection.paused,
          .timeout = connection.timeout,
          .received = stats.received,
          .sent = stats.sent,
          .queued = connection.writes.size(),
          .last_opcode = stats.last_opcode,
          .has_last_opcode = stats.has_last_opcode,
          .last_xid = stats.last_xid,
          .last_zxid = stats.last_zxid,
          .established_ms = connection.accepted_ms,
          .last_response_ms = stats.last_response_ms,
          .latency_last_ms = stats.latency_last_ms,
          .latency_min_ms = stats.latency_min_ms,
          .latency_max_ms = stats.latency_max_ms,
          .latency_avg_ms = stats.latency_count == 0
                                ? 0.0
                                : static_cast<double>(stats.latency_sum_ms) /
                                      static_cast<double>(stats.latency_count)};
}

bool has_identity(const Connection& connection, View scheme, View id) {
  return std::ranges::any_of(connection.identities.view(), [&](const jute::Id& one) {
    return one.scheme == scheme && one.id == id;
  });
}

bool matches(const Connection& connection, const ConnectionFilter& filter) {
  if (filter.session && connection.session != *filter.session) return false;
  if (!filter.ip.empty() && connection.ip != filter.ip) return false;
  return filter.scheme.empty() || has_identity(connection, filter.scheme, filter.id);
}

}  // namespace

std::vector<ConnectionReport> Shard::report_connections() const {
  std::vector<ConnectionReport> reports;
  reports.reserve(impl_->connections.size());
  impl_->connections.for_each(
      [&](const Connection& connection) { reports.push_back(report_of(connection)); });
  return reports;
}

std::vector<ConnectionId> Shard::find_connections(const ConnectionFilter& filter) const {
  std::vector<ConnectionId> found;
  impl_->connections.for_each([&](const Connection& connection) {
    if (connection.leaving || connection.is_server || connection.phase == Phase::Closing) return;
    if (matches(connection, filter)) found.push_back(connection.id);
  });
  return found;
}

const Sampler& Shard::sampler() const {
  return impl_->sampler;
}

std::vector<std::pair<SessionId, std::string>> Shard::report_watches() const {
  std::vector<std::pair<SessionId, std::string>> report;
  impl_->watches.for_each([&](WatchTable::Owner slot, View path, WatchModes modes) {
    // The commands show the table of data watches only.
    if (modes == kWatchChild) return;
    report.emplace_back(impl_->connections.at(slot).session, path);
  });
  return report;
}

WatchSummary Shard::watch_summary() const {
  const WatchTable& watches = impl_->watches;
  return {watches.data_owners(), watches.data_paths(), watches.data_size()};
}

std::size_t Shard::watch_count() const {
  return impl_->watches.data_size() + impl_->watches.child_size();
}

void Shard::reset_counters() {
  const std::int64_t outstanding = impl_->counters.outstanding;
  impl_->counters = Counters{};
  impl_->counters.outstanding = outstanding;
}

void Shard::reset_connection_counters() {
  impl_->connections.for_each([](Connection& connection) {
    connection.stats = ConnectionStats{};
    connection.stats.last_xid = -1;
    connection.stats.last_zxid = Zxid{-1};
  });
}

void Shard::check_invariants() const {
  const Impl& impl = *impl_;
  impl.connections.check_invariants();
  impl.watches.check_invariants();
  PADDOCK_ASSERT(impl.listed.empty() && impl.runnable.empty());
  std::size_t outstanding = 0;
  std::size_t outstanding_bytes = 0;
  std::size_t writers = 0;
  std::size_t waiting = 0;
  impl.connections.for_each([&](const Connection& connection) {
    outstanding += connection.writes.size();
    outstanding_bytes += connection.writes.bytes();
    writers += connection.writes.empty() ? 0 : 1;
    waiting += connection.waits_for_turn ? 1 : 0;
    PADDOCK_ASSERT(!connection.listed && !connection.runnable && !connection.wrote);
    const bool has_watches = impl.watches.watches_anything(gate::slot_of(connection.id));
    if (connection.phase != Phase::Established) {
      PADDOCK_ASSERT(!has_watches);
      PADDOCK_ASSERT(connection.writes.empty());
    }
    if (connection.held) PADDOCK_ASSERT(!connection.input.empty());
    if (connection.phase == Phase::Closing)
      PADDOCK_ASSERT(connection.close_published || connection.drop_published);
  });
  impl.check_session_counts();
  PADDOCK_ASSERT(static_cast<std::int64_t>(outstanding) == impl.counters.outstanding);
  PADDOCK_ASSERT(outstanding_bytes == impl.outstanding_bytes);
  PADDOCK_ASSERT(writers == impl.writers);
  // Those that are gone are still in the list.
  PADDOCK_ASSERT(waiting <= impl.waiting_turn.size() + impl.round.size() - impl.round_at);
}

}  // namespace paddock::shard
