// SPDX-License-Identifier: Apache-2.0
//
// The calls about clients: what limits them, what they ask for, which of them go.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/escape.h"
#include "base/number_text.h"
#include "config/limit_change.h"
#include "runtime/admin_api.h"

namespace paddock::runtime {

namespace {

namespace api = admin::pb;

/// Those that are told of each kind.
constexpr std::size_t kTopMax = 20;

void fill(const std::string& name, const config::ClientLimit& from, api::Limit& into) {
  into.set_name(name);
  into.set_match(config::match_text(from));
  into.set_requests_per_second(from.requests_per_second);
  into.set_bytes_per_second(from.bytes_per_second);
  into.set_connections(from.connections);
  into.set_watches(from.watches);
  into.set_sessions(from.sessions);
  into.set_ephemerals(from.ephemerals);
}

api::LimitsAnswer limits_answer(const ServerControl& control) {
  api::LimitsAnswer answer;
  const auto reports = control.limit_report();
  for (const auto& [name, limit] : control.client_limits()) {
    api::LimitStanding& standing = *answer.add_limits();
    fill(name, limit, *standing.mutable_limit());
    const auto report = std::ranges::find(reports, name, &shard::ClientLimits::Report::name);
    if (report == reports.end()) continue;
    standing.set_delayed(report->delayed);
    standing.set_refused(report->refused);
    standing.set_connections(report->connections);
    standing.set_watches(report->watches);
    standing.set_sessions(report->sessions.value_or(0));
    standing.set_ephemerals(report->ephemerals.value_or(0));
  }
  return answer;
}

std::optional<SessionId> session_of(std::string_view text) {
  const auto id = parse_hex(text);
  if (!id || *id == 0) return std::nullopt;
  return SessionId{static_cast<std::int64_t>(*id)};
}

ApiResult<shard::ConnectionFilter> filter_of(const api::CloseConnectionsRequest& in) {
  shard::ConnectionFilter filter{.ip = in.ip()};
  if (!in.session().empty()) {
    filter.session = session_of(in.session());
    if (!filter.session) return refused(400, "session: expected its id in hexadecimal");
  }
  if (!in.identity().empty()) {
    const std::size_t colon = in.identity().find(':');
    if (colon == std::string::npos || colon == 0) {
      return refused(400, "identity: expected scheme:id");
    }
    filter.scheme = in.identity().substr(0, colon);
    filter.id = in.identity().substr(colon + 1);
  }
  return filter;
}

/// The largest counts of all shards together.
template <class Key>
std::vector<std::pair<Key, std::int64_t>> largest(const std::map<Key, std::int64_t>& counts) {
  std::vector<std::pair<Key, std::int64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted,
                           [](const auto& a, const auto& b) { return a.second > b.second; });
  sorted.resize(std::min(sorted.size(), kTopMax));
  return sorted;
}

}  // namespace

ApiResult<api::LimitsAnswer> AdminApi::limits(const api::Nothing& /*in*/,
                                              const ApiCaller& /*caller*/) {
  return limits_answer(control_);
}

ApiResult<api::LimitsAnswer> AdminApi::set_limit(const api::Limit& in,
                                                 const ApiCaller& /*caller*/) {
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"match", in.match()},
      {"requestsPerSecond", std::to_string(in.requests_per_second())},
      {"bytesPerSecond", std::to_string(in.bytes_per_second())},
      {"connections", std::to_string(in.connections())},
      {"watches", std::to_string(in.watches())},
      {"sessions", std::to_string(in.sessions())},
      {"ephemerals", std::to_string(in.ephemerals())}};
  config::ClientLimitMap limits = control_.client_limits();
  if (auto put = config::put_limit(in.name(), lines, limits); !put) {
    return refused(400, put.error().message);
  }
  control_.set_client_limits(limits);
  return limits_answer(control_);
}

ApiResult<api::LimitsAnswer> AdminApi::remove_limit(const api::RemoveLimitRequest& in,
                                                    const ApiCaller& /*caller*/) {
  config::ClientLimitMap limits = control_.client_limits();
  if (limits.erase(in.name()) == 0) {
    return refused(404, "there is no limit of that name: GET /admin/limits lists them");
  }
  control_.set_client_limits(limits);
  return limits_answer(control_);
}

ApiResult<api::SlowOperationsAnswer> AdminApi::slow_operations(const api::Nothing& /*in*/,
                                                               const ApiCaller& /*caller*/) {
  auto notes = control_.notes();
  if (!notes) return refused(503, notes.error().message);
  const auto ms = [](Duration time) {
    return std::chrono::duration_cast<milliseconds>(time).count();
  };
  std::ranges::stable_sort(notes->slow,
                           [](const auto& a, const auto& b) { return a.at.ms > b.at.ms; });
  api::SlowOperationsAnswer answer;
  answer.set_threshold_ms(reporter_.config().process.slow_operation_threshold.count());
  for (const auto& [at, slow] : notes->slow) {
    api::SlowOperation& operation = *answer.add_operations();
    operation.set_at_ms(at.ms);
    operation.set_session(fmt::format("0x{:x}", raw(slow.session)));
    operation.set_operation(std::string(jute::name(slow.opcode)));
    operation.set_path(printable(slow.path));
    operation.set_total_ms(ms(slow.total));
    operation.set_queued_ms(ms(slow.queued));
    operation.set_replication_ms(ms(slow.core));
  }
  return answer;
}

ApiResult<api::TopAnswer> AdminApi::top(const api::Nothing& /*in*/, const ApiCaller& /*caller*/) {
  const auto notes = control_.notes();
  if (!notes) return refused(503, notes.error().message);
  std::map<std::string, std::int64_t> paths;
  std::map<std::int64_t, std::int64_t> sessions;
  for (const auto& entry : notes->paths) {
    paths[printable(entry.key.view())] += entry.count - entry.error;
  }
  for (const auto& entry : notes->sessions) sessions[raw(entry.key)] += entry.count - entry.error;
  api::TopAnswer answer;
  constexpr std::int64_t kOneIn = shard::Sampler::kOneIn;
  answer.set_sampled_one_in(shard::Sampler::kOneIn);
  for (const auto& [path, count] : largest(paths)) {
    api::TopPath& one = *answer.add_paths();
    one.set_path(path);
    one.set_requests(count * kOneIn);
  }
  for (const auto& [session, count] : largest(sessions)) {
    api::TopSession& one = *answer.add_sessions();
    one.set_session(fmt::format("0x{:x}", session));
    one.set_requests(count * kOneIn);
  }
  return answer;
}

ApiResult<api::CloseConnectionsAnswer> AdminApi::close_connections(
    const api::CloseConnectionsRequest& in, const ApiCaller& /*caller*/) {
  const auto filter = filter_of(in);
  if (!filter) return std::unexpected(filter.error());
  const bool says_whom = filter->session || !filter->ip.empty() || !filter->scheme.empty();
  if (!says_whom && in.count() == 0) {
    return refused(400, "expected session, ip, identity or count: which connections are to end");
  }
  const auto closed = control_.close_connections(*filter, in.count());
  if (!closed) return refused(503, closed.error().message);
  api::CloseConnectionsAnswer answer;
  answer.set_closed(static_cast<std::uint32_t>(*closed));
  return answer;
}

}  // namespace paddock::runtime
