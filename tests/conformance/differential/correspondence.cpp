// SPDX-License-Identifier: Apache-2.0
#include "correspondence.h"

#include <iterator>

#include <fmt/format.h>

#include "base/assert.h"

namespace paddock::conformance {

Correspondence::Correspondence() {
  zxids_.emplace(0, 0);
  sessions_.emplace(0, 0);
}

void Correspondence::add_session(std::int64_t first, std::int64_t second) {
  sessions_[first] = second;
}

std::array<std::int64_t, 2> Correspondence::zxids(std::size_t steps_back) const {
  auto at = zxids_.rbegin();
  for (; steps_back > 0 && std::next(at) != zxids_.rend(); --steps_back) ++at;
  return {at->first, at->second};
}

std::optional<std::string> Correspondence::relate(const Reply& first,
                                                  const Reply& second,
                                                  Seen& seen) {
  if (first.malformed || second.malformed) return "a frame is malformed";
  if (first.event != second.event) return "one is an event, the other a reply";
  if (first.values.size() != second.values.size()) return "they have different fields";
  for (std::size_t i = 0; i < first.values.size(); ++i) {
    if (auto why = relate_value(first.values[i], second.values[i], seen)) {
      return fmt::format("{}: {}", first.values[i].name, *why);
    }
  }
  if (auto why = check_times(kFirst, first)) return why;
  return check_times(kSecond, second);
}

std::optional<std::string> Correspondence::relate_value(const Value& first,
                                                        const Value& second,
                                                        Seen& seen) {
  if (first.kind != second.kind) return "different kinds of field";
  switch (first.kind) {
    case ValueKind::Number:
    case ValueKind::Text:
      if (first.number == second.number && first.text == second.text) return {};
      return "not equal";
    case ValueKind::Zxid:
      return relate_zxid(first.number, second.number);
    case ValueKind::Session: {
      const auto found = sessions_.find(first.number);
      if (found != sessions_.end() && found->second == second.number) return {};
      return "not the same session";
    }
    case ValueKind::HeaderZxid: {
      const std::array<std::int64_t, 2> now{first.number, second.number};
      // Some replies carry none: auth 0, refused opcodes -1.
      if (now[kFirst] <= 0 || now[kSecond] <= 0) {
        if (now[kFirst] == now[kSecond]) return {};
        return "not equal";
      }
      for (const std::size_t server : {kFirst, kSecond}) {
        if (now[server] < seen.header_zxid[server]) return "goes back";
        seen.header_zxid[server] = now[server];
      }
      return {};
    }
    case ValueKind::EventZxid:
      return relate_event_zxid(first.number, second.number, seen);
  }
  PADDOCK_UNREACHABLE();
}

std::optional<std::string> Correspondence::relate_zxid(std::int64_t first, std::int64_t second) {
  const auto [at, is_new] = zxids_.emplace(first, second);
  if (!is_new) {
    if (at->second == second) return {};
    return fmt::format("{} stood for {}", first, at->second);
  }
  const bool above = at == zxids_.begin() || std::prev(at)->second < second;
  const bool below = std::next(at) == zxids_.end() || second < std::next(at)->second;
  if (above && below) return {};
  zxids_.erase(at);
  return "out of order with other zxids";
}

std::optional<std::string> Correspondence::relate_event_zxid(std::int64_t first,
                                                             std::int64_t second,
                                                             Seen& seen) {
  if (first == second) return {};
  if (first != -1) return "not equal";
  if (second <= 0) return "neither unknown nor a transaction";
  if (second < seen.event_zxid[kSecond]) return "goes back";
  seen.event_zxid[kSecond] = second;
  ++event_zxids_;
  return {};
}

std::optional<std::string> Correspondence::check_times(std::size_t server, const Reply& reply) {
  for (const Stamp& stamp : reply.stamps) {
    const auto [at, is_new] = times_[server].emplace(stamp.zxid, stamp.time_ms);
    if (!is_new && at->second != stamp.time_ms) {
      return fmt::format("server {}: transaction {} has times {} and {}",
                         server,
                         stamp.zxid,
                         at->second,
                         stamp.time_ms);
    }
  }
  return {};
}

}  // namespace paddock::conformance
