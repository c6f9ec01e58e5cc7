// SPDX-License-Identifier: Apache-2.0
#include "session/session_table.h"

namespace paddock::session {

namespace {

constexpr std::uint64_t kServerShift = 56;
constexpr std::uint64_t kOwnBits = (std::uint64_t{1} << kServerShift) - 1;

constexpr std::uint64_t own_part(std::int64_t id) {
  return static_cast<std::uint64_t>(id) & kOwnBits;
}
constexpr std::uint64_t server_part(std::int64_t id) {
  return static_cast<std::uint64_t>(id) & ~kOwnBits;
}

/// 40 bits of the time, above 16 of a count.
constexpr std::uint64_t time_part(WallTime start) {
  return static_cast<std::uint64_t>(start.ms) << 24U >> 8U;
}

/// The id behind `id` and `gap` others of the same server. The count starts again at 1 when it is
/// used up, so that neither 0 nor the smallest long, which mean something else as owners of nodes,
/// is ever an id.
constexpr std::int64_t after(std::int64_t id, std::uint64_t gap = 0) {
  const std::uint64_t count = own_part(id) + 1 + gap;
  const std::uint64_t around = count > kOwnBits ? count - kOwnBits : count;
  return static_cast<std::int64_t>(server_part(id) | around);
}

}  // namespace

SessionIds::SessionIds(std::int64_t first) : next_(own_part(first) == 0 ? after(first) : first) {}

SessionIds::SessionIds(ServerId server, WallTime start, std::uint64_t gap)
    : SessionIds(static_cast<std::int64_t>(
          time_part(start) | static_cast<std::uint64_t>(raw(server)) << kServerShift)) {
  gap_ = gap;
}

/// The server takes the place of the time's highest byte, which changes every seven weeks.
SessionIds SessionIds::of_read_only(ServerId server, WallTime start) {
  const std::uint64_t time = time_part(start) << 16U >> 16U;
  const std::uint64_t maker = static_cast<std::uint64_t>(raw(server)) << kServerShift >> 8U;
  return SessionIds(static_cast<std::int64_t>(maker | time));
}

bool SessionIds::is_of_read_only(SessionId id) {
  return server_part(raw(id)) == 0;
}

void SessionIds::skip(SessionId used) {
  const std::int64_t id = raw(used);
  if (server_part(id) == server_part(next_) && own_part(id) >= own_part(next_)) {
    next_ = after(id, gap_);
  }
}

SessionId SessionIds::next() {
  const SessionId id{next_};
  next_ = after(next_);
  return id;
}

}  // namespace paddock::session
