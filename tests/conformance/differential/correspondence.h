// SPDX-License-Identifier: Apache-2.0
//
// How the values of one server relate to those of the other during a run: which zxid, session and
// header stands for which. Two replies agree if every value that must be equal is, and every other
// one keeps the relation. Apache counts failed writes as transactions too, so zxids differ but keep
// order.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "reply.h"

namespace paddock::conformance {

/// The two servers, as indexes: the one that is the measure, and the one that is tested.
inline constexpr std::size_t kFirst = 0;
inline constexpr std::size_t kSecond = 1;

/// What one connection has shown, on each server.
struct Seen {
  std::array<std::int64_t, 2> header_zxid{};
  std::array<std::int64_t, 2> event_zxid{};
};

class Correspondence {
 public:
  Correspondence();

  /// Why the two disagree, if they do. `seen` belongs to the connection that both came over.
  std::optional<std::string> relate(const Reply& first, const Reply& second, Seen& seen);

  /// Two ids that stand for the same session.
  void add_session(std::int64_t first, std::int64_t second);

  /// A pair of zxids that stand for one transaction, `steps_back` transactions before the newest.
  [[nodiscard]] std::array<std::int64_t, 2> zxids(std::size_t steps_back) const;

  /// Events whose zxid only one server told.
  [[nodiscard]] std::uint64_t event_zxids() const { return event_zxids_; }

 private:
  std::optional<std::string> relate_value(const Value& first, const Value& second, Seen& seen);
  std::optional<std::string> relate_zxid(std::int64_t first, std::int64_t second);
  std::optional<std::string> relate_event_zxid(std::int64_t first, std::int64_t second, Seen& seen);
  std::optional<std::string> check_times(std::size_t server, const Reply& reply);

  std::map<std::int64_t, std::int64_t> zxids_;               // Of the first server to the second.
  std::unordered_map<std::int64_t, std::int64_t> sessions_;  // Likewise.
  std::array<std::unordered_map<std::int64_t, std::int64_t>, 2> times_;
  std::uint64_t event_zxids_ = 0;
};

}  // namespace paddock::conformance
