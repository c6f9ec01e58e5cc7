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

/// The id after `id` of the same server. The count starts again at 1 when it is used up, so that
/// neither 0 nor the smallest long, which mean something else as owners of nodes, is ever an id.
constexpr std::int64_t after(std::int64_t id) {
  const std::uint64_t count = own_part(id) == kOwnBits ? 1 : own_part(id) + 1;
  return static_cast<std::int64_t>(server_part(id) | count);
}

}  // namespace

SessionIds::SessionIds(ServerId server, WallTime start) {
  const std::uint64_t time = static_cast<std::uint64_t>(start.ms) << 24U >> 8U;
  const std::uint64_t id = time | static_cast<std::uint64_t>(raw(server)) << kServerShift;
  next_ = static_cast<std::int64_t>(id);
  if (own_part(next_) == 0) next_ = after(next_);
}

void SessionIds::skip(SessionId used) {
  const std::int64_t id = raw(used);
  if (server_part(id) == server_part(next_) && own_part(id) >= own_part(next_)) next_ = after(id);
}

SessionId SessionIds::next() {
  const SessionId id{next_};
  next_ = after(next_);
  return id;
}

}  // namespace paddock::session
