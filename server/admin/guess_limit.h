// SPDX-License-Identifier: Apache-2.0
//
// Slows down who tries one credential after the other, one address at a time: ten that are refused
// may come at once, then one a second. Pure; owned by the admin shell. Who repeats the last one, as
// a program does that is configured wrongly, learns nothing by it and is not slowed down.
#pragma once

#include <cstddef>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/bytes.h"
#include "base/time.h"

namespace paddock::admin {

class GuessLimit {
 public:
  static constexpr int kAtOnce = 10;
  static constexpr Duration kEvery = std::chrono::seconds(1);
  /// Of so many addresses it is known; then the one that has waited longest is forgotten.
  static constexpr std::size_t kAddressesMax = 4096;

  /// Whether credentials from there are looked at.
  [[nodiscard]] bool may_try(View ip, MonotonicTime now) const;
  /// This one was refused.
  void on_refused(View ip, View credential, MonotonicTime now);

 private:
  void make_room(MonotonicTime now);

  struct Address {
    MonotonicTime forgiven_at{};  // nothing that came from there counts any more
    std::size_t last = 0;         // the last credential's hash
  };
  boost::unordered_flat_map<std::string, Address> addresses_;
};

}  // namespace paddock::admin
